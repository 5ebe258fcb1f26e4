// Against a deployment in this process, whose answers are what the real services give.
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeStatement } from "../../formats/in-toto.ts";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { type Claim, SIGN_PREDICATE } from "../../model/trust.ts";
import { HttpClient } from "../http/client.ts";
import { loadRoot } from "../trust/roots.ts";
import { signedBundle } from "../trust/signed.ts";
import { verifySigned } from "../trust/verify-signed.ts";
import { signKeyless } from "./sign-keyless.ts";
import { type LabServices, startServices, token } from "./test-support/services.ts";

const ISSUER = "https://issuer.example";
const SUBJECT = "https://git.example/acme/app/release.yml@refs/heads/main";
const SHA256 = "a".repeat(64);

let services: LabServices;
let address: URL;

beforeAll(async () => {
  services = await startServices();
  address = services.address;
});
afterAll(() => services.stop());

async function claimOf(rekorVersion: 1 | 2, stamped: boolean, fulcio = address): Promise<Claim> {
  const statement = writeStatement({
    sha256: SHA256,
    name: null,
    predicateType: SIGN_PREDICATE,
    predicate: {},
  });
  const http = new HttpClient({ env: {} });
  try {
    const bundle = await signKeyless(
      statement,
      {
        token: token({ iss: ISSUER, sub: SUBJECT }),
        services: {
          fulcio,
          logs: [{ url: address, version: rekorVersion }],
          timestamps: stamped ? [new URL("/stamp", address)] : [],
        },
      },
      { http, signal: new AbortController().signal },
    );
    const root = loadRoot("ours", parseTrustedRoot(services.deployment.root(), "root.json"));
    const identity = { id: "x", issuer: ISSUER, identity: SUBJECT, isGlob: false, root: "ours" };
    const trust = { keys: [], identities: [identity], certificates: [], roots: [root] };
    const wanted = { sha256: SHA256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
    const circumstances = { trust, now: new Date().toISOString(), verifiesDigest: null };
    return verifySigned(signedBundle(bundle, "test"), wanted, circumstances);
  } finally {
    http.close();
  }
}

test.each([
  ["in the log of version 1", 1, false],
  ["in the log of version 1, with a timestamp", 1, true],
  ["in the log of version 2, with a timestamp", 2, true],
] as const)("what is signed %s is verified", async (_, version, stamped) => {
  expect(await claimOf(version, stamped)).toMatchObject({
    refusal: null,
    outcome: "verified",
    signatory: { kind: "identity", identity: SUBJECT, issuer: ISSUER },
  });
});

test("without a time of any kind nothing counts", async () => {
  expect(await claimOf(2, false)).toMatchObject({ outcome: "refused", refusal: { step: "time" } });
});

test("a service that refuses is named", async () => {
  await expect(claimOf(1, false, new URL("http://127.0.0.1:1"))).rejects.toMatchObject({
    code: "signing-failed",
    message: expect.stringContaining("cannot get a certificate: 127.0.0.1"),
  });
});
