// Texts as bytes of UTF-8, and back.
import { Buffer } from "node:buffer";

export function bytesOfText(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

/** Null when the bytes are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : null;
}

export function base64OfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

const BASE64 = /^[A-Za-z0-9+/]*$/;

/** Standard alphabet, with or without padding; null when it is not that. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bare = text.slice(0, text.length - padding);
  if (!BASE64.test(bare) || bare.length % 4 === 1) return null;
  if (padding !== 0 && text.length % 4 !== 0) return null;
  return Buffer.from(bare, "base64");
}

export function hexOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
