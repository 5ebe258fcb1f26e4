import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { openError } from "../open-error.ts";

/** sha256 and sha512 of a file, hex; read once, in pieces. @throws {AppError} `not-found`, `unreadable` */
export async function fileDigests(path: string): Promise<{ sha256: string; sha512: string }> {
  const [sha256, sha512] = [createHash("sha256"), createHash("sha512")];
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      sha256.update(piece);
      sha512.update(piece);
    }
  } catch (error) {
    throw openError("file", path, error);
  }
  return { sha256: sha256.digest("hex"), sha512: sha512.digest("hex") };
}
