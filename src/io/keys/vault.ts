// Keys in the transit engine of Vault or OpenBao, which never leave it: `hashivault://NAME`.
// @see https://developer.hashicorp.com/vault/api-docs/secret/transit#sign-data
import { createHash, createPublicKey } from "node:crypto";
import { member, parseJson, text } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { askService, failed, type ServiceContext } from "./ask-service.ts";
import { hashFor, type Signer } from "./signer.ts";

export const VAULT = "hashivault://";

/**
 * A key of Vault. `VAULT_ADDR` and `VAULT_TOKEN` say where and as whom, `TRANSIT_SECRET_ENGINE_PATH` where the engine is
 * mounted (`transit`).
 *
 * @throws {AppError} `usage`, `key-invalid`, `signing-failed`.
 */
export async function vaultSigner(
  reference: string,
  env: Environment,
  context: ServiceContext,
): Promise<Signer> {
  const name = reference.slice(VAULT.length);
  const [address, token] = [env["VAULT_ADDR"] || "", env["VAULT_TOKEN"] || ""];
  if (!/^[\w.-]{1,200}$/.test(name) || !URL.canParse(address) || token === "")
    throw new AppError(
      "usage",
      `cannot use key ${JSON.stringify(reference)}: name, address or token is missing`,
      {
        hint: "as in hashivault://release with VAULT_ADDR and VAULT_TOKEN set",
      },
    );
  const mount = env["TRANSIT_SECRET_ENGINE_PATH"] || "transit";
  const headers = { "x-vault-token": token, "content-type": "application/json" };
  const ask = (path: string, body: object | null): Promise<Buffer> =>
    askService(
      {
        action: body === null ? `read the key ${reference}` : `sign with ${reference}`,
        method: body === null ? "GET" : "POST",
        url: new URL(`/v1/${mount}/${path}`, address),
        headers,
        body: body === null ? null : Buffer.from(JSON.stringify(body)),
      },
      context,
    );
  const publicKey = createPublicKey(latestKey(await ask(`keys/${name}`, null)));
  const hash = hashFor(publicKey);
  return {
    name: reference,
    publicKey,
    sign: async (bytes) => {
      const wanted =
        hash === null
          ? { input: Buffer.from(bytes).toString("base64") }
          : {
              input: createHash(hash).update(bytes).digest("base64"),
              prehashed: true,
              hash_algorithm: `sha2-${hash.slice(3)}`,
              marshaling_algorithm: "asn1",
              signature_algorithm: "pkcs1v15",
            };
      const answer = parseJson(await ask(`sign/${name}`, wanted), DOCUMENT);
      const signature = text(member(member(answer, "data"), "signature"), 8192);
      const [, encoded] = /^vault:v\d+:([A-Za-z0-9+/=]+)$/.exec(signature) ?? [];
      if (encoded === undefined)
        throw failed(`sign with ${reference}`, "the answer has no signature");
      return Buffer.from(encoded, "base64");
    },
  };
}

const DOCUMENT = { what: "answer of Vault", code: "signing-failed" } as const;

function latestKey(answer: Buffer): string {
  const data = member(parseJson(answer, DOCUMENT), "data");
  const latest = member(data, "latest_version").value;
  const version = member(member(data, "keys"), String(latest));
  const written = text(member(version, "public_key"), 65_536);
  if (written.includes("-----BEGIN")) return written;
  // Ed25519 keys are given as their 32 bytes.
  const spki = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(written, "base64"),
  ]);
  return `-----BEGIN PUBLIC KEY-----\n${spki.toString("base64")}\n-----END PUBLIC KEY-----\n`;
}
