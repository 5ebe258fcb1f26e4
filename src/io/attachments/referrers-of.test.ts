// Against the registry for tests, with the lies of real ones; what real programs attach is in test/e2e/tree.test.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Behaviour } from "../../../test/lab/oci-registry/behaviour.ts";
import type { Repository } from "../../../test/lab/oci-registry/content.ts";
import { type OciRegistry, startOciRegistry } from "../../../test/lab/oci-registry/start.ts";
import { AppError } from "../../kit/error.ts";
import { hexOf } from "../../model/digest.ts";
import { parseReference } from "../../model/reference.ts";
import { type Referrers, referrersOf } from "./referrers-of.ts";
import { registryPlace } from "./registry-place.ts";
import {
  attach,
  type Put,
  putIndex,
  putManifest,
  stated,
  tagFallback,
} from "./test-support/attached.ts";

const signal = new AbortController().signal;
let registry: OciRegistry;
let repository: Repository;
let image: Put;
let home: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
  registry = await startOciRegistry();
  repository = registry.repository("app");
  image = putManifest(repository);
});
afterEach(async () => {
  await registry.stop();
  rmSync(home, { recursive: true });
});

async function listed(subject = image, oldTags = true): Promise<Referrers> {
  const reference = parseReference(`${registry.host}/app`);
  const options = { env: { HOME: home }, timeoutMs: 2_000 };
  const place = await registryPlace(reference, options);
  return referrersOf(place, subject.digest, { signal, oldTags });
}
/** Kinds that were found, and the problems' codes. */
async function found(subject = image): Promise<string> {
  try {
    const { referrers, problems } = await listed(subject);
    const kinds = referrers.map((r) => (r.artifactType ?? "").replace("application/x.", ""));
    return [...kinds, ...problems.map((p) => p.code)].join(" ");
  } catch (error) {
    return error instanceof AppError ? `throws ${error.code}` : String(error);
  }
}
const behave = (behaviour: Partial<Behaviour>): void => {
  Object.assign(registry.behaviour, behaviour);
};

describe("what is attached", () => {
  test("is listed by the registry, with manifests and contents", async () => {
    const layer = stated(repository, "text/x-statement", "it is so");
    const annotations = { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" };
    const put = attach(repository, image, "statement", { layers: [layer], annotations });
    attach(repository, putManifest(repository, { annotations: { another: "image" } }), "stranger");
    const { referrers, problems } = await listed();
    const [referrer] = referrers;
    const [only] = referrer?.layers ?? [];
    expect(problems).toEqual([]);
    expect(referrers.map((r) => [r.digest, r.artifactType, r.oldTag])).toEqual([
      [put.digest, "application/x.statement", null],
    ]);
    expect(referrer?.bytes.length).toBe(put.size);
    expect(Object.fromEntries(referrer?.annotations ?? [])).toEqual(annotations);
    expect(only && (await referrer?.blob(only))?.toString()).toBe("it is so");
    await expect(only && referrer?.blob(only, 3)).rejects.toMatchObject({ code: "limit-exceeded" });
  });

  test("is listed by clients where the registry does not", async () => {
    behave({ referrers: "none" });
    expect(await found()).toBe("");
    tagFallback(repository, image, [
      attach(repository, image, "a"),
      attach(repository, image, "b"),
    ]);
    expect(await found()).toBe("a b");
  });

  test("is found in both lists, each once", async () => {
    const both = attach(repository, image, "both");
    attach(repository, image, "api");
    const before = putManifest(repository, {
      artifactType: "application/x.before",
      subject: image,
    });
    tagFallback(repository, image, [before, both]);
    expect(await found()).toBe("both api before");
  });

  test("under the tags of older tools comes last", async () => {
    for (const [ending, kind] of [
      ["sbom", "s"],
      ["att", "t"],
      ["sig", "u"],
    ] as const) {
      const kept = putManifest(repository, { artifactType: `application/x.${kind}` });
      repository.tag(`sha256-${hexOf(image.digest)}.${ending}`, kept.digest);
    }
    attach(repository, image, "new");
    expect(await found()).toBe("new u t s");
    expect((await listed()).referrers.map((r) => r.oldTag)).toEqual([null, "sig", "att", "sbom"]);
    expect((await listed(image, false)).referrers.length).toBe(1);
  });

  test("two hundred times is read in one listing, each manifest once", async () => {
    for (let i = 0; i < 200; i += 1) attach(repository, image, `n${i}`);
    const { referrers } = await listed();
    const asked = registry.seen.filter((r) => r.path.startsWith("/v2/app/"));
    const manifests = asked.filter((r) => r.path.includes("manifests/sha256:"));
    const lists = asked.filter((r) => r.path.includes("referrers/"));
    expect([referrers.length, manifests.length, lists.length]).toEqual([200, 200, 1]);
    expect(asked.every((r) => r.nth === 0)).toBe(true);
  });

  test("page by page", async () => {
    behave({ pageSize: 2 });
    for (const kind of ["a", "b", "c", "d", "e"]) attach(repository, image, kind);
    expect(await found()).toBe("a b c d e");
  });

  test("more often than anybody needs is opened a thousand times, and said so", async () => {
    const put = attach(repository, image, "one");
    const many = Array.from({ length: 1_500 }, (_, i) => ({
      ...put,
      digest: `sha256:${String(i).padStart(64, "0")}`,
    }));
    behave({ referrers: "none" });
    tagFallback(repository, image, [put, ...many]);
    const { referrers, problems } = await listed();
    const asked = registry.seen.filter((r) => r.path.includes("manifests/sha256:"));
    expect([referrers.length, asked.length]).toEqual([1, 1_000]);
    expect(problems.map((p) => p.code)).toEqual([
      "referrers-incomplete",
      ...Array.from({ length: 21 }, () => "referrer-refused"),
    ]);
  });
});

describe("a registry that lies or fails", () => {
  const rows: readonly (readonly [string, Partial<Behaviour>, () => void, string])[] = [
    ["states no kinds", { artifactTypes: "none" }, () => undefined, "a b"],
    [
      "states the configuration's kind",
      { artifactTypes: "of-configuration" },
      () => undefined,
      "a b",
    ],
    [
      "pretends to list",
      { referrers: "pretends" },
      () => tagFallback(repository, image, [attach(repository, image, "c")]),
      "c",
    ],
    ["takes the fallback tag for the digest", { digestTags: true }, () => undefined, "a b"],
    [
      "takes the fallback tag for the digest, and lists nothing",
      { digestTags: true, referrers: "none" },
      () => undefined,
      "",
    ],
    [
      "lists what is not there",
      { referrers: "none" },
      () => tagFallback(repository, image, [{ ...image, digest: `sha256:${"0".repeat(64)}` }]),
      "referrer-refused",
    ],
    [
      "lists what belongs to another",
      {},
      () => {
        const other = putManifest(repository, { annotations: { other: "" } });
        tagFallback(repository, image, [attach(repository, other, "x"), other]);
      },
      "a b referrer-refused referrer-refused",
    ],
    [
      "gives other bytes than were asked for",
      {},
      () => {
        const put = attach(repository, image, "c");
        const kept = repository.manifests.get(put.digest);
        if (kept) repository.manifests.set(put.digest, { ...kept, bytes: Buffer.from("{}") });
      },
      "a b referrer-refused",
    ],
    [
      "has a manifest of ten megabytes",
      { manifestBytesMax: 20 << 20 },
      () => void attach(repository, image, "c", { annotations: { a: "x".repeat(10 << 20) } }),
      "a b referrer-refused",
    ],
    [
      "has a manifest under the fallback tag",
      {},
      () => repository.tag(`sha256-${hexOf(image.digest)}`, attach(repository, image, "c").digest),
      "a b c",
    ],
    [
      "has nonsense under the fallback tag",
      {},
      () => {
        const { digest } = repository.putManifest(Buffer.from("[]"), "application/json");
        repository.tag(`sha256-${hexOf(image.digest)}`, digest);
      },
      "throws archive-invalid",
    ],
    [
      "lists entries that make no sense",
      { referrers: "none" },
      () =>
        tagFallback(repository, image, [
          { digest: "sha512:0" },
          {},
          attach(repository, image, "c"),
        ]),
      "c referrer-refused",
    ],
    [
      "has nonsense under an old tag",
      {},
      () => {
        const { digest } = repository.putManifest(Buffer.from("[]"), "application/json");
        repository.tag(`sha256-${hexOf(image.digest)}.sig`, digest);
      },
      "a b referrer-refused",
    ],
    [
      "fails for one manifest for good",
      { fault: ({ path }) => (path.endsWith(lastDigest()) ? { status: 500 } : null) },
      () => undefined,
      "a referrers-incomplete",
    ],
    [
      "is overloaded for a moment",
      {
        fault: ({ nth }) => (nth === 0 ? { status: 429, headers: { "retry-after": "0" } } : null),
      },
      () => undefined,
      "a b",
    ],
    [
      "cuts connections",
      { fault: ({ nth }) => (nth === 0 ? { cut: true } : null) },
      () => undefined,
      "a b",
    ],
    [
      "fails for its list",
      { fault: ({ path }) => (path.includes("/referrers/") ? { status: 503 } : null) },
      () => undefined,
      "throws registry-unavailable",
    ],
    [
      "denies its list",
      { fault: ({ path }) => (path.includes("/referrers/") ? { status: 403 } : null) },
      () => undefined,
      "throws registry-denied",
    ],
    [
      "answers its list with a page for browsers",
      {
        fault: ({ path }) =>
          path.includes("/referrers/")
            ? { status: 200, headers: { "content-type": "text/html" }, body: "<p>" }
            : null,
      },
      () => tagFallback(repository, image, [attach(repository, image, "c")]),
      "c",
    ],
    [
      "stalls",
      { fault: ({ path }) => (path.includes("/referrers/") ? { delayMs: 60_000 } : null) },
      () => undefined,
      "throws registry-unavailable",
    ],
  ];
  function lastDigest(): string {
    const attached = [...repository.manifests.values()].filter((m) => m.document.subject);
    return attached.at(-1)?.digest ?? "";
  }

  test.each(rows)("%s", async (_, behaviour, prepare, wanted) => {
    attach(repository, image, "a");
    attach(repository, image, "b");
    behave(behaviour);
    prepare();
    expect(await found()).toBe(wanted);
  });

  test("shows an index's images as attached to it", async () => {
    behave({ childrenAsReferrers: true });
    const index = putIndex(repository, [image]);
    attach(repository, index, "a");
    expect(await found(index)).toBe("a referrer-refused");
  });

  test("is left when we are asked to stop", async () => {
    attach(repository, image, "a");
    const reason = new AppError("interrupted", "interrupted");
    const place = await registryPlace(parseReference(`${registry.host}/app`), {
      env: { HOME: home },
    });
    const work = referrersOf(place, image.digest, { signal: AbortSignal.abort(reason) });
    await expect(work).rejects.toBe(reason);
  });
});
