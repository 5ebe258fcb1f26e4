// Faults of registries: what is attached is right, or nothing is, and the registry lies, is slow, or fails half way.
import { sign } from "node:crypto";
import type { Behaviour, Fault, SeenRequest } from "../../../../test/lab/oci-registry/behaviour.ts";
import { OCI_INDEX } from "../../../formats/oci-media-type.ts";
import { BUNDLE_MEDIA_TYPE } from "../../../formats/sigstore-bundle.ts";
import {
  attach,
  type Put,
  putManifest,
  tagFallback,
} from "../../attachments/test-support/attached.ts";
import type { FaultLab } from "./fault-lab.ts";
import type { FaultRow } from "./fault-row.ts";

/** What is attached before the fault begins: nothing, a right signature, or one by somebody whom nobody trusts. */
type Attached = "nothing" | "right" | "wrong";

/** A row in which a registry behaves in some way. */
function registryRow(
  name: string,
  answer: string,
  attached: Attached,
  behave: (lab: FaultLab, put: Put | null) => Partial<Behaviour> | Promise<Partial<Behaviour>>,
): FaultRow {
  return [
    name,
    answer,
    async (lab) => {
      const put = await attachIt(lab, attached);
      Object.assign(lab.registry.behaviour, await behave(lab, put));
      return undefined;
    },
  ];
}

async function attachIt(lab: FaultLab, attached: Attached): Promise<Put | null> {
  if (attached === "nothing") return null;
  const key = attached === "right" ? lab.signers.releaseKey : lab.signers.otherKey;
  return lab.attach(await lab.keyBundle({ key }));
}

/** Something instead of the answers to requests whose path has this in it. */
function instead(part: string, fault: Fault): Partial<Behaviour> {
  return { fault: ({ path }: SeenRequest) => (path.includes(part) ? fault : null) };
}

const entry = (put: Put, more: object = {}): object => ({ ...put, ...more });
const listed = (manifests: readonly object[]): string =>
  JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });

/** An answer to the list that names these, and a page that comes after. */
function page(manifests: readonly object[], next: string): Partial<Behaviour> {
  const headers = { "content-type": OCI_INDEX, link: `<${next}>; rel="next"` };
  return instead("/referrers/", { status: 200, headers, body: listed(manifests) });
}

/** The list is clients' own, under the fallback tag. */
function fallback(lab: FaultLab, entries: readonly object[]): Partial<Behaviour> {
  tagFallback(lab.repository, lab.image, entries);
  return { referrers: "none" };
}

const WRONG_TYPE = { artifactType: "application/vnd.oci.empty.v1+json", annotations: {} };

/** A right signature, whose size is another than its manifest says. */
function sizeRow(name: string, answer: string, size: number): FaultRow {
  return registryRow(name, answer, "nothing", async (lab) => {
    const content = await lab.keyBundle();
    const digest = lab.repository.putBlob(content);
    const layers = [{ mediaType: BUNDLE_MEDIA_TYPE, digest, size }];
    lab.attach(content, BUNDLE_MEDIA_TYPE, { layers });
    return {};
  });
}

/** Lies about what is attached. @see io/attachments/readme.md */
const LIES: readonly FaultRow[] = [
  registryRow("nothing is attached", "refused", "nothing", () => ({})),
  registryRow("the fallback index states another type", "verified", "right", (lab, put) =>
    fallback(lab, put === null ? [] : [entry(put, WRONG_TYPE)]),
  ),
  registryRow("the list states the configuration's type", "verified", "right", () => ({
    artifactTypes: "of-configuration",
  })),
  registryRow("the list states no types", "verified", "right", () => ({ artifactTypes: "none" })),
  registryRow("it says OCI-Subject and has no list", "verified", "right", (lab, put) => ({
    ...fallback(lab, put === null ? [] : [put]),
    referrers: "pretends",
  })),
  registryRow("it says OCI-Subject, has no list, and nobody kept one", "refused", "right", () => ({
    referrers: "pretends",
  })),
  registryRow("it has no list, and clients keep one", "verified", "right", (lab, put) =>
    fallback(lab, put === null ? [] : [put]),
  ),
  ...[400, 405, 501].map((status) =>
    registryRow(`it answers its list with ${status}`, "verified", "right", (lab, put) => {
      fallback(lab, put === null ? [] : [put]);
      return instead("/referrers/", { status });
    }),
  ),
  registryRow("it answers its list with a page for browsers", "verified", "right", (lab, put) => {
    fallback(lab, put === null ? [] : [put]);
    const headers = { "content-type": "text/html" };
    return instead("/referrers/", { status: 200, headers, body: "<p>" });
  }),
  registryRow("children of an index pose as attached to it", "refused", "nothing", (lab) => {
    const child = putManifest(lab.repository, { annotations: { child: "" } });
    const headers = { "content-type": OCI_INDEX };
    return instead("/referrers/", { status: 200, headers, body: listed([child, lab.image]) });
  }),
  registryRow("it takes the fallback tag for the digest itself", "verified", "right", () => ({
    digestTags: true,
  })),
  registryRow("what is listed belongs to another digest", "refused", "nothing", async (lab) => {
    const other = putManifest(lab.repository, { annotations: { other: "" } });
    const content = await lab.keyBundle();
    const digest = lab.repository.putBlob(content);
    const layers = [{ mediaType: BUNDLE_MEDIA_TYPE, digest, size: content.length }];
    return fallback(lab, [attach(lab.repository, other, "x", { layers })]);
  }),
  registryRow("what is listed is not there", "refused", "nothing", (lab) =>
    fallback(lab, [entry(lab.image, { digest: `sha256:${"0".repeat(64)}` })]),
  ),
  registryRow("entries make no sense", "verified", "right", (lab, put) =>
    fallback(lab, [{}, { digest: "sha512:0" }, ...(put === null ? [] : [put])]),
  ),
  registryRow(
    "pages of the list go round, and the signature is on one",
    "verified",
    "right",
    (lab, put) => page(put === null ? [] : [put], `/v2/app/referrers/${lab.image.digest}`),
  ),
  registryRow("pages of the list go round", "undecided", "nothing", (lab) =>
    page([], `/v2/app/referrers/${lab.image.digest}`),
  ),
  registryRow("the next page is at another host", "undecided", "nothing", () =>
    page([], "https://registry.example.evil/v2/app/referrers/x"),
  ),
  registryRow("the list states another size", "verified", "right", (lab, put) =>
    fallback(lab, put === null ? [] : [entry(put, { size: 7 })]),
  ),
  registryRow("another manifest comes than was asked for", "refused", "nothing", async (lab) => {
    const right = lab.attach(await lab.keyBundle());
    const kept = lab.repository.manifests.get(right.digest);
    const asked = putManifest(lab.repository, { annotations: { asked: "" } });
    if (kept !== undefined) lab.repository.manifests.set(asked.digest, kept);
    return fallback(lab, [asked]);
  }),
  registryRow(
    "another content comes than was asked for",
    "refused at form",
    "nothing",
    async (lab) => {
      const content = await lab.keyBundle();
      const put = lab.attach(Buffer.alloc(content.length));
      const { layers } = lab.repository.manifests.get(put.digest)?.document ?? {};
      lab.repository.blobs.set(layers?.[0]?.digest ?? "", content);
      return {};
    },
  ),
  // More is harmless: the digest says what counts.
  sizeRow("a manifest states less content than there is", "refused at form", 1),
  sizeRow("a manifest states more content than there is", "verified", 100_000),
  sizeRow("a manifest states more content than anybody reads", "refused at form", 1 << 30),
];

const BOUNDS: readonly FaultRow[] = [
  registryRow("an annotation of ten megabytes", "refused", "nothing", async (lab) => {
    const annotations = { a: "x".repeat(10 << 20) };
    lab.attach(await lab.keyBundle(), BUNDLE_MEDIA_TYPE, { annotations });
    return { manifestBytesMax: 20 << 20 };
  }),
  registryRow(
    "an annotation of ten megabytes, beside a right signature",
    "verified",
    "right",
    (lab) => {
      lab.attach(Buffer.from("{}"), BUNDLE_MEDIA_TYPE, {
        annotations: { a: "x".repeat(10 << 20) },
      });
      return { manifestBytesMax: 20 << 20 };
    },
  ),
  registryRow(
    "a thousand wrong signatures, and a right one after them",
    "verified",
    "nothing",
    (lab) => {
      lab.oldTag(1000, (bytes) => sign("sha256", bytes, lab.signers.releaseKey.privateKey));
      return {};
    },
  ),
  registryRow("a thousand wrong signatures", "refused at signature", "nothing", (lab) => {
    lab.oldTag(1000, null);
    return {};
  }),
  registryRow(
    "more signatures than anybody verifies",
    "undecided at signature",
    "nothing",
    (lab) => {
      lab.oldTag(2100, null);
      return {};
    },
  ),
  registryRow("more manifests than anybody opens", "undecided", "nothing", (lab) => {
    const other = putManifest(lab.repository, { annotations: { other: "" } });
    const many = Array.from({ length: 1100 }, (_, i) =>
      entry(other, { digest: `sha256:${String(i).padStart(64, "0")}` }),
    );
    return fallback(lab, many);
  }),
];

/** Fails for good, or in the middle. */
const FAILURES: readonly FaultRow[] = [
  registryRow("its list fails", "fails: registry-unavailable", "right", () =>
    instead("/referrers/", { status: 503 }),
  ),
  registryRow("its list is denied", "fails: registry-denied", "right", () =>
    instead("/referrers/", { status: 403 }),
  ),
  registryRow("it is overloaded for a moment", "verified", "right", () => ({
    fault: ({ nth }) => (nth === 0 ? { status: 429, headers: { "retry-after": "0" } } : null),
  })),
  registryRow("connections are cut once", "verified", "right", () => ({
    fault: ({ nth }) => (nth === 0 ? { cut: true } : null),
  })),
  registryRow("it fails half way, at a manifest", "undecided", "right", (_, put) =>
    instead(`manifests/${put?.digest}`, { status: 500 }),
  ),
  registryRow("it fails half way, at a content", "undecided", "right", () =>
    instead("/blobs/", { status: 500 }),
  ),
  registryRow("it fails half way, after a right signature", "verified", "right", async (lab) => {
    const put = lab.attach(await lab.keyBundle({ key: lab.signers.otherKey }));
    return instead(`manifests/${put.digest}`, { status: 500 });
  }),
  registryRow("a content always breaks off", "undecided", "right", () =>
    instead("/blobs/", { status: 200, body: "x".repeat(100), bodyCutAt: 50 }),
  ),
  registryRow("a list breaks off", "fails: registry-unavailable", "right", () => {
    const headers = { "content-type": OCI_INDEX };
    return instead("/referrers/", { status: 200, headers, body: listed([]), bodyCutAt: 9 });
  }),
  registryRow("the content is gone", "undecided", "right", (lab) => {
    lab.repository.blobs.clear();
    return {};
  }),
];

/** Slow. */
export const SLOW_REGISTRIES: readonly FaultRow[] = [
  registryRow("its list stalls", "fails: registry-unavailable", "right", () =>
    instead("/referrers/", { delayMs: 30_000 }),
  ),
  registryRow("a manifest stalls", "undecided", "right", (_, put) =>
    instead(`manifests/${put?.digest}`, { delayMs: 30_000 }),
  ),
  registryRow("a content stalls", "undecided", "right", () =>
    instead("/blobs/", { delayMs: 30_000 }),
  ),
  registryRow("a content trickles", "undecided", "right", () =>
    instead("/blobs/", { status: 200, body: "x".repeat(1000), trickleMs: 50 }),
  ),
  registryRow("its list trickles", "fails: registry-unavailable", "right", () => {
    const headers = { "content-type": OCI_INDEX };
    return instead("/referrers/", { status: 200, headers, body: listed([]), trickleMs: 50 });
  }),
  registryRow("it is slow, and answers", "verified", "right", (lab) => {
    lab.patienceMs = 20_000;
    return { fault: () => ({ delayMs: 100 }) };
  }),
];

export const REGISTRY_FAULTS: readonly FaultRow[] = [...LIES, ...BOUNDS, ...FAILURES];
