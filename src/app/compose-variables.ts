import { join } from "node:path";
import type { Environment } from "../io/folders.ts";
import { readOptional } from "../io/named-file.ts";
import { eachLine } from "../kit/text.ts";

/** Variables for Compose files of a folder: of the surroundings first, then of `.env` beside the file. */
export async function composeVariables(
  folder: string,
  env: Environment,
): Promise<(name: string) => string | undefined> {
  const file = await readOptional(join(folder, ".env"));
  const values = new Map<string, string>();
  eachLine(file?.bytes.toString("utf8") ?? "", (line) => {
    const [, name, value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)/s.exec(line) ?? [];
    if (name !== undefined) values.set(name, value.trim().replace(/^(["'])(.*)\1$/s, "$2"));
  });
  return (name) => env[name] ?? values.get(name);
}
