import { fstatSync, writeFileSync } from "node:fs";
import { codeOf } from "./error-code.ts";

/**
 * Writes results to standard output, to the last byte. A reader that has seen enough (`bulwark scan … | head`) is no failure.
 *
 * Node writes to a file behind standard output with one call, and forgets what a nearly full disk did not take of it: files
 * are therefore written here.
 *
 * @throws The error of the file system.
 */
export async function writeStandardOutput(text: string): Promise<void> {
  try {
    if (isFile()) writeFileSync(1, Buffer.from(text));
    else await throughStream(text);
  } catch (error) {
    if (codeOf(error) !== "EPIPE") throw error;
  }
}

function isFile(): boolean {
  if (process.stdout.isTTY) return false;
  const stat = fstatSync(1);
  return !stat.isFIFO() && !stat.isSocket();
}

function throughStream(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
