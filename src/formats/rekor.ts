// Rekor's answers and entries. @see https://github.com/sigstore/rekor/blob/main/openapi.yaml (version 1)
import { Buffer } from "node:buffer";
import {
  base64Bytes,
  complain,
  count,
  items,
  member,
  optionalText,
  parseJson,
  text,
} from "./json-shape.ts";

/**
 * An entry of version 1 as a bundle states it, out of the log's answer.
 *
 * @throws {AppError} `signing-failed`, naming the place.
 */
export function bundleEntryOf(answer: Uint8Array): object {
  const top = parseJson(answer, { what: "answer of the transparency log", code: "signing-failed" });
  const ids = typeof top.value === "object" && top.value !== null ? Object.keys(top.value) : [];
  const [id] = ids;
  if (id === undefined || ids.length > 1) complain(top, "does not hold one entry");
  const entry = member(top, id);
  const verification = member(entry, "verification");
  const proof = member(verification, "inclusionProof");
  const body = base64Bytes(member(entry, "body"), 1 << 20);
  const kind = parseJson(body, { what: "body of the log's entry", code: "signing-failed" });
  return {
    logIndex: String(count(member(entry, "logIndex"))),
    logId: { keyId: Buffer.from(text(member(entry, "logID"), 128), "hex").toString("base64") },
    kindVersion: {
      kind: text(member(kind, "kind"), 64),
      version: text(member(kind, "apiVersion"), 64),
    },
    integratedTime: String(count(member(entry, "integratedTime"))),
    inclusionPromise: {
      signedEntryTimestamp: optionalText(member(verification, "signedEntryTimestamp"), 4096) ?? "",
    },
    inclusionProof: {
      logIndex: String(count(member(proof, "logIndex"))),
      rootHash: Buffer.from(text(member(proof, "rootHash"), 128), "hex").toString("base64"),
      treeSize: String(count(member(proof, "treeSize"))),
      hashes: items(member(proof, "hashes"), 128).map((hash) =>
        Buffer.from(text(hash, 128), "hex").toString("base64"),
      ),
      checkpoint: { envelope: text(member(proof, "checkpoint"), 65_536) },
    },
    canonicalizedBody: body.toString("base64"),
  };
}
