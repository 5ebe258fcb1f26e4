// Notary Project's signature envelope in JWS.
// @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-jws.md
import { Buffer } from "node:buffer";
import {
  base64Bytes,
  complain,
  items,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
} from "./json-shape.ts";
import {
  ALGORITHMS,
  CERTIFICATE_BYTES_MAX,
  CHAIN_MAX,
  DOCUMENT,
  KNOWN_CRITICAL,
  type NotationEnvelope,
  PART_BYTES_MAX,
  PAYLOAD_TYPE,
  parseTarget,
  SCHEMES,
  SIGNATURE_BYTES_MAX,
  timeHeader,
} from "./notation-envelope.ts";

/** Reads an envelope. Nothing in it is verified. @throws {AppError} `signature-invalid`, naming the place. */
export function parseNotationJws(bytes: Uint8Array): NotationEnvelope {
  const top = parseJson(bytes, DOCUMENT);
  const protectedText = text(member(top, "protected"), PART_BYTES_MAX);
  const payloadText = text(member(top, "payload"), PART_BYTES_MAX);
  const head = parseJson(base64Bytes(member(top, "protected"), PART_BYTES_MAX), {
    ...DOCUMENT,
    what: "protected header of notation envelope",
  });
  const header = member(top, "header");
  if (text(member(head, "cty"), 256) !== PAYLOAD_TYPE)
    complain(member(head, "cty"), `is not ${PAYLOAD_TYPE}`);
  const scheme = oneOf(member(head, "io.cncf.notary.signingScheme"), SCHEMES);
  const chain = items(member(header, "x5c"), CHAIN_MAX).map((entry) =>
    base64Bytes(entry, CERTIFICATE_BYTES_MAX),
  );
  if (chain.length === 0) complain(member(header, "x5c"), "has no certificate");
  const stamp = member(header, "io.cncf.notary.timestampSignature");
  const critical = items(member(head, "crit"), 64).map((entry) => text(entry, 256));
  return {
    algorithm: oneOf(member(head, "alg"), ALGORITHMS),
    scheme,
    signingTime: optionalText(member(head, timeHeader(scheme)), 64),
    expiry: optionalText(member(head, "io.cncf.notary.expiry"), 64),
    chain,
    timestamp: stamp.value === undefined ? null : base64Bytes(stamp, PART_BYTES_MAX),
    target: parseTarget(base64Bytes(member(top, "payload"), PART_BYTES_MAX)),
    signedBytes: Buffer.from(`${protectedText}.${payloadText}`, "utf8"),
    signature: base64Bytes(member(top, "signature"), SIGNATURE_BYTES_MAX),
    unknownCritical: critical.filter((name) => !KNOWN_CRITICAL.includes(name)),
  };
}

function oneOf<T extends string>(place: JsonPlace, allowed: readonly T[]): T {
  const written = text(place, 256);
  const found = allowed.find((name) => name === written);
  if (found === undefined) complain(place, `is not one of ${allowed.join(", ")}`);
  return found;
}
