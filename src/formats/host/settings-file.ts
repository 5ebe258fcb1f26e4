// Documents of settings in several files, taken together: TOML and JSON.
import { type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import type { OptionValue, Settings } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { DocumentList, DocumentMap, type DocumentValue, type ReadDocument } from "../document.ts";
import { contentOf, pointerInFile, pointerToFile } from "./record-file.ts";

/**
 * Settings of files, of which a later one beats those before it.
 *
 * @param depth How many levels of keys lead to a setting at most: what nests deeper is one value.
 */
export function settingsOf(
  record: HostRecord,
  paths: readonly string[],
  { read, depth }: { readonly read: (text: string) => ReadDocument; readonly depth: number },
): Settings {
  const values = new Map<string, Fact<OptionValue>>();
  let rest: Unknown | null = null;
  for (const path of paths) {
    const content = contentOf(record, path);
    if (content.state === "absent") continue;
    if (content.state === "unknown") {
      rest = content;
      continue;
    }
    const { value, damage } = read(content.value.replace(/^\uFEFF/, ""));
    if (value instanceof DocumentMap) flatten(value, { path, keys: [], depth, values });
    else
      rest = unknown(pointerToFile(path), `${path} cannot be read: ${damage ?? "it is no table"}`);
  }
  return { values, rest };
}

interface Level {
  readonly path: string;
  readonly keys: readonly string[];
  readonly depth: number;
  readonly values: Map<string, Fact<OptionValue>>;
}

function flatten(map: DocumentMap, level: Level): void {
  for (const [name, value] of map.members) {
    const keys = [...level.keys, name];
    if (value instanceof DocumentMap && keys.length < level.depth)
      flatten(value, { ...level, keys });
    else if (value !== null)
      level.values.set(
        keys.join("\n"),
        known(plainOf(value) as OptionValue, pointerInFile(level.path, ...keys)),
      );
  }
}

/** A document's value as plain JavaScript. */
export function plainOf(value: DocumentValue): unknown {
  if (value instanceof DocumentList) return value.items.map(plainOf);
  if (!(value instanceof DocumentMap)) return value;
  return Object.fromEntries([...value.members].map(([name, one]) => [name, plainOf(one)]));
}
