// Keys held by services, against stand-ins that check what they are asked as the real ones do.
import { createHash, createHmac, sign as cryptoSign, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HttpClient } from "../http/client.ts";
import { publicKeyOf } from "../trust/public-key.ts";
import { openSigner } from "./open-signer.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const key = generateKeyPairSync("ec", { namedCurve: "P-384" });
const other = generateKeyPairSync("ed25519");
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const [status, answer] = request.url?.startsWith("/v1/")
        ? vault(request, body)
        : awsKms(request, body);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  address = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

/** Signature version 4, written from Amazon's description and apart from our own code. */
function isSignedForAws(
  { headers, method = "", url = "" }: IncomingMessage,
  body: string,
): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, id, day = "", region = "", names = "", signature] =
    pattern.exec(headers.authorization ?? "") ?? [];
  const date = String(headers["x-amz-date"]);
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const lines = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = `${method}\n${url}\n\n${lines.join("")}\n${names}\n${hash(body)}`;
  const scope = `${day}/${region}/kms/aws4_request`;
  const mac = (by: string | Buffer, text: string): Buffer =>
    createHmac("sha256", by).update(text).digest();
  const derived = [region, "kms", "aws4_request"].reduce<Buffer>(mac, mac(`AWS4${SECRET}`, day));
  const wanted = mac(derived, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`);
  const isWhole = ["host", "x-amz-date", "x-amz-target"].every((n) => names.split(";").includes(n));
  return id === "AKID" && isWhole && date.startsWith(day) && wanted.toString("hex") === signature;
}

function awsKms(request: IncomingMessage, body: string): [number, object] {
  if (!isSignedForAws(request, body))
    return [403, { __type: "InvalidSignatureException", message: "no" }];
  const asked = JSON.parse(body);
  if (asked.KeyId !== "alias/release") return [400, { __type: "NotFoundException" }];
  if (request.headers["x-amz-target"] === "TrentService.GetPublicKey") {
    const spki = key.publicKey.export({ type: "spki", format: "der" });
    return [200, { PublicKey: spki.toString("base64"), KeySpec: "ECC_NIST_P384" }];
  }
  const digest = Buffer.from(asked.Message, "base64");
  if (
    asked.SigningAlgorithm !== "ECDSA_SHA_384" ||
    asked.MessageType !== "DIGEST" ||
    digest.length !== 48
  )
    return [400, { __type: "ValidationException" }];
  return [200, { Signature: signedDigest(digest).toString("base64") }];
}

/** What is signed is known here, because a digest alone cannot be signed by Node. */
const TEXT = Buffer.from("what is signed");
function signedDigest(digest: Buffer): Buffer {
  const isKnown = digest.equals(createHash("sha384").update(TEXT).digest());
  return cryptoSign("sha384", isKnown ? TEXT : Buffer.from("something else"), key.privateKey);
}

function vault(request: IncomingMessage, body: string): [number, object] {
  if (request.headers["x-vault-token"] !== "s.token")
    return [403, { errors: ["permission denied"] }];
  if (request.url === "/v1/transit/keys/release") {
    const raw = other.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const keys = { "1": { public_key: "old" }, "2": { public_key: raw.toString("base64") } };
    return [200, { data: { type: "ed25519", latest_version: 2, keys } }];
  }
  const { input } = JSON.parse(body);
  const signature = cryptoSign(null, Buffer.from(input, "base64"), other.privateKey);
  return [200, { data: { signature: `vault:v2:${signature.toString("base64")}` } }];
}

async function verifies(reference: string, env: Record<string, string>): Promise<boolean> {
  const http = new HttpClient({ env: {} });
  const signal = new AbortController().signal;
  const password = async (): Promise<string> => "";
  try {
    const signer = await openSigner(reference, { env, http, signal, password });
    const signature = await signer.sign(TEXT);
    return publicKeyOf(signer.publicKey, reference).verifies(TEXT, signature);
  } finally {
    http.close();
  }
}

describe("a key at AWS KMS", () => {
  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_REGION: "eu-central-1",
    AWS_ENDPOINT_URL_KMS: address,
    ...more,
  });

  test("signs, asked with a signature of the request itself", async () => {
    expect(await verifies("awskms:///alias/release", env())).toBe(true);
  });

  test.each([
    ["a wrong secret", "awskms:///alias/release", { AWS_SECRET_ACCESS_KEY: "x" }, "signing-failed"],
    ["another key", "awskms:///alias/other", {}, "signing-failed"],
    ["no credentials", "awskms:///alias/release", { AWS_ACCESS_KEY_ID: "" }, "usage"],
    ["no region", "awskms:///alias/release", { AWS_REGION: "" }, "usage"],
    ["no key", "awskms://", {}, "usage"],
  ])("is refused with %s", async (_, reference, more, code) => {
    await expect(verifies(reference, env(more))).rejects.toMatchObject({ code });
  });
});

describe("a key of Vault", () => {
  const env = (token: string): Record<string, string> => ({
    VAULT_ADDR: address,
    VAULT_TOKEN: token,
  });

  test("signs with its newest version", async () => {
    expect(await verifies("hashivault://release", env("s.token"))).toBe(true);
  });

  test("is refused with another token, and with none", async () => {
    await expect(verifies("hashivault://release", env("s.other"))).rejects.toMatchObject({
      code: "signing-failed",
    });
    await expect(verifies("hashivault://release", env(""))).rejects.toMatchObject({
      code: "usage",
    });
  });
});
