// Questions to timestamp authorities. @see RFC 3161, section 2.4.1
import { Buffer } from "node:buffer";

/** AlgorithmIdentifier of sha256, with absent parameters as NULL. */
const SHA256 = Buffer.from("300d06096086480165030402010500", "hex");

/**
 * A question for a timestamp over a sha256, with the authority's certificate in the answer.
 *
 * @param nonce Positive: its first bit is not set.
 */
export function timestampQuery(sha256: Uint8Array, nonce: Uint8Array): Buffer {
  const version = element(0x02, Buffer.of(1));
  const imprint = element(0x30, Buffer.concat([SHA256, element(0x04, sha256)]));
  const wantsCertificate = element(0x01, Buffer.of(0xff));
  return element(0x30, Buffer.concat([version, imprint, element(0x02, nonce), wantsCertificate]));
}

/** All of a question is shorter than 128 bytes, so that one byte tells each length. */
function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}
