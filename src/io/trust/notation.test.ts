// Faults of Notation's envelopes, as faults.test.ts has them for Sigstore's: each is refused by its step and by no other.
import { execFileSync } from "node:child_process";
import { constants, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import type { NotationEnvelope } from "../../formats/notation-envelope.ts";
import { parseNotationJws } from "../../formats/notation-jws.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import type { LoadedCertificate, LoadedTrust } from "./examination.ts";
import { NOTATION_STEPS, type NotationStep, verifyNotation } from "./notation.ts";

interface Case {
  readonly envelope: NotationEnvelope;
  readonly trusted?: X509Certificate | null;
  readonly subjects?: readonly string[];
  readonly now?: string;
  readonly sha256?: string;
  readonly predicateTypes?: readonly string[];
}

function read(name: string): NotationEnvelope {
  const path = sharedPath(`fixtures/trust/notation-go/internal/mock/testdata/${name}_sig_env.json`);
  return parseNotationJws(readFileSync(path));
}

/** The same envelope, signed by a server's key and with its certificate, which is trusted; made by openssl. */
function byServer(): Case {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-server-"));
  try {
    const file = (name: string): string => join(folder, name);
    const usage = ["extendedKeyUsage=serverAuth", "basicConstraints=critical,CA:FALSE"];
    execFileSync("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=server"],
      ...["-keyout", file("key"), "-out", file("crt")],
      ...usage.flatMap((extension) => ["-addext", extension]),
    ]);
    const envelope = read("ca_valid");
    const signature = sign("sha384", envelope.signedBytes, {
      key: createPrivateKey(readFileSync(file("key"))),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
    const server = new X509Certificate(readFileSync(file("crt")));
    const now = new Date(Date.now() + 60_000).toISOString();
    return { envelope: { ...envelope, signature, chain: [server.raw] }, trusted: server, now };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FAULTS: readonly (readonly [string, string, () => Case])[] = [
  ["a plugin that is demanded", "critical", () => ({ envelope: read("ca_plugin") })],
  ["bytes that nobody signed", "signature", () => ({ envelope: read("ca_invalid") })],
  ["a chain to nobody", "certificate", () => ({ envelope: read("ca_valid"), trusted: null })],
  ["a server's certificate", "usage", byServer],
  [
    "a certificate that does not count yet",
    "time",
    () => ({ envelope: read("ca_valid"), now: "2019-01-01T00:00:00Z" }),
  ],
  ["a signature that has ended", "expiry", () => ({ envelope: read("ca_expired") })],
  [
    "a leaf of another name",
    "identity",
    () => ({ envelope: read("ca_valid"), subjects: ["C=US, ST=WA, O=Notary, CN=other"] }),
  ],
  ["another image", "subject", () => ({ envelope: read("ca_valid"), sha256: "0".repeat(64) })],
  [
    "an attestation that is wanted",
    "predicate",
    () => ({ envelope: read("ca_valid"), predicateTypes: ["https://slsa.dev/provenance/v1"] }),
  ],
];

function outcome(made: Case, steps: readonly NotationStep[]): string {
  const { envelope, subjects = null, now = "2023-06-01T00:00:00Z" } = made;
  const last = new X509Certificate(envelope.chain.at(-1) ?? Buffer.alloc(0));
  const certificate = made.trusted === undefined ? last : made.trusted;
  const certificates: LoadedCertificate[] =
    certificate === null ? [] : [{ id: "x", pem: "", kind: "ca", subjects, certificate }];
  const trust: LoadedTrust = { keys: [], identities: [], roots: [], certificates };
  const wanted = {
    sha256: made.sha256 ?? envelope.target.digest.slice("sha256:".length),
    bytes: null,
    predicateTypes: made.predicateTypes ?? [SIGN_PREDICATE],
  };
  const claim = verifyNotation(envelope, "test", { wanted, trust, now }, steps);
  return claim.refusal === null ? claim.outcome : `${claim.outcome} at ${claim.refusal.step}`;
}

describeShared("faults of Notation's envelopes", () => {
  test("a right one is believed, by the names that it has", () => {
    const subjects = ["C=US, ST=WA, O=Notary"];
    expect(outcome({ envelope: read("ca_valid"), subjects }, NOTATION_STEPS)).toBe("verified");
  });

  test.each(FAULTS)("%s: %s", (_, step, make) => {
    const made = make();
    const others = NOTATION_STEPS.filter(({ name }) => name !== step);
    expect([outcome(made, NOTATION_STEPS), outcome(made, others)]).toEqual([
      `refused at ${step}`,
      "verified",
    ]);
  });

  test("every step has a fault", () => {
    const covered = new Set(FAULTS.map(([, step]) => step));
    expect(NOTATION_STEPS.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });
});
