import { readFile } from "node:fs/promises";
import { openError } from "../open-error.ts";

/** The text of a key's file. @throws {AppError} `not-found`, `unreadable` */
export async function readKeyFile(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw openError("key", path, error);
  });
}
