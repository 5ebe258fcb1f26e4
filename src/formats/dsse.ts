// DSSE: a payload, its type, and signatures over both. @see https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
import { Buffer } from "node:buffer";
import type { JsonPlace } from "./json-shape.ts";
import { base64Bytes, complain, items, member, optionalText, text } from "./json-shape.ts";

/** The payload type of in-toto statements. */
export const IN_TOTO_PAYLOAD = "application/vnd.in-toto+json";

export interface DsseSignature {
  /** A hint which key it is, of no authority. */
  readonly keyId: string | null;
  readonly bytes: Buffer;
}

export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly DsseSignature[];
}

/** Base64 of the largest statement that we look at; SBOMs of large images have some tens of megabytes. */
export const PAYLOAD_LENGTH_MAX: number = 128 << 20;
const SIGNATURES_MAX = 16;
const SIGNATURE_LENGTH_MAX = 8192;

/** Reads an envelope out of a JSON document. @throws {AppError} the document's code, naming the place. */
export function readDsse(place: JsonPlace): DsseEnvelope {
  const signatures = items(member(place, "signatures"), SIGNATURES_MAX).map((entry) => ({
    keyId: optionalText(member(entry, "keyid"), 1024),
    bytes: base64Bytes(member(entry, "sig"), SIGNATURE_LENGTH_MAX),
  }));
  if (signatures.length === 0) complain(member(place, "signatures"), "has no entry");
  return {
    payloadType: text(member(place, "payloadType"), 256),
    payload: base64Bytes(member(place, "payload"), PAYLOAD_LENGTH_MAX),
    signatures,
  };
}

/** The JSON value of an envelope, for a writer. */
export function dsseValue({ payloadType, payload, signatures }: DsseEnvelope): object {
  return {
    payload: payload.toString("base64"),
    payloadType,
    signatures: signatures.map(({ keyId, bytes }) => ({
      sig: bytes.toString("base64"),
      ...(keyId === null || keyId === "" ? {} : { keyid: keyId }),
    })),
  };
}

/** The bytes that are signed. @see protocol.md, "PAE" */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const typeBytes = Buffer.from(payloadType, "utf8");
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${typeBytes.length} `, "utf8"),
    typeBytes,
    Buffer.from(` ${payload.length} `, "utf8"),
    payload,
  ]);
}
