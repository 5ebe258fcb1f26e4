// Against Debian's docker-registry, with TLS and a password; images are pushed by skopeo.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import {
  homeFor,
  type LabRegistry,
  REGISTRY_PROGRAMS,
  startRegistry,
} from "../../../test/lab/registry.ts";
import { parsePlatform } from "../../formats/oci-platform.ts";
import { AppError } from "../../kit/error.ts";
import { parseReference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import type { OpenedImage } from "../image.ts";
import { LayoutWriter, named } from "../layout/test-support/layout-writer.ts";
import { openRegistryImage } from "./open-registry-image.ts";

const missing = missingPrograms(...REGISTRY_PROGRAMS);
const signal = new AbortController().signal;

describe.skipIf(missing !== null)(
  "a registry with TLS and a password (docker-registry, htpasswd, openssl, skopeo)",
  () => {
    let registry: LabRegistry;
    let folder: string;
    let env: Environment;
    const large = "x".repeat(3 << 20);

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "bulwark-registry-test-"));
      registry = await startRegistry();
      env = { HOME: await homeFor(registry), PATH: process.env["PATH"] };
      const layout = new LayoutWriter(join(folder, "layout"));
      const amd = layout.image(["first", large], { created: "2026-01-02T03:04:05Z" });
      const arm = layout.image(["for arm"], { architecture: "arm64", variant: "v8" });
      const index = layout.index([
        { ...amd.manifest, platform: { os: "linux", architecture: "amd64" } },
        { ...arm.manifest, platform: { os: "linux", architecture: "arm64", variant: "v8" } },
      ]);
      layout.finish([named(amd.manifest, "one"), named(index, "many")]);
      await registry.push(`oci:${layout.folder}:one`, "team/api:1");
      await registry.push(
        `oci:${layout.folder}:many`,
        "team/multi:1",
        "--all",
        "--preserve-digests",
      );
    }, 60_000);

    afterAll(async () => {
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const open = (
      name: string,
      options: { env?: Environment; platform?: string; offline?: boolean } = {},
    ): Promise<OpenedImage> =>
      openRegistryImage(parseReference(`${registry.host}/${name}`), {
        env: options.env ?? env,
        platform: options.platform === undefined ? null : parsePlatform(options.platform),
        target: name,
        signal,
        offline: options.offline ?? false,
      });

    test("gives an image by its tag, and its layers as streams", async () => {
      const image = await open("team/api:1");
      expect(image.summary).toMatchObject({
        kind: "image",
        target: "team/api:1",
        reference: `${registry.host}/team/api:1`,
        digestKind: "manifest",
        indexDigest: null,
        platform: { os: "linux", architecture: "amd64" },
        createdAt: "2026-01-02T03:04:05Z",
      });
      const layers = await Promise.all(image.layers.map((_, i) => contentOf(image, i)));
      expect(layers.map((content) => sha256(content))).toEqual(image.layers.map((l) => l.diffId));
      expect(layers.map((content) => content.length)).toEqual([5, large.length]);
    });

    test("gives an image by its digest", async () => {
      const byTag = await open("team/api:1");
      const byDigest = await open(`team/api:0@${byTag.summary.digest}`);
      expect(byDigest.layers).toEqual(byTag.layers);
    });

    test.each([
      ["linux/amd64", [5, 3 << 20]],
      ["linux/arm64", [7]],
    ])("chooses %s from an image for several platforms", async (platform, sizes) => {
      const image = await open("team/multi:1", { platform });
      expect(image.summary.indexDigest).not.toBeNull();
      expect(image.layers.map((l) => l.sizeBytes)).toEqual(sizes);
    });

    test.each([
      ["linux/s390x", "team/multi:1", "platform-not-found", "linux/amd64, linux/arm64/v8"],
      ["linux/s390x", "team/api:1", "platform-not-found", "linux/amd64"],
      [undefined, "team/api:2", "registry-not-found", "MANIFEST_UNKNOWN"],
      [undefined, "team/none:1", "registry-not-found", "does not have it"],
    ])("says what is missing: %s of %s", async (platform, name, code, state) => {
      const error = await refused(open(name, platform === undefined ? {} : { platform }));
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(state)]);
    });

    test("without credentials says which files were looked at and what to do", async () => {
      const home = await homeFor(registry, "home-without");
      await writeFile(join(home, ".docker/config.json"), "{}");
      const error = await refused(open("team/api:1", { env: { HOME: home } }));
      expect([error.code, error.hint]).toEqual([
        "registry-auth",
        expect.stringContaining(`run docker login ${registry.host}`),
      ]);
      expect(error.message).toContain(`${home}/.docker/config.json has none`);
    });

    test("with a wrong password says where it came from, and not what it is", async () => {
      const home = await homeFor(registry, "home-wrong");
      const auth = Buffer.from("tester:wr0ng-passw0rd").toString("base64");
      const auths = { [registry.host]: { auth } };
      await writeFile(join(home, ".docker/config.json"), JSON.stringify({ auths }));
      const error = await refused(open("team/api:1", { env: { HOME: home } }));
      expect(error.code).toBe("registry-auth");
      expect(error.message).toContain(`refused the credentials from ${home}/.docker/config.json`);
      expect(JSON.stringify([error.message, error.hint])).not.toMatch(/wr0ng|dGVzdGVy/);
    });

    test("with a credential helper asks it for the registry", async () => {
      const home = await homeFor(registry, "home-helper");
      const bin = join(home, "bin");
      await mkdir(bin);
      await writeFile(join(home, ".docker/config.json"), JSON.stringify({ credsStore: "lab" }));
      const secret = JSON.stringify({ Username: registry.username, Secret: registry.password });
      const script = `#!/bin/sh\nread server\n[ "$server" = "${registry.host}" ] && echo '${secret}'\n`;
      await writeFile(join(bin, "docker-credential-lab"), script, { mode: 0o755 });
      const helped = { HOME: home, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
      const image = await open("team/api:1", { env: helped });
      expect(image.layers.length).toBe(2);
      const error = await refused(open("team/api:1", { env: { HOME: home, PATH: "/usr/bin" } }));
      expect([error.code, error.message]).toEqual([
        "credential-helper",
        expect.stringContaining('"docker-credential-lab": there is no such program'),
      ]);
    });

    test("of an unknown authority is not trusted, and the way out is named", async () => {
      const home = join(folder, "stranger");
      const error = await refused(open("team/api:1", { env: { HOME: home } }));
      expect([error.code, error.hint]).toEqual([
        "registry-unavailable",
        expect.stringContaining("certs.d"),
      ]);
      expect(error.message).toContain("nobody we trust vouches for its certificate");
    });

    test("is trusted by SSL_CERT_FILE", async () => {
      const home = await homeFor(registry, "home-ssl");
      await rm(join(home, ".docker/certs.d"), { recursive: true });
      const trusting = { HOME: home, SSL_CERT_FILE: registry.authority ?? "" };
      expect((await open("team/api:1", { env: trusting })).layers.length).toBe(2);
    });

    test("is not asked while --offline forbids it", async () => {
      expect((await refused(open("team/api:unasked", { offline: true }))).code).toBe("offline");
      // It logs when it finds the time: once a later question is there, an earlier one would be, too.
      await refused(open("team/api:asked"));
      await expect.poll(() => registry.log(), { timeout: 10_000 }).toContain("asked");
      expect(registry.log()).not.toContain("unasked");
    });
  },
);

describe.skipIf(missing !== null)(
  "a registry without TLS (docker-registry, htpasswd, openssl, skopeo)",
  () => {
    let registry: LabRegistry;
    beforeAll(async () => {
      registry = await startRegistry({ tls: false, auth: false });
    }, 60_000);
    afterAll(() => registry.stop());

    test("on this machine is spoken to as it speaks", async () => {
      const layout = new LayoutWriter(join(registry.folder, "layout"));
      layout.finish([named(layout.image(["content"]).manifest, "one")]);
      const name = await registry.push(`oci:${layout.folder}:one`, "app:1");
      const env = { HOME: registry.folder };
      const options = { env, platform: null, target: name, signal };
      const image = await openRegistryImage(parseReference(name), options);
      expect((await contentOf(image, 0)).toString()).toBe("content");
    });
  },
);

async function contentOf(image: OpenedImage, layer: number): Promise<Buffer> {
  if (image.access.kind !== "streams") throw new Error("not streams");
  const pieces: Uint8Array[] = [];
  for await (const piece of image.access.open(layer, signal)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function refused(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
