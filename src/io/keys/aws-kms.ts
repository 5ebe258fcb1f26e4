// Keys at AWS KMS, which never leave it: `awskms:///alias/release`, `awskms:///arn:aws:kms:REGION:…`, or with a host of your own.
// @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
import { createHash, createPublicKey } from "node:crypto";
import { base64Bytes, member, parseJson } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { now } from "../clock.ts";
import type { Environment } from "../folders.ts";
import { signedHeaders } from "../registry/aws-signature.ts";
import { askService, type ServiceContext } from "./ask-service.ts";
import { hashFor, type Signer } from "./signer.ts";

export const AWS_KMS = "awskms://";

/**
 * A key at AWS KMS. `AWS_ENDPOINT_URL_KMS` and `AWS_ENDPOINT_URL` replace the address of the service; credentials and region
 * are those of the environment.
 *
 * @throws {AppError} `usage` for an address that is none or an environment without credentials, `signing-failed`.
 */
export async function awsKmsSigner(
  reference: string,
  env: Environment,
  context: ServiceContext,
): Promise<Signer> {
  const { url, keyId, region } = placeOf(reference, env);
  const key = credentials(env);
  const call = async (operation: string, members: object): Promise<Buffer> => {
    const body = JSON.stringify({ KeyId: keyId, ...members });
    const request = {
      method: "POST" as const,
      url,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `TrentService.${operation}`,
      },
      body,
    };
    const headers = signedHeaders({ ...request, region, service: "kms", at: now() }, key);
    const action = `ask ${reference} to ${operation === "Sign" ? "sign" : "show its key"}`;
    return askService({ ...request, action, headers, body: Buffer.from(body) }, context);
  };
  const read = (answer: Buffer, name: string): Buffer =>
    base64Bytes(
      member(parseJson(answer, { what: "answer of AWS KMS", code: "signing-failed" }), name),
      65_536,
    );
  const spki = read(await call("GetPublicKey", {}), "PublicKey");
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const hash = hashFor(publicKey);
  if (hash === null)
    throw new AppError(
      "key-invalid",
      `cannot use key ${JSON.stringify(reference)}: its kind is not one for signing there`,
    );
  const family = publicKey.asymmetricKeyType === "rsa" ? "RSASSA_PKCS1_V1_5_SHA_" : "ECDSA_SHA_";
  return {
    name: reference,
    publicKey,
    sign: async (bytes) => {
      const answer = await call("Sign", {
        Message: createHash(hash).update(bytes).digest("base64"),
        MessageType: "DIGEST",
        SigningAlgorithm: `${family}${hash.slice(3)}`,
      });
      return read(answer, "Signature");
    },
  };
}

function placeOf(
  reference: string,
  env: Environment,
): { readonly url: URL; readonly keyId: string; readonly region: string } {
  const rest = reference.slice(AWS_KMS.length);
  const slash = rest.indexOf("/");
  const [host, keyId] = [rest.slice(0, Math.max(slash, 0)), rest.slice(slash + 1)];
  const region =
    /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1] ??
    env["AWS_REGION"] ??
    env["AWS_DEFAULT_REGION"] ??
    "";
  if (slash === -1 || keyId === "" || !/^[a-z0-9-]{1,40}$/.test(region))
    throw new AppError(
      "usage",
      `cannot use key ${JSON.stringify(reference)}: it names no key and region`,
      {
        hint: "as in awskms:///alias/release with AWS_REGION set",
      },
    );
  const own = env["AWS_ENDPOINT_URL_KMS"] || env["AWS_ENDPOINT_URL"] || "";
  const address = own || `https://${host || `kms.${region}.amazonaws.com`}`;
  if (!URL.canParse(address))
    throw new AppError("usage", `cannot use ${JSON.stringify(address)}: it is no address`);
  return { url: new URL("/", address), keyId, region };
}

function credentials(env: Environment): { id: string; secret: string; session: string | null } {
  const [id, secret] = [env["AWS_ACCESS_KEY_ID"] || "", env["AWS_SECRET_ACCESS_KEY"] || ""];
  if (id !== "" && secret !== "") return { id, secret, session: env["AWS_SESSION_TOKEN"] || null };
  throw new AppError("usage", "cannot use a key at AWS KMS: the environment has no credentials", {
    hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  });
}
