// Against a deployment in this process, whose answers are what the real services give.
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeStatement } from "../../formats/in-toto.ts";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { type Claim, SIGN_PREDICATE } from "../../model/trust.ts";
import { HttpClient } from "../http/client.ts";
import { loadRoot } from "../trust/roots.ts";
import { signedBundle } from "../trust/signed.ts";
import { type Deployment, deployment } from "../trust/test-support/deployment.ts";
import { verifySigned } from "../trust/verify-signed.ts";
import { signKeyless } from "./sign-keyless.ts";

const { fulcioHandler } = createRequire(import.meta.url)("@sigstore/mock") as {
  fulcioHandler(ca: object): {
    fn(body: string): Promise<{ statusCode: number; response: string }>;
  };
};
const ISSUER = "https://issuer.example";
const SUBJECT = "https://git.example/acme/app/release.yml@refs/heads/main";
const SHA256 = "a".repeat(64);

let services: Deployment;
let server: Server;
let address: URL;

beforeAll(async () => {
  // The authorities' own certificates begin when they are made.
  services = await deployment(new Date(Math.ceil(Date.now() / 1000) * 1000));
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      void answer(request.url ?? "", Buffer.concat(pieces)).then(({ status, body }) => {
        response.writeHead(status);
        response.end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  address = new URL(`http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}`);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function answer(
  path: string,
  body: Buffer,
): Promise<{ status: number; body: string | Buffer }> {
  const { ca, tlog } = services.services;
  if (path === "/api/v2/signingCert") {
    const { statusCode, response } = await fulcioHandler(ca).fn(body.toString());
    return { status: statusCode, body: response };
  }
  if (path === "/api/v1/log/entries") {
    const { envelope } = JSON.parse(body.toString()).spec.proposedContent;
    const { payload, signatures } = JSON.parse(envelope);
    const spec = {
      payloadHash: { algorithm: "sha256", value: hashOf(payload).toString("hex") },
      signatures: [{ signature: signatures[0].sig }],
    };
    const entry = await tlog.log({ kind: "dsse", apiVersion: "0.0.1", spec });
    return { status: 201, body: JSON.stringify(entry) };
  }
  if (path === "/api/v2/log/entries") {
    const { envelope, verifiers } = JSON.parse(body.toString()).dsseRequestV002;
    const dsseV002 = {
      payloadHash: { algorithm: "SHA2_256", digest: hashOf(envelope.payload).toString("base64") },
      signatures: [{ content: envelope.signatures[0].sig, verifier: verifiers[0] }],
    };
    const entry = await tlog.logV2({ kind: "dsse", apiVersion: "0.0.2", spec: { dsseV002 } });
    const said = inJson(entry) as { inclusionProof: object };
    // The library's log has one entry, and tells it a place far behind.
    const inclusionProof = { ...said.inclusionProof, logIndex: "0" };
    const whole = { ...said, inclusionProof, integratedTime: "0" };
    return { status: 201, body: JSON.stringify(whole) };
  }
  if (path === "/stamp") {
    const at = body.indexOf(Buffer.of(0x04, 0x20));
    return { status: 201, body: await services.stampHash(body.subarray(at + 2, at + 34)) };
  }
  return { status: 500, body: "no such service" };
}

function hashOf(base64: string): Buffer {
  return createHash("sha256").update(Buffer.from(base64, "base64")).digest();
}

/** Bytes in base64, as JSON of the services has them. */
function inJson(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => {
      const isBytes =
        typeof item === "object" && item !== null && Reflect.get(item, "type") === "Buffer";
      return isBytes ? Buffer.from(Reflect.get(item, "data")).toString("base64") : item;
    }),
  );
}

function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
}

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
          rekor: address,
          rekorVersion,
          timestamps: stamped ? new URL("/stamp", address) : null,
        },
      },
      { http, signal: new AbortController().signal },
    );
    const root = loadRoot("ours", parseTrustedRoot(services.root(), "root.json"));
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
