// The files of a chart, looked at before Helm reads every one of them.
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { realPath } from "./look.ts";
import { readNamed } from "./named-file.ts";

const FILES_MAX = 20_000;

/**
 * Why Helm is not to read a folder: it would follow links that lead out, wait for pipes, or fetch what a schema names.
 *
 * @param folder Its real path.
 * @returns null when nothing speaks against it.
 * @throws {AppError} `unreadable`, `limit-exceeded`.
 */
export async function whyNotRead(folder: string): Promise<string | null> {
  const pending = [folder];
  let left = FILES_MAX;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await readdir(at, { withFileTypes: true }).catch(() => null);
    const shown = JSON.stringify(relative(folder, at) || ".");
    if (entries === null) return `its folder ${shown} may not be read`;
    left -= entries.length;
    if (left < 0) return `it has more than ${FILES_MAX} files`;
    const folders = entries.filter((entry) => entry.isDirectory());
    pending.push(...folders.map(({ name }) => join(at, name)));
    for (const entry of entries.filter((one) => !one.isDirectory())) {
      const path = join(at, entry.name);
      const why = await whyNotFile(path, entry, folder);
      if (why !== null) return `its file ${JSON.stringify(relative(folder, path))} ${why}`;
    }
  }
  return null;
}

async function whyNotFile(
  path: string,
  entry: { readonly name: string; isFile(): boolean; isSymbolicLink(): boolean },
  folder: string,
): Promise<string | null> {
  if (entry.isSymbolicLink()) {
    const real = await realPath(path);
    return real?.startsWith(`${folder}/`) ? null : "is a link that leads out of the chart";
  }
  if (!entry.isFile()) return "is a pipe or a device";
  if (entry.name !== "values.schema.json") return null;
  const { bytes } = await readNamed("file", path);
  return refersElsewhere(bytes.toString("utf8")) ? "refers to another schema" : null;
}

/** Within itself a schema refers by `#`; capitals and escapes are no way around. */
function refersElsewhere(schema: string): boolean {
  const references = schema.match(/"\$(?:dynamic|recursive)?ref"\s*:\s*"[^"]*"/gi) ?? [];
  const isEscaped = /\\u00(?:24|72|65|66|52|45|46)/i.test(schema);
  return isEscaped || references.some((one) => !/:\s*"#/.test(one));
}
