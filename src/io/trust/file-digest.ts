import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { openError } from "../open-error.ts";

/** sha256 of a file, hex; read once, in pieces. @throws {AppError} `not-found`, `unreadable` */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(piece);
  } catch (error) {
    throw openError("file", path, error);
  }
  return hash.digest("hex");
}
