// Trust stores, timestamps and registries of the Notary Project's own tests and of Connaisseur's.
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { attachmentsIn } from "../../formats/attachment.ts";
import { parseNotationCose } from "../../formats/notation-cose.ts";
import type { NotationEnvelope } from "../../formats/notation-envelope.ts";
import { parseNotationJws } from "../../formats/notation-jws.ts";
import { parseManifestOrIndex } from "../../formats/oci.ts";
import { parseDigest } from "../../model/digest.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import type { LoadedTrust } from "./examination.ts";
import { loadTrust, wholeTrustFile } from "./load-trust.ts";
import { verifyNotation } from "./notation.ts";
import { readPublicKey } from "./public-key.ts";

const NOTATION = "fixtures/trust/notation-go/verifier/testdata";
const CONNAISSEUR = "fixtures/trust/connaisseur/test/testdata";

/** A trust file that names one certificate. */
async function trusting(folder: string, file: string, kind: "ca" | "signing-authority" = "ca") {
  const certificates = [{ id: file, kind, subjects: null, certificate: { file } }];
  const stated = { keys: [], identities: [], roots: [], certificates };
  return loadTrust(await wholeTrustFile(stated, folder));
}

function told(envelope: NotationEnvelope, trust: LoadedTrust, now: string): string {
  const sha256 = envelope.target.digest.slice("sha256:".length);
  const wanted = { sha256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const { outcome, refusal } = verifyNotation(envelope, "test", { wanted, trust, now });
  return refusal === null ? outcome : `${outcome} at ${refusal.step}`;
}

describeShared("envelopes with timestamps, in JWS and in COSE", () => {
  const folder = sharedPath(`${NOTATION}/timestamp/sigEnv`);
  const store = sharedPath(`${NOTATION}/truststore/x509/ca/valid-trust-store`);

  function envelope(name: string): NotationEnvelope {
    const bytes = readFileSync(join(folder, `${name}.sig`));
    return bytes[0] === 0x7b ? parseNotationJws(bytes) : parseNotationCose(bytes);
  }

  const today = "2026-11-01T00:00:00Z";
  const then = "2024-06-18T07:25:00Z";
  const rows: readonly (readonly [string, string, string])[] = [
    ["jwsWithTimestamp", today, "verified"],
    ["coseWithTimestamp", today, "verified"],
    ["withoutTimestamp", today, "verified"],
    ["jwsExpiredWithTimestamp", today, "refused at time"],
    ["coseExpiredWithTimestamp", today, "refused at time"],
    ["jwsExpiredWithTimestamp", then, "verified"],
    ["coseExpiredWithTimestamp", then, "verified"],
    ["timestampAfterNotAfter", today, "refused at time"],
    ["timestampBeforeNotBefore", today, "refused at time"],
  ];

  test("are all here", () => {
    const names = new Set(rows.map(([name]) => `${name}.sig`));
    expect(readdirSync(folder).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(rows)("%s at %s is %s", async (name, now, wanted) => {
    const read = envelope(name);
    const pem = new X509Certificate(read.chain[0] ?? Buffer.alloc(0)).toString();
    const certificates = [
      { id: "own", kind: "ca" as const, subjects: null, certificate: { text: pem } },
    ];
    const named = { keys: [], identities: [], roots: [], certificates };
    const trust = await loadTrust(await wholeTrustFile(named, folder));
    expect(told(read, trust, now)).toBe(wanted);
  });

  const later: readonly (readonly [string, string])[] = [
    ["jwsWithTimestamp", "verified"],
    ["coseWithTimestamp", "verified"],
    ["jwsExpiredWithTimestamp", "verified"],
    ["coseExpiredWithTimestamp", "verified"],
    ["timestampAfterNotAfter", "refused at time"],
    ["timestampBeforeNotBefore", "refused at time"],
  ];
  test.each(later)("%s with a trusted timestamp authority is %s", async (name, wanted) => {
    const read = envelope(name);
    const root = sharedPath(`${NOTATION}/truststore/x509/tsa/test-timestamp/globalsignRoot.cer`);
    const pem = (bytes: Buffer | undefined): { text: string } => ({
      text: new X509Certificate(bytes ?? Buffer.alloc(0)).toString(),
    });
    const of = (kind: "ca" | "timestamp", bytes: Buffer | undefined) => ({
      ...{ id: kind, kind, subjects: null, certificate: pem(bytes) },
    });
    const certificates = [of("ca", read.chain[0]), of("timestamp", readFileSync(root))];
    const named = { keys: [], identities: [], roots: [], certificates };
    const trust = await loadTrust(await wholeTrustFile(named, folder));
    expect(told(read, trust, today)).toBe(wanted);
  });

  test.each(["jwsWithTimestamp", "coseWithTimestamp"])(
    "%s is believed by the certificate of the trust store, and by no other",
    async (name) => {
      const ask = async (file: string): Promise<string> =>
        told(envelope(name), await trusting(store, file), today);
      expect([await ask("TestTimestamp.crt"), await ask("NotationTestRoot.pem")]).toEqual([
        "verified",
        "refused at certificate",
      ]);
    },
  );

  test("one bit less of an envelope in COSE is refused", async () => {
    const bytes = readFileSync(join(folder, "coseWithTimestamp.sig"));
    const trust = await trusting(store, "TestTimestamp.crt");
    const signature = bytes.length - 1;
    const payload = bytes.indexOf("manifest.v2");
    const changed = (at: number): string => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return told(parseNotationCose(copy), trust, today);
    };
    expect([changed(signature), changed(payload)]).toEqual([
      "refused at signature",
      "refused at signature",
    ]);
  });
});

describeShared("trust stores of notation-go", () => {
  const stores = sharedPath(`${NOTATION}/truststore/x509`);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [
      "ca/valid-trust-store",
      [
        "GlobalSign.der",
        "GlobalSignRootCA.crt",
        "NotationTestRoot.pem",
        "TestTimestamp.crt",
        "TestTimestampNotYetValid.crt",
        "wabbit-networks.io.crt",
      ],
    ],
    ["ca/valid-trust-store-2", ["GlobalSign.der", "GlobalSignRootCA.crt"]],
    ["ca/valid-trust-store-self-signed", ["openssl-minimum-self-signed.pem"]],
    ["ca/trust-store-with-leaf-certs", ["GlobalSignRootCA.crt", "non-ca.crt"]],
    ["ca/trust-store-with-leaf-certs-in-single-file", ["RootAndLeafCerts.crt"]],
    [
      "signingAuthority/valid-trust-store",
      ["GlobalSign.der", "GlobalSignRootCA.crt", "NotationTestRoot.pem"],
    ],
    ["signingAuthority/valid-trust-store-2", ["GlobalSign.der", "GlobalSignRootCA.crt"]],
    ["tsa/test-mismatch", ["DigiCertTSARootSHA384.cer"]],
    ["tsa/test-nonCA", ["wabbit-networks.io.crt"]],
    ["tsa/test-nonSelfIssued", ["nonSelfIssued.crt"]],
    ["tsa/test-timestamp", ["globalsignRoot.cer"]],
    ["trust-store-with-directories", ["GlobalSignRootCA.crt"]],
    ["trust-store-with-cert-symlinks", ["GlobalSignRootCA.crt"]],
  ];

  test.each(rows)("%s can be named in a trust file", async (store, files) => {
    const folder = join(stores, store);
    const loaded = await Promise.all(files.map((file) => trusting(folder, file)));
    expect(loaded.map(({ certificates }) => certificates.length)).toEqual(files.map(() => 1));
  });

  test.each([
    ["ca/trust-store-with-invalid-certs", "invalid"],
    ["ca/valid-trust-store_SYMLINK", "valid-trust-store_SYMLINK"],
    ["trust-store-with-cert-symlinks", "GlobalSignRootCA_SYMLINK.crt"],
    ["trust-store-with-directories/sub-dir", ".gitkeep"],
  ])("%s holds no certificate", async (store, file) => {
    await expect(trusting(join(stores, store), file)).rejects.toMatchObject({
      code: "config-invalid",
    });
  });

  test("a leaf that is trusted vouches for itself alone, whatever else is in its file", async () => {
    const folder = join(stores, "ca/trust-store-with-leaf-certs-in-single-file");
    const trust = await trusting(folder, "RootAndLeafCerts.crt");
    expect(trust.certificates.map(({ certificate }) => certificate.ca)).toEqual([false]);
  });

  test("names of certificates are compared whole, however odd they are", () => {
    const folder = sharedPath(`${NOTATION}/verifier`);
    const subjects = ["bad-cert.pem", "signing-cert.pem"].map((name) =>
      new X509Certificate(readFileSync(join(folder, name))).subject.split("\n"),
    );
    expect(subjects).toEqual([
      ["C=US", "ST=WA", "L=Seattle", "CN=Bad=#CN", "OU=SomeOU", "O=SomeOrg"],
      ["C=US", "ST=WA", "L=Seattle", "O=SomeOrg", "OU=SomeOU", "CN=SomeCN"],
    ]);
  });
});

describeShared("configurations and registries of Connaisseur", () => {
  const keysIn = (file: string): string[] => {
    const text = readFileSync(sharedPath(`${CONNAISSEUR}/cosign/${file}`), "utf8");
    return (
      text
        .replaceAll(/^ +/gm, "")
        .match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? []
    );
  };

  describe("public keys", () => {
    test.each([
      ["01_cosign.yaml", 2],
      ["06_auth.yaml", 1],
      ["08_cert.yaml", 1],
      ["11_keyless.yaml", 2],
      ["alice.key", 1],
      ["bob.key", 1],
      ["charlie.key", 1],
      ["default.key", 1],
    ])("%s has %i, and each is read", async (file, count) => {
      const keys = await Promise.all(keysIn(file).map((pem) => readPublicKey(pem, file)));
      expect(keys).toHaveLength(count);
    });
  });

  test.each([
    ["cosign/securesystemsengineering/testimage", 7],
    ["notation/sse-secure-systems/testimage", 6],
  ])("each manifest of %s is read, and what it holds is known", (repository, count) => {
    const folder = sharedPath(`${CONNAISSEUR}/${repository}/manifests`);
    const names = readdirSync(folder);
    const kinds = names.map((name) => {
      const bytes = readFileSync(join(folder, name));
      // One is an empty object.
      if (!bytes.includes("schemaVersion")) return "no manifest";
      const document = parseManifestOrIndex(bytes);
      if (document.kind === "index") return "index";
      const artifactType = document.artifactType ?? document.config.mediaType;
      const oldTag = name.endsWith(".sig.json") ? ("sig" as const) : null;
      const digest = parseDigest(`sha256:${"0".repeat(64)}`);
      const [first] = attachmentsIn({ ...document, digest, artifactType, oldTag });
      return `${first?.kind} ${first?.form}`;
    });
    expect(names).toHaveLength(count);
    expect(kinds.filter((kind) => kind.startsWith("signature")).sort()).toEqual(
      repository.startsWith("cosign")
        ? Array.from({ length: 3 }, () => "signature cosign-old")
        : ["signature notation"],
    );
  });
});
