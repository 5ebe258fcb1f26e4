// Sigstore's trusted root: the authorities and logs of one deployment, and the spans of time in which each counts.
// @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
import type { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import {
  base64Bytes,
  complain,
  items,
  type JsonDocument,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
} from "./json-shape.ts";

/** A transparency log, of signatures or of certificates. */
export interface TrustedLog {
  readonly url: string;
  readonly keyDetails: string;
  /** SPKI, or PKCS #1 where the details say so; DER. */
  readonly key: Buffer;
  readonly logId: Buffer;
  readonly checkpointKeyId: Buffer | null;
  /** Milliseconds; null when it is not said. */
  readonly startMs: number | null;
  readonly endMs: number | null;
}

/** An authority for certificates or for timestamps. */
export interface TrustedAuthority {
  readonly url: string;
  /** DER: from what issues (or, of a timestamp authority, what signs) to the root. */
  readonly chain: readonly Buffer[];
  readonly startMs: number | null;
  readonly endMs: number | null;
}

export interface TrustedRoot {
  readonly logs: readonly TrustedLog[];
  readonly certificateLogs: readonly TrustedLog[];
  readonly authorities: readonly TrustedAuthority[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
}

const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.1|\.v0\.[12]\+json)$/;
const BYTES_MAX = 4 << 20;
const ENTRIES_MAX = 200;
const CHAIN_MAX = 20;

/**
 * Reads a trusted root.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid`, naming the place: it is the user's own statement of whom to believe.
 */
export function parseTrustedRoot(bytes: Uint8Array, path: string): TrustedRoot {
  const document: JsonDocument = {
    what: `trusted root ${JSON.stringify(path)}`,
    code: "config-invalid",
  };
  if (bytes.length > BYTES_MAX)
    throw new AppError("config-invalid", `cannot read ${document.what}: it is too large`);
  const top = parseJson(bytes, document);
  const mediaType = optionalText(member(top, "mediaType"), 256) ?? "";
  if (!MEDIA_TYPE.test(mediaType))
    complain(member(top, "mediaType"), "is not that of a trusted root");
  const list = (name: string): JsonPlace[] => items(member(top, name), ENTRIES_MAX);
  return {
    logs: list("tlogs").map(log),
    certificateLogs: list("ctlogs").map(log),
    authorities: list("certificateAuthorities").map(authority),
    timestampAuthorities: list("timestampAuthorities").map(authority),
  };
}

function log(place: JsonPlace): TrustedLog {
  const key = member(place, "publicKey");
  const checkpoint = member(place, "checkpointKeyId");
  return {
    url: optionalText(member(place, "baseUrl"), 2048) ?? "",
    keyDetails: optionalText(member(key, "keyDetails"), 100) ?? "",
    key: base64Bytes(member(key, "rawBytes"), 65_536),
    logId: base64Bytes(member(member(place, "logId"), "keyId"), 256),
    checkpointKeyId:
      checkpoint.value === undefined ? null : base64Bytes(member(checkpoint, "keyId"), 256),
    ...span(member(key, "validFor")),
  };
}

function authority(place: JsonPlace): TrustedAuthority {
  const chain = items(member(member(place, "certChain"), "certificates"), CHAIN_MAX).map((entry) =>
    base64Bytes(member(entry, "rawBytes"), 65_536),
  );
  if (chain.length === 0) complain(member(place, "certChain"), "has no certificate");
  return {
    url: optionalText(member(place, "uri"), 2048) ?? "",
    chain,
    ...span(member(place, "validFor")),
  };
}

function span(place: JsonPlace): { startMs: number | null; endMs: number | null } {
  if (place.value === undefined) return { startMs: null, endMs: null };
  return { startMs: instant(member(place, "start")), endMs: instant(member(place, "end")) };
}

function instant(place: JsonPlace): number | null {
  const written = optionalText(place, 64);
  if (written === null) return null;
  const ms = Date.parse(written);
  if (Number.isNaN(ms)) complain(place, "is not a time");
  return ms;
}
