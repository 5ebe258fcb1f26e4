import { resolve } from "node:path";
import { outputError, writeWhole } from "../io/write-whole.ts";

/**
 * Writes a report where the user asked for it, whole or not at all.
 *
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeWhole(resolve(path), text, 0o644);
  } catch (error) {
    throw outputError("report", path, error);
  }
}
