// Every folder of other people's material about trust is read by a test, or it is said why not; a new one turns this red.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import { signedEnvelope } from "./signed-layer.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

interface Covered {
  /** Of the material; an ending of `/*` means each folder in it. */
  readonly folder: string;
  /** The test that reads it, and a text that stands in that test. */
  readonly by?: readonly [file: string, text: string];
  /** Why nothing reads it. */
  readonly because?: string;
}

const TRUST = "src/io/trust";
const NOTATION = "notation-go/verifier/testdata";
const STORES = `${NOTATION}/truststore/x509`;
const stores = (...names: string[]): Covered[] =>
  names.map((name) => ({
    folder: `${STORES}/${name}`,
    by: [`${TRUST}/vectors-of-notation.test.ts`, `"${name}"`],
  }));

const COVERED: readonly Covered[] = [
  {
    folder: "sigstore-conformance",
    because: "the description of the program that the suite drives",
  },
  {
    folder: "sigstore-conformance/test/assets",
    because: "what the suite's own signing tests sign",
  },
  {
    folder: "sigstore-conformance/test/assets/bundle-verify",
    by: [`${TRUST}/conformance.test.ts`, "bundle-verify"],
  },
  {
    folder: "sigstore-conformance/test/assets/bundle-verify/*",
    by: [`${TRUST}/conformance.test.ts`, "readdirSync(folder"],
  },
  {
    folder: "sigstore-js/tests/bundles",
    by: [`${TRUST}/vectors.test.ts`, "sigstore-js/tests/bundles"],
  },
  {
    folder: "cosign/.github/workflows",
    by: ["src/io/keys/private-key.test.ts", "cosign/.github/workflows"],
  },
  { folder: "cosign/keys_test_pem", by: ["src/io/keys/private-key.test.ts", "keys_test_pem"] },
  {
    folder: "cosign/pkg/cosign/testdata",
    by: [`${TRUST}/vectors.test.ts`, "cosign/pkg/cosign/testdata"],
  },
  ...["valid", "malformed"].map((name) => ({
    folder: `cosign/pkg/policy/testdata/${name}`,
    by: [`${TRUST}/fixtures.test.ts`, "cosign/pkg/policy/testdata"] as const,
  })),
  { folder: "cosign/specs", because: "texts of specifications" },
  {
    folder: "cosign/test/testdata",
    by: ["src/formats/sbom.test.ts", "cosign/test/testdata"],
  },
  {
    folder: "cosign/test/testdata/attestations",
    by: ["src/app/predicates.test.ts", "cosign/test/testdata/attestations"],
  },
  {
    folder: "cosign/test/testdata/policies",
    because: "policies in CUE, a language that is not read here",
  },
  {
    folder: "connaisseur/test/testdata/admission_requests",
    by: [`${TRUST}/fixtures.test.ts`, "admission_requests"],
  },
  {
    folder: "connaisseur/test/testdata/cosign",
    by: [`${TRUST}/vectors-of-notation.test.ts`, "01_cosign.yaml"],
  },
  ...["blobs", "manifests"].map((name) => ({
    folder: `connaisseur/test/testdata/cosign/securesystemsengineering/testimage/${name}`,
    by: [`${TRUST}/vectors.test.ts`, "cosign/securesystemsengineering/testimage"] as const,
  })),
  {
    folder: "connaisseur/test/testdata/notation",
    by: [`${TRUST}/vectors.test.ts`, "notation/01_notation.yaml"],
  },
  ...["blobs", "manifests"].map((name) => ({
    folder: `connaisseur/test/testdata/notation/sse-secure-systems/testimage/${name}`,
    by: [`${TRUST}/vectors.test.ts`, "notation/sse-secure-systems/testimage"] as const,
  })),
  ...["malformed-duplicate", "malformed-invalid-default", "valid"].map((name) => ({
    folder: `notation-go/config/testdata/${name}`,
    because: "lists of keys of notation's own program, which is not read here",
  })),
  {
    folder: "notation-go/internal/mock/testdata",
    by: [`${TRUST}/vectors.test.ts`, "internal/mock/testdata"],
  },
  {
    folder: `${NOTATION}/timestamp/countersignature`,
    by: [`${TRUST}/timestamp-token.test.ts`, "timestamp/countersignature"],
  },
  {
    folder: `${NOTATION}/timestamp/sigEnv`,
    by: [`${TRUST}/vectors-of-notation.test.ts`, "timestamp/sigEnv"],
  },
  { folder: `${NOTATION}/verifier`, by: [`${TRUST}/vectors-of-notation.test.ts`, "/verifier`"] },
  ...stores(
    "ca/trust-store-with-invalid-certs",
    "ca/trust-store-with-leaf-certs",
    "ca/trust-store-with-leaf-certs-in-single-file",
    "ca/valid-trust-store",
    "ca/valid-trust-store-2",
    "ca/valid-trust-store-self-signed",
    "ca/valid-trust-store_SYMLINK",
    "signingAuthority/valid-trust-store",
    "signingAuthority/valid-trust-store-2",
    "trust-store-with-cert-symlinks",
    "trust-store-with-directories",
    "trust-store-with-directories/sub-dir",
    "tsa/test-mismatch",
    "tsa/test-nonCA",
    "tsa/test-nonSelfIssued",
    "tsa/test-timestamp",
  ),
];

/** Folders with a file in them, from `at` on. */
function foldersWithFiles(at: string): string[] {
  const entries = readdirSync(at, { withFileTypes: true });
  const inner = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => foldersWithFiles(join(at, name)));
  return entries.some((entry) => !entry.isDirectory()) ? [at, ...inner] : inner;
}

function covers({ folder }: Covered, found: string): boolean {
  return folder.endsWith("/*")
    ? found.startsWith(folder.slice(0, -1)) && !found.slice(folder.length - 1).includes("/")
    : found === folder;
}

describeShared("other people's material about trust", () => {
  const root = sharedPath("fixtures/trust");
  const found = existsSync(root) ? foldersWithFiles(root).map((at) => relative(root, at)) : [];

  test("is read by a test, folder by folder, or it is said why not", () => {
    const left = found.filter((folder) => !COVERED.some((covered) => covers(covered, folder)));
    expect(left).toEqual([]);
  });

  test("is all there", () => {
    const gone = COVERED.filter((covered) => !found.some((folder) => covers(covered, folder)));
    expect(gone).toEqual([]);
  });

  test("is named by the tests that are said to read it", () => {
    const wrong = COVERED.filter(({ by, because }) => {
      if (by === undefined) return because === undefined;
      const [file, text] = by;
      return because !== undefined || !readFileSync(join(ROOT, file), "utf8").includes(text);
    });
    expect(wrong).toEqual([]);
  });

  describe("attestations of cosign's policies", () => {
    test.each([
      ["valid/custom", "https://cosign.sigstore.dev/attestation/v1"],
      ["valid/vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"],
      ["malformed/custom", "cosign.sigstore.dev/attestation/v1"],
      ["malformed/vuln", "cosign.sigstore.dev/attestation/vuln/v1"],
    ])("%s says %s, as it stands", (name, predicateType) => {
      const payload = readFileSync(sharedPath(`fixtures/trust/cosign/pkg/policy/testdata/${name}`));
      const read = signedEnvelope({ payload, annotations: new Map(), source: name });
      expect(read.predicateType).toBe(predicateType);
    });
  });

  test("requests of admission by Connaisseur name the images that they would run", () => {
    const folder = sharedPath("fixtures/trust/connaisseur/test/testdata/admission_requests");
    const images = readdirSync(folder).map((name) => {
      const review = JSON.parse(readFileSync(join(folder, name), "utf8"));
      const workloads = readKubernetes(review?.request?.object);
      return workloads.reduce((sum, { containers }) => sum + containers.length, 0);
    });
    expect(images.join(" ")).toBe("1 1 1 1 1 1 1 1 3 1 0 0 1 1 1 1 1 1 2 2 0 1 1 1 0 0 1 1 1");
  });
});
