// What we attach, others find; and what others attached, attached by us, has the same bytes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { attachReferrer, type Subject } from "../../src/io/attachments/attach.ts";
import { putSignatureTag } from "../../src/io/attachments/old-tags.ts";
import type { Place } from "../../src/io/attachments/place.ts";
import { type Referrer, referrersOf } from "../../src/io/attachments/referrers-of.ts";
import { registryPlace } from "../../src/io/attachments/registry-place.ts";
import type { Environment } from "../../src/io/folders.ts";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import { blobOf } from "../../src/io/registry/push.ts";
import { parseReference } from "../../src/model/reference.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import { startOciRegistry } from "../lab/oci-registry/start.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../lab/peers.ts";
import { missingPrograms } from "../lab/programs.ts";
import { REGISTRY_PROGRAMS, startRegistry } from "../lab/registry.ts";

const { peers, reason } = await labPeers(["cosign", "crane", "oras"]);
const missing = reason ?? missingPrograms(...REGISTRY_PROGRAMS);
const signal = new AbortController().signal;
let bundle: Bundle;
let home: string;

beforeAll(() => {
  bundle = buildBundle("attach");
  home = mkdtempSync(join(tmpdir(), "bulwark-attach-"));
}, BUNDLE_TIMEOUT_MS + PEERS_TIMEOUT_MS);
afterAll(() => {
  bundle.remove();
  rmSync(home, { recursive: true, force: true });
});

async function run(name: "cosign" | "crane" | "oras", ...args: string[]): Promise<string> {
  if (peers === null) throw new Error(reason);
  return peers[name].expect(args, { home, env: { COSIGN_PASSWORD: "" } });
}
const bulwark = (...args: string[]): Promise<Ended> =>
  start(bundle.program, args, { folder: home }).ended;

interface Host {
  readonly host: string;
  stop(): Promise<void>;
}

describe.skipIf(missing !== null).each<[string, () => Promise<Host>]>([
  ["that lists", () => startOciRegistry()],
  ["without a list", () => startRegistry({ tls: false, auth: false })],
])(
  "at a registry %s (cosign, crane, oras of Debian sid; docker-registry, htpasswd, openssl, skopeo)",
  (_, started) => {
    let registry: Host;
    let layout: LayoutWriter;
    const env = (): Environment => ({ HOME: home });
    const image = (): string => `${registry.host}/team/api:1`;

    beforeAll(async () => {
      layout = new LayoutWriter(mkdtempSync(join(tmpdir(), "bulwark-attach-layout-")));
      layout.finish([named(layout.image(["content"]).manifest, "one")]);
      writeFileSync(join(home, "sbom.json"), '{"bomFormat": "CycloneDX"}');
      rmSync(join(home, "cosign.key"), { force: true });
      rmSync(join(home, "cosign.pub"), { force: true });
      await run("cosign", "generate-key-pair");
    }, PEERS_TIMEOUT_MS);
    beforeEach(async () => {
      registry = await started();
      const copy = ["cp", "--from-oci-layout", `${layout.folder}:one`, "--to-plain-http"];
      await run("oras", ...copy, image());
      await run("oras", ...copy, `${registry.host}/copy:1`);
    });
    afterEach(() => registry.stop());
    afterAll(() => rmSync(layout.folder, { recursive: true }));

    const placed = (name: string): Promise<Place> =>
      registryPlace(parseReference(`${registry.host}/${name}`), { env: env() });

    test("oras finds and pulls the file that we attach", async () => {
      const args = ["attach", image(), "sbom.json", "--annotation", "team=api"];
      const { exit, stdout, stderr } = await bulwark(...args);
      expect([exit, stderr]).toEqual([0, expect.stringContaining("attached sbom.json to")]);
      const digest = stdout.trim();
      const found = await run("oras", "discover", "--plain-http", "--format", "json", image());
      expect(JSON.parse(found)).toMatchObject({
        referrers: [
          {
            digest,
            artifactType: "application/vnd.cyclonedx+json",
            annotations: { team: "api" },
          },
        ],
      });
      const out = join(home, "pulled");
      await run("oras", "pull", "--plain-http", "-o", out, `${registry.host}/team/api@${digest}`);
      const { readFileSync } = await import("node:fs");
      expect(readFileSync(join(out, "sbom.json"), "utf8")).toBe('{"bomFormat": "CycloneDX"}');
      expect((await bulwark("tree", image())).stdout).toContain("1 SBOM");
    });

    test("what cosign signed has the same bytes when we attach it, and is good elsewhere", async () => {
      const digest = (await run("crane", "digest", "--insecure", image())).trim();
      const reference = `${registry.host}/team/api@${digest}`;
      const offline = ["--tlog-upload=false", "--use-signing-config=false"];
      const signing = ["--key", "cosign.key", ...offline, "--allow-insecure-registry", "-y"];
      await run("cosign", "sign", ...signing, reference);
      await run("cosign", "sign", "--new-bundle-format=false", ...signing, reference);
      const source = await placed("team/api");
      const kept = await source.manifest("1", signal);
      if (kept === null) throw new Error("not there");
      const subject: Subject = {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: kept.digest,
        sizeBytes: kept.bytes.length,
      };
      const { referrers } = await referrersOf(source, kept.digest, { signal });
      const copy = await placed("copy");
      const copied: string[] = [];
      for (const referrer of referrers) copied.push(await copyOf(referrer, copy, subject));
      expect(copied).toEqual(referrers.map((r) => r.oldTag ?? r.digest));
      const checking = ["--key", "cosign.pub", "--insecure-ignore-tlog=true"];
      const there = ["--allow-insecure-registry", `${registry.host}/copy@${digest}`];
      expect(await run("cosign", "verify", ...checking, ...there)).toContain(digest);
      const old = [...checking, "--new-bundle-format=false", ...there];
      expect(await run("cosign", "verify", ...old)).toContain(digest);
      // And cosign adds to what we wrote.
      const more = [
        "sign",
        "--new-bundle-format=false",
        ...signing,
        `${registry.host}/copy@${digest}`,
      ];
      await run("cosign", ...more, "-a", "second=1");
      const both = await referrersOf(copy, kept.digest, { signal });
      expect(both.referrers.find((r) => r.oldTag === "sig")?.layers.length).toBe(2);
    });

    async function copyOf(referrer: Referrer, place: Place, subject: Subject): Promise<string> {
      const [layer] = referrer.layers;
      if (layer === undefined) throw new Error("empty");
      const { mediaType } = layer;
      const bytes = await referrer.blob(layer);
      if (referrer.oldTag !== null) {
        const annotations = Object.fromEntries(layer.annotations);
        const signature = { mediaType, bytes, annotations };
        const wanted = { subject: subject.digest, tag: "sig", layer: signature } as const;
        await putSignatureTag(place, wanted, signal);
        return "sig";
      }
      const artifact = {
        artifactType: referrer.artifactType ?? "",
        layers: [{ mediaType, blob: blobOf(bytes) }],
        annotations: Object.fromEntries(referrer.annotations),
      };
      return (await attachReferrer(place, { subject, artifact }, signal)).digest;
    }
  },
);

describe.skipIf(missing !== null)(
  "in a layout (cosign, crane, oras of Debian sid; docker-registry, htpasswd, openssl, skopeo)",
  () => {
    test("oras finds the file that we attach, to an image and to one of its platforms", async () => {
      const layout = new LayoutWriter(join(home, "platforms"));
      const platform = { os: "linux", architecture: "amd64" };
      const { manifest } = layout.image(["content"]);
      const index = layout.index([{ ...manifest, platform }]);
      layout.finish([named(index, "one")]);
      writeFileSync(join(home, "notes.txt"), "notes");
      const target = ["attach", `oci:${layout.folder}:one`, "notes.txt", "--type", "text/plain"];
      const whole = await bulwark(...target, "--format", "json", "--offline");
      expect(JSON.parse(whole.stdout)).toMatchObject({
        schema: "bulwark.dev/attach/v1",
        subject: index.digest,
        type: "text/plain",
      });
      const one = await bulwark(...target, "--platform", "linux/amd64");
      const discover = ["discover", "--oci-layout", "--format", "json"];
      const found = await run("oras", ...discover, `${layout.folder}:one`);
      const { digest } = JSON.parse(whole.stdout) as { digest: string };
      expect(JSON.parse(found)).toMatchObject({
        referrers: [{ digest, artifactType: "text/plain" }],
      });
      expect([one.exit, one.stdout.trim() === digest]).toEqual([0, false]);
      expect((await bulwark("tree", `oci:${layout.folder}:one`)).stdout).toContain(
        "2 other artifacts",
      );
    });

    test.each([
      [["notes.txt"], "name its media type with --type"],
      [["notes.txt", "--type", "nonsense"], "not a media type"],
      [["notes.txt", "--type", "text/plain", "--annotation", "x"], "not NAME=VALUE"],
      [["absent.txt"], "no such file"],
      [[], "name an image and a file"],
    ])("%j is refused: %s", async (args, said) => {
      writeFileSync(join(home, "notes.txt"), "notes");
      const { exit, stderr } = await bulwark("attach", `oci:${home}/platforms`, ...args);
      expect([exit === 0, stderr]).toEqual([false, expect.stringContaining(said)]);
    });
  },
);
