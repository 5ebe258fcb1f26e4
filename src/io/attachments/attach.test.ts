import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Behaviour } from "../../../test/lab/oci-registry/behaviour.ts";
import type { Repository } from "../../../test/lab/oci-registry/content.ts";
import { type OciRegistry, startOciRegistry } from "../../../test/lab/oci-registry/start.ts";
import { missingPrograms } from "../../../test/lab/programs.ts";
import {
  homeFor,
  type LabRegistry,
  REGISTRY_PROGRAMS,
  startRegistry,
} from "../../../test/lab/registry.ts";
import { OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import { hexOf } from "../../model/digest.ts";
import { parseReference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import { LayoutWriter, named } from "../layout/test-support/layout-writer.ts";
import { blobOf } from "../registry/push.ts";
import { type Attached, attachReferrer, type Subject } from "./attach.ts";
import { openLayoutPlace } from "./layout-place.ts";
import { type OldSignature, putSignatureTag } from "./old-tags.ts";
import type { Place } from "./place.ts";
import { referrersOf } from "./referrers-of.ts";
import { registryPlace } from "./registry-place.ts";
import { putManifest, stated, tagFallback } from "./test-support/attached.ts";

const signal = new AbortController().signal;
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

function artifact(kind: string): Parameters<typeof attachReferrer>[1]["artifact"] {
  return {
    artifactType: `application/x.${kind}`,
    layers: [{ mediaType: "text/plain", blob: blobOf(Buffer.from(kind)) }],
    annotations: { kind },
  };
}
const attach = (place: Place, subject: Subject, kind: string): Promise<Attached> =>
  attachReferrer(place, { subject, artifact: artifact(kind) }, signal);

async function kindsAt(place: Place, subject: Subject): Promise<string[]> {
  const { referrers, problems } = await referrersOf(place, subject.digest, { signal });
  const kinds = referrers
    .filter((r) => r.oldTag === null)
    .map((r) => (r.artifactType ?? "").replace("application/x.", ""));
  return [...kinds, ...problems.map((p) => p.code)];
}

const oldLayer = (name: string): OldSignature => ({
  mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
  bytes: Buffer.from("{}"),
  annotations: { "dev.cosignproject.cosign/signature": name },
});
async function oldSignaturesAt(place: Place, subject: Subject): Promise<string[]> {
  const { referrers } = await referrersOf(place, subject.digest, { signal });
  const layers = referrers.flatMap((r) => (r.oldTag === "sig" ? r.layers : []));
  return layers.map((l) => l.annotations.get("dev.cosignproject.cosign/signature") ?? "");
}

const numbers = (n: number): string[] => Array.from({ length: n }, (_, i) => `n${i}`);

describe("attaching in the registry for tests", () => {
  let registry: OciRegistry;
  let repository: Repository;
  let subject: Subject;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
    registry = await startOciRegistry();
    repository = registry.repository("app");
    const { size, ...image } = putManifest(repository);
    subject = { ...image, sizeBytes: size };
  });
  afterEach(async () => {
    await registry.stop();
    rmSync(home, { recursive: true });
  });

  const place = (env: Environment = {}): Promise<Place> =>
    registryPlace(parseReference(`${registry.host}/app`), { env: { HOME: home, ...env } });
  const behave = (behaviour: Partial<Behaviour>): void => {
    Object.assign(registry.behaviour, behaviour);
  };

  test("writes the manifest as cosign does, member by member", async () => {
    const bytes = Buffer.from('{"bundle":true}');
    const annotations = {
      "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
      "dev.sigstore.bundle.content": "dsse-envelope",
    };
    const layers = [{ mediaType: BUNDLE, blob: blobOf(bytes) }];
    const bundle = { artifactType: BUNDLE, layers, annotations };
    const attached = await attachReferrer(await place(), { subject, artifact: bundle }, signal);
    expect(attached.bytes.toString()).toBe(
      `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,` +
        `"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","artifactType":"${BUNDLE}"},` +
        `"layers":[{"mediaType":"${BUNDLE}","size":15,"digest":"${blobOf(bytes).digest}"}],` +
        '"annotations":{"dev.sigstore.bundle.content":"dsse-envelope","org.opencontainers.image.created":"2026-01-02T03:04:05Z"},' +
        `"subject":{"mediaType":"${OCI_MANIFEST}","size":${subject.sizeBytes},"digest":"${subject.digest}"},"artifactType":"${BUNDLE}"}`,
    );
  });

  test.each<[string, Partial<Behaviour>, boolean]>([
    ["lists", {}, false],
    ["lists a page at a time", { pageSize: 1 }, false],
    ["does not list", { referrers: "none" }, true],
    ["pretends to list", { referrers: "pretends" }, true],
    ["takes the fallback tag for the digest", { referrers: "none", digestTags: true }, true],
    [
      "takes the fallback tag for the digest, and heeds conditions",
      { referrers: "none", digestTags: true, etags: true },
      true,
    ],
    ["is overloaded for a moment", { fault: overloaded() }, false],
    [
      "is overloaded for a moment, and does not list",
      { referrers: "none", fault: overloaded() },
      true,
    ],
  ])("is found where a registry %s", async (_, behaviour, hasTag) => {
    behave(behaviour);
    for (const kind of ["a", "b", "a"]) await attach(await place(), subject, kind);
    expect(await kindsAt(await place(), subject)).toEqual(["a", "b"]);
    expect(repository.tags).toEqual(hasTag ? [`sha256-${hexOf(subject.digest)}`] : []);
  });

  /** Everything fails once; uploads have a new address each time, and the first two fail. */
  function overloaded(): Behaviour["fault"] {
    let uploads = 2;
    return ({ nth, path }) => {
      if (/\/uploads\/./.test(path)) uploads -= 1;
      const isLater = /\/uploads\/./.test(path) ? uploads >= 0 : nth === 0;
      return isLater ? { status: 429, headers: { "retry-after": "0" } } : null;
    };
  }

  test("asks for the right to pull and to push", async () => {
    const account = { username: "tester", password: "s3cret" };
    behave({ account });
    await expect(attach(await place(), subject, "a")).rejects.toMatchObject({
      code: "registry-auth",
    });
    const { mkdirSync, writeFileSync } = await import("node:fs");
    mkdirSync(join(home, ".docker"));
    const auth = Buffer.from("tester:s3cret").toString("base64");
    writeFileSync(
      join(home, ".docker/config.json"),
      JSON.stringify({ auths: { [registry.host]: { auth } } }),
    );
    await attach(await place(), subject, "a");
    expect(await kindsAt(await place(), subject)).toEqual(["a"]);
    const scopes = registry.seen.filter((r) => r.path.startsWith("/token")).map((r) => r.path);
    expect(scopes.some((path) => decodeURIComponent(path).includes("app:pull,push"))).toBe(true);
  });

  test("leaves what others wrote into the list as it is", async () => {
    behave({ referrers: "none" });
    const other = putManifest(repository, { artifactType: "application/x.other", subject });
    const entry = { ...other, urls: ["https://example.org"], "x-unknown": [1] };
    tagFallback(repository, { ...subject, size: 0 }, [entry]);
    await attach(await place(), subject, "a");
    const list = repository.manifests.get(
      repository.tagged(`sha256-${hexOf(subject.digest)}`) ?? "",
    );
    expect(list?.document.manifests?.[0]).toEqual(entry);
    expect(list?.document.manifests?.[1]).toMatchObject({
      mediaType: OCI_MANIFEST,
      artifactType: "application/x.a",
      annotations: { kind: "a" },
    });
  });

  test("takes no place that holds something else", async () => {
    behave({ referrers: "none" });
    const { digest } = repository.putManifest(Buffer.from('{"a":1}'), OCI_MANIFEST);
    repository.tag(`sha256-${hexOf(subject.digest)}`, digest);
    await expect(attach(await place(), subject, "a")).rejects.toMatchObject({
      code: "archive-invalid",
    });
    repository.tag(`sha256-${hexOf(subject.digest)}.sig`, digest);
    const layer = oldLayer("a");
    const work = putSignatureTag(
      await place(),
      { subject: subject.digest, tag: "sig", layer },
      signal,
    );
    await expect(work).rejects.toMatchObject({ code: "archive-invalid" });
  });

  describe.each<[string, Partial<Behaviour>]>([
    ["without conditions", {}],
    ["without conditions, slow now and then", { fault: slowWrites }],
    ["that heeds conditions", { etags: true }],
    ["that heeds conditions, slow now and then", { etags: true, fault: slowWrites }],
    ["that reads what was true a while ago", { staleMs: 80 }],
  ])("at once, at a registry %s", (_, behaviour) => {
    test.each([2, 10])("%i signers all succeed", async (n) => {
      behave({ referrers: "none", ...behaviour });
      const places = await Promise.all(numbers(n).map(() => place()));
      await Promise.all(numbers(n).map((kind, i) => attach(places[i] as Place, subject, kind)));
      behave({ staleMs: 0 });
      expect((await kindsAt(await place(), subject)).sort()).toEqual(numbers(n));
    });

    test("ten signers of the older form all succeed", async () => {
      behave({ referrers: "none", ...behaviour });
      await Promise.all(
        numbers(10).map(async (name) => {
          const wanted = { subject: subject.digest, tag: "sig", layer: oldLayer(name) } as const;
          await putSignatureTag(await place(), wanted, signal);
        }),
      );
      behave({ staleMs: 0 });
      expect((await oldSignaturesAt(await place(), subject)).sort()).toEqual(numbers(10));
    });
  });

  function slowWrites({ method }: { readonly method: string }): { delayMs: number } | null {
    return method === "PUT" ? { delayMs: Math.random() * 60 } : null;
  }

  test("stops when it is asked to, where a list never stays", async () => {
    behave({ referrers: "none" });
    const empty = stated(repository, "text/plain", "");
    const timer = setInterval(
      () => tagFallback(repository, { ...subject, ...empty, digest: subject.digest }, []),
      5,
    );
    try {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("enough")), 3_000);
      const work = attachReferrer(
        await place(),
        { subject, artifact: artifact("a") },
        controller.signal,
      );
      await expect(work).rejects.toThrow("enough");
    } finally {
      clearInterval(timer);
    }
  });
});

const missing = missingPrograms(...REGISTRY_PROGRAMS);

describe.skipIf(missing !== null)(
  "attaching at once (docker-registry, htpasswd, openssl, skopeo)",
  () => {
    let registry: LabRegistry;
    let env: Environment;

    beforeAll(async () => {
      registry = await startRegistry();
      env = { HOME: await homeFor(registry) };
    }, 60_000);
    afterAll(() => registry.stop());

    const place = (name: string): Promise<Place> =>
      registryPlace(parseReference(`${registry.host}/${name}`), { env });

    async function pushed(name: string): Promise<Subject> {
      const layout = new LayoutWriter(join(registry.folder, name));
      layout.finish([named(layout.image([name]).manifest, "one")]);
      await registry.push(`oci:${layout.folder}:one`, `${name}:1`, "--preserve-digests");
      const kept = await (await place(name)).manifest("1", signal);
      if (kept === null) throw new Error("not pushed");
      return { mediaType: OCI_MANIFEST, digest: kept.digest, sizeBytes: kept.bytes.length };
    }

    test.each([2, 10])("%i signers all succeed", async (n) => {
      const subject = await pushed(`many${n}`);
      await Promise.all(
        numbers(n).map(async (kind) => attach(await place(`many${n}`), subject, kind)),
      );
      expect((await kindsAt(await place(`many${n}`), subject)).sort()).toEqual(numbers(n));
    });

    test("ten signers of the older form all succeed", async () => {
      const subject = await pushed("old");
      await Promise.all(
        numbers(10).map(async (name) => {
          const wanted = { subject: subject.digest, tag: "sig", layer: oldLayer(name) } as const;
          await putSignatureTag(await place("old"), wanted, signal);
        }),
      );
      expect((await oldSignaturesAt(await place("old"), subject)).sort()).toEqual(numbers(10));
    });
  },
);

describe("attaching in a layout", () => {
  let layout: LayoutWriter;
  let subject: Subject;

  beforeEach(() => {
    layout = new LayoutWriter(mkdtempSync(join(tmpdir(), "bulwark-layout-")));
    const { manifest } = layout.image(["content"]);
    layout.finish([named(manifest, "one"), { ...manifest, "x-unknown": 1 }]);
    const { mediaType, size } = manifest;
    subject = { mediaType, sizeBytes: size, digest: manifest.digest as Subject["digest"] };
  });
  afterEach(() => rmSync(layout.folder, { recursive: true }));

  const place = async (): Promise<Place> => (await openLayoutPlace(layout.folder, "one")).place;

  test("is found, once, and the image is still the only one", async () => {
    const one = await place();
    for (const kind of ["a", "b", "a"]) await attach(one, subject, kind);
    const layer = oldLayer("old");
    for (let i = 0; i < 2; i += 1)
      await putSignatureTag(one, { subject: subject.digest, tag: "sig", layer }, signal);
    const { place: again, digest } = await openLayoutPlace(layout.folder, null);
    expect(digest).toBe(subject.digest);
    for (const at of [one, again]) {
      expect(await kindsAt(at, subject)).toEqual(["a", "b"]);
      expect(await oldSignaturesAt(at, subject)).toEqual(["old"]);
    }
    const { readdirSync, readFileSync } = await import("node:fs");
    expect(readdirSync(layout.folder).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
    expect(readFileSync(join(layout.folder, "index.json"), "utf8")).toContain('"x-unknown":1');
  });

  test("ten times at once loses nothing", async () => {
    await Promise.all(numbers(10).map(async (kind) => attach(await place(), subject, kind)));
    expect((await kindsAt(await place(), subject)).sort()).toEqual(numbers(10));
    await Promise.all(
      numbers(10).map(async (name) => {
        const wanted = { subject: subject.digest, tag: "att", layer: oldLayer(name) } as const;
        await putSignatureTag(await place(), wanted, signal);
      }),
    );
    const { referrers } = await referrersOf(await place(), subject.digest, { signal });
    expect(referrers.find((r) => r.oldTag === "att")?.layers.length).toBe(10);
  });

  test("where a lock was left behind goes on", async () => {
    const { utimesSync, writeFileSync } = await import("node:fs");
    const lock = join(layout.folder, "index.json.lock");
    writeFileSync(lock, "");
    utimesSync(lock, 0, 0);
    await attach(await place(), subject, "a");
    expect(await kindsAt(await place(), subject)).toEqual(["a"]);
  });
});
