// Tokens of timestamp authorities: real ones of the Notary Project's tests, and some made by openssl with an authority of our own.
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { parseTimestampToken } from "../../formats/timestamp-token.ts";
import { AppError } from "../../kit/error.ts";
import { verifyTimestampToken } from "./timestamp-token.ts";

const home = mkdtempSync(join(tmpdir(), "bulwark-stamps-"));
afterAll(() => rmSync(home, { recursive: true }));
const SEEN = Buffer.from("a signature");

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { cwd: home, stdio: "ignore" });
}

interface Stamping {
  readonly token: Buffer;
  readonly authority: X509Certificate;
  readonly own: X509Certificate;
}

/** What an authority of its own says of {@link SEEN}. @param algorithm Of the key that stamps. */
function stamped(name: string, algorithm: readonly string[], digest = "sha384"): Stamping {
  const file = (end: string): string => `${name}.${end}`;
  const usage = ["extendedKeyUsage=critical,timeStamping", "basicConstraints=critical,CA:FALSE"];
  openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"],
    ...["-subj", `/CN=${name} root`, "-keyout", file("ca.key"), "-out", file("ca.crt")],
  );
  openssl(
    ...["req", "-newkey", ...algorithm, "-nodes", "-subj", `/CN=${name}`],
    ...["-keyout", file("key"), "-out", file("csr")],
  );
  writeFileSync(join(home, file("ext")), usage.join("\n"));
  openssl(
    ...["x509", "-req", "-in", file("csr"), "-CA", file("ca.crt"), "-CAkey", file("ca.key")],
    ...["-CAcreateserial", "-days", "2", "-extfile", file("ext"), "-out", file("crt")],
  );
  writeFileSync(join(home, file("data")), SEEN);
  writeFileSync(
    join(home, file("cnf")),
    `[tsa]\nserial = ${file("serial")}\ndefault_policy = 1.2.3\ndigests = sha256, sha384, sha512\naccuracy = secs:1, millisecs:500\ness_cert_id_alg = sha256\n`,
  );
  openssl("ts", "-query", "-data", file("data"), `-${digest}`, "-cert", "-out", file("tsq"));
  openssl(
    ...["ts", "-reply", "-config", file("cnf"), "-section", "tsa", "-queryfile", file("tsq")],
    ...["-signer", file("crt"), "-inkey", file("key"), `-${digest}`, "-token_out"],
    ...["-out", file("tok")],
  );
  const certificate = (end: string): X509Certificate =>
    new X509Certificate(readFileSync(join(home, file(end))));
  const token = readFileSync(join(home, file("tok")));
  return { token, authority: certificate("ca.crt"), own: certificate("crt") };
}

describe("a token made by openssl", () => {
  let rsa: Stamping;
  let ec: Stamping;
  beforeAll(() => {
    rsa = stamped("rsa", ["rsa:2048"]);
    ec = stamped("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256");
  }, 60_000);

  test("tells when it was made, and how exactly, to who trusts its authority or itself", () => {
    const spans = [
      verifyTimestampToken(rsa.token, SEEN, [rsa.authority]),
      verifyTimestampToken(ec.token, SEEN, [ec.authority]),
      verifyTimestampToken(rsa.token, SEEN, [ec.authority, rsa.own]),
    ];
    const lengths = spans.map((span) =>
      typeof span === "string" ? span : span.toMs - span.fromMs,
    );
    expect(lengths).toEqual([3_000, 3_000, 3_000]);
  });

  test("counts for nothing else, and by nobody else", () => {
    const { timeMs } = parseTimestampToken(rsa.token);
    const later = Buffer.from(rsa.token);
    const written = Buffer.from(new Date(timeMs).toISOString().replace(/[-:T]|\..*/g, ""));
    const at = later.indexOf(written);
    later[at + 3] = (later[at + 3] ?? 0) + 1;
    const other = Buffer.from(rsa.token);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    expect([
      verifyTimestampToken(rsa.token, Buffer.from("another"), [rsa.authority]),
      verifyTimestampToken(rsa.token, SEEN, [ec.authority]),
      verifyTimestampToken(rsa.token, SEEN, []),
      verifyTimestampToken(later, SEEN, [rsa.authority]),
      verifyTimestampToken(other, SEEN, [rsa.authority]),
    ]).toEqual([
      "its timestamp is about another signature",
      "its timestamp is by no authority that is trusted",
      "its timestamp is by no authority that is trusted",
      "its timestamp was changed",
      "its timestamp was not made by its authority's key",
    ]);
  });

  test("cut or changed, is never anything but refused or understood", () => {
    const bytes = ec.token;
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(bytes.length), (all, length) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of all) copy[at] = value;
        const made = all.length === 0 ? copy.subarray(0, length) : copy;
        expect(["string", "object"]).toContain(typeof verifyTimestampToken(made, SEEN, []));
        try {
          parseTimestampToken(made);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describeShared("tokens of the Notary Project's tests", () => {
  const folder = sharedPath(
    "fixtures/trust/notation-go/verifier/testdata/timestamp/countersignature",
  );
  test.each([
    ["TimeStampToken", "its timestamp is about another signature"],
    ["TimeStampTokenWithoutCertificate", "its timestamp is about another signature"],
    [
      "TimeStampTokenWithInvalideContentType",
      "cannot read timestamp: it is signed data, and no timestamp",
    ],
    ["TimeStampTokenWithInvalidTSTInfo", "cannot read timestamp: a part of it is missing"],
  ])("%s", (name, wanted) => {
    const bytes = readFileSync(join(folder, `${name}.p7s`));
    expect(verifyTimestampToken(bytes, SEEN, [])).toBe(wanted);
  });
});
