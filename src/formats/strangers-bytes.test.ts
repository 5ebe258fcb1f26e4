// Every reader of what strangers write about trust: real documents, damaged and altered, are read or refused as errors of ours,
// and quickly.
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { AppError } from "../kit/error.ts";
import {
  ABOUTS,
  EFFECTS,
  FAIL_MODES,
  FINDING_KINDS,
  PROBLEM_EFFECTS,
  STAGES,
} from "../model/policy.ts";
import { THRESHOLDS } from "../model/severity.ts";
import { predicateTypeIn } from "./attachment.ts";
import { compileCel } from "./cel/cel.ts";
import { parseEncryptedKey } from "./cosign-key.ts";
import { parseCosignLayer } from "./cosign-layer.ts";
import { oldManifest, withLayer } from "./cosign-tag.ts";
import { dsseValue, readDsse } from "./dsse.ts";
import { parseEvidenceEntry, splitEvidenceLine } from "./evidence-line.ts";
import { parseExceptions } from "./exceptions.ts";
import { parseStatement, writeStatement } from "./in-toto.ts";
import { parseJson } from "./json-shape.ts";
import { parseNotationCose } from "./notation-cose.ts";
import { parseNotationJws } from "./notation-jws.ts";
import { parseManifestOrIndex } from "./oci.ts";
import { OVERRIDE_PAYLOAD, parseOverrideDocument } from "./override.ts";
import { parsePem } from "./pem.ts";
import { parsePolicy } from "./policy.ts";
import { parsePolicyTests } from "./policy-test.ts";
import { parseReferrersList, withReferrer } from "./referrers-list.ts";
import { bundleEntryOf } from "./rekor.ts";
import { parseBundle } from "./sigstore-bundle.ts";
import { parseSimpleSigning, writeSimpleSigning } from "./simplesigning.ts";
import { altered, damaged } from "./test-support/mutations.ts";
import { parseTrustFile } from "./trust-file.ts";
import { parseTrustedRoot } from "./trusted-root.ts";

type Read = (bytes: Buffer) => unknown;

/** Far more than any document of these sizes takes, because machines that test are busy; what is quadratic takes far longer. */
const MS_MAX = 40_000;

/** Fails with anything but an error of ours. */
function readsOrRefuses(read: Read, bytes: Buffer): void {
  const start = performance.now();
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  expect(performance.now() - start).toBeLessThan(MS_MAX);
}

function fuzz(read: Read, seed: Buffer): void {
  fc.assert(
    fc.property(fc.oneof(damaged(seed), altered(seed)), (bytes) => readsOrRefuses(read, bytes)),
    { numRuns: 150 },
  );
}

const DEEP = 100_000;
/** Documents that are nothing but too much of something. */
const BOMBS: readonly (readonly [string, string])[] = [
  ["arrays in arrays", `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`],
  ["arrays without an end", "[".repeat(DEEP)],
  ["objects in objects", `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`],
  [
    "a map in YAML, line by line",
    Array.from({ length: 2_500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
  ],
  ["lists in a line of YAML", "- ".repeat(DEEP)],
  [
    "names that stand for each other",
    `a0: &a0 [x,x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]`).join("\n")}`,
  ],
  [
    "a hundred thousand names",
    `{${Array.from({ length: DEEP }, (_, i) => `"k${i}":1`).join(",")}}`,
  ],
  ["a number without an end", "9".repeat(1 << 20)],
  ["brackets and quotes", '{"'.repeat(DEEP)],
];

const words = {
  stages: STAGES,
  effects: EFFECTS,
  failModes: FAIL_MODES,
  abouts: ABOUTS,
  thresholds: THRESHOLDS,
  findingKinds: FINDING_KINDS,
  problemEffects: PROBLEM_EFFECTS,
  problemCodes: ["file-damaged"] as const,
};

const fixture = (path: string): Buffer => {
  const at = sharedPath(`fixtures/trust/${path}`);
  return existsSync(at) ? readFileSync(at) : Buffer.alloc(0);
};
const CONNAISSEUR =
  "connaisseur/test/testdata/cosign/securesystemsengineering/testimage/manifests/sha256-31dc72a13a0c34b40eb95419d2b2fd67320c856baf3b72da518023ee8d370aee.sig.json";

/** The annotations of a layer come in a manifest. */
const readLayers: Read = (bytes) => {
  const document = parseManifestOrIndex(bytes);
  return document.kind === "index"
    ? null
    : document.layers.map(({ annotations }) => parseCosignLayer(annotations));
};
const readKey: Read = (bytes) =>
  parsePem(bytes.toString("utf8")).map((block) => parseEncryptedKey(block));

const digest = `sha256:${"a".repeat(64)}`;
const layer = { mediaType: "", digest, size: 1, annotations: {} };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const statement = writeStatement({
  ...{ sha256: "a".repeat(64), name: "app", predicateType: "https://example.org/x" },
  predicate: { a: [1, { b: "c" }] },
});
const envelope = json(
  dsseValue({
    payloadType: "application/vnd.in-toto+json",
    payload: statement,
    signatures: [{ keyId: "x", bytes: Buffer.alloc(64) }],
  }),
);
const override = {
  schema: "bulwark.dev/override/v1",
  ...{ reason: "outage", grantedBy: "a", grantedAt: "2026-01-01T00:00:00Z" },
  ...{ until: "2026-01-02T00:00:00Z", actions: ["gate"] },
  subjects: [{ name: "registry.example/app", tag: null, digest }],
};
const rekor = {
  abcd: {
    body: json({ kind: "dsse", apiVersion: "0.0.1", spec: {} }).toString("base64"),
    ...{ integratedTime: 1, logID: "ab".repeat(32), logIndex: 7 },
    verification: {
      signedEntryTimestamp: "AAAA",
      inclusionProof: {
        ...{ logIndex: 1, rootHash: "ab".repeat(32), treeSize: 9, hashes: ["ab".repeat(32)] },
        checkpoint: "log.example - 1\n9\nAAAA\n\n— log.example AAAA\n",
      },
    },
  },
};
const TRUST = `keys:
  - { id: a, key: a.pub, not-before: 2026-01-01, not-after: 2027-02-01, replaced-by: b }
  - { id: b, key: b.pub, revoked: 2026-03-10, log: required }
identities:
  - { id: ci, issuer: "https://issuer.example", identity: "https://git.example/x", root: acme }
  - { issuer: "https://issuer.example", identity-glob: "https://git.example/**" }
roots: [{ name: acme, root: acme.json }]
certificates:
  - { id: n, certificate: ca.crt, kind: ca, subjects: ["C=DE, O=Acme, CN=release"] }
`;
const POLICY = `policy: shop
packs: [startup]
maxAge: 36h
rules:
  - { id: exploited, effect: warn, stages: [deploy], findings: { atLeast: high, priorityMin: 50 } }
  - { id: built, attested: { type: slsaprovenance1, by: [ci], where: predicate.ok, maxAge: 30d } }
  - { id: old, about: image, when: image.ageDays > 90, message: "it is {image.ageDays} days old" }
`;
const EXCEPTIONS = `exceptions:
  - id: CVE-2026-1
    scope: { package: "pkg:npm/a", image: "registry.example/*", container: web }
    reason: not reached
    owner: team-a
    until: 2027-03-31
`;
const TESTS = `policy: bulwark.yaml
cases:
  - { name: one, scan: a.json, stage: deploy, expect: deny, rules: [root-user] }
  - { name: two, scan: b.json, image: { user: root, env: [A=b], labels: { a: b } }, expect: allow }
`;
const CEL =
  "object.spec.containers.all(c, c.?securityContext.?privileged.orValue(false) == false && c.image.matches('^[a-z]+(:[0-9.]+)?$')) || quantity('1Gi').compareTo(quantity('2Gi')) < 0";

const READERS: readonly (readonly [string, Read, Buffer])[] = [
  ["a bundle", parseBundle, fixture("sigstore-js/tests/bundles/bundleV03-dsse.sigstore")],
  [
    "a bundle of before",
    parseBundle,
    fixture("sigstore-js/tests/bundles/bundleV01-intoto-with-proof.sigstore"),
  ],
  [
    "what a bundle states",
    predicateTypeIn,
    fixture("sigstore-js/tests/bundles/bundleV03-dsse.sigstore"),
  ],
  [
    "an envelope",
    (b) => readDsse(parseJson(b, { what: "x", code: "signature-invalid" })),
    envelope,
  ],
  ["a statement", parseStatement, statement],
  ["an older payload", parseSimpleSigning, writeSimpleSigning(digest, "app")],
  ["older signatures", readLayers, fixture(CONNAISSEUR)],
  [
    "an older manifest, to be added to",
    (b) => oldManifest({ digest, sizeBytes: 1 }, withLayer([b], layer).layers),
    fixture(CONNAISSEUR),
  ],
  [
    "a list of referrers, to be added to",
    (b) => withReferrer([b], { ...layer, artifactType: null }),
    json({ schemaVersion: 2, manifests: [{ digest, size: 1, annotations: { a: "b" } }] }),
  ],
  [
    "an envelope in JWS",
    parseNotationJws,
    fixture("notation-go/verifier/testdata/timestamp/sigEnv/jwsWithTimestamp.sig"),
  ],
  [
    "an envelope in COSE",
    parseNotationCose,
    fixture("notation-go/verifier/testdata/timestamp/sigEnv/coseWithTimestamp.sig"),
  ],
  ["a key", readKey, fixture("cosign/keys_test_pem/pemsigstorekey.pem")],
  [
    "a trusted root",
    (b) => parseTrustedRoot(b, "r"),
    fixture("cosign/pkg/cosign/testdata/trusted_root_pgi.json"),
  ],
  ["a trust file", (b) => parseTrustFile(b, "t"), Buffer.from(TRUST)],
  [
    "a list of referrers",
    parseReferrersList,
    json({ schemaVersion: 2, manifests: [{ digest, size: 1 }, {}] }),
  ],
  ["an answer of the log", bundleEntryOf, json(rekor)],
  [
    "an override",
    parseOverrideDocument,
    json(
      dsseValue({
        payloadType: OVERRIDE_PAYLOAD,
        payload: json(override),
        signatures: [{ keyId: null, bytes: Buffer.alloc(64) }],
      }),
    ),
  ],
  ["a policy", (b) => parsePolicy(b, "p", words), Buffer.from(POLICY)],
  ["a policy's tests", (b) => parsePolicyTests(b, "t", STAGES), Buffer.from(TESTS)],
  ["exceptions", (b) => parseExceptions(b, "e"), Buffer.from(EXCEPTIONS)],
  [
    "an expression",
    (b) => compileCel(b.toString("utf8"), { variables: { object: {} } }),
    Buffer.from(CEL),
  ],
  ["a line of evidence", splitEvidenceLine, Buffer.from(`{"entry":{},"hash":"${"a".repeat(64)}"}`)],
  ["an entry of evidence", parseEvidenceEntry, Buffer.from("{}")],
];

describeShared("what strangers write", () => {
  test.each(READERS.filter(([name]) => !name.includes("evidence")))(
    "%s is read",
    (_, read, seed) => {
      expect(read(seed)).toBeTruthy();
    },
  );

  test.each(READERS)("%s, damaged or altered, is read or refused", (_, read, seed) => {
    fuzz(read, seed);
  });

  describe.each(BOMBS)("%s", (_, text) => {
    test.each(READERS)("as %s are refused or read", (_name, read) => {
      readsOrRefuses(read, Buffer.from(text));
    });
  });
});
