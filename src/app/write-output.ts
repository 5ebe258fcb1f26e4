import { resolve } from "node:path";
import { writeStandardOutput } from "../io/standard-output.ts";
import { isDiskFull, outputError, writeWhole } from "../io/write-whole.ts";
import { AppError, reasonOf } from "../kit/error.ts";

/**
 * Writes a report where the user asked for it, whole or not at all.
 *
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function writeOutput(
  path: string,
  text: string | AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  try {
    await writeWhole(resolve(path), text, 0o644);
  } catch (error) {
    // Not what was written failed, but what was to be written.
    if (error instanceof AppError) throw error;
    throw outputError("report", path, error);
  }
}

/**
 * Writes results where they go when no file is named. A reader that has seen enough is no failure.
 *
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function printOutput(text: string): Promise<void> {
  try {
    await writeStandardOutput(text);
  } catch (error) {
    const isFull = isDiskFull(error);
    const state = isFull ? "no space is left" : reasonOf(error);
    throw new AppError(
      isFull ? "disk-full" : "output-unwritable",
      `cannot write to standard output: ${state}`,
      { hint: "what stands there now is cut; free some space or write elsewhere", cause: error },
    );
  }
}
