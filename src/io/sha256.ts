import { hash } from "node:crypto";
import { type Digest, parseDigest } from "../model/digest.ts";

/** The digest of bytes, or of a text in UTF-8. */
export function sha256Of(content: Uint8Array | string): Digest {
  return parseDigest(`sha256:${hash("sha256", content)}`);
}
