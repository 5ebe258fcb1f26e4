// Files of a record: their content, and where a pointer into it leads on the host.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerKeys, pointerTo } from "../../kit/json-pointer.ts";
import type { FileFact, HostRecord, SeenFile } from "../../model/host-record.ts";
import type { Pointer } from "../../model/workload.ts";

/** A file of a record; null where it was not looked at. */
export function fileOf({ files }: HostRecord, path: string): FileFact | null {
  return (Object.hasOwn(files, path) ? files[path] : null) ?? null;
}

/** A file that is there, and could be looked at. */
export function seenFile(record: HostRecord, path: string): SeenFile | null {
  const file = fileOf(record, path);
  return file === null || file.kind === "absent" || file.kind === "hidden" ? null : file;
}

/** The text of a file. One that nobody looked at is unknown. */
export function contentOf(record: HostRecord, path: string): Fact<string> {
  const file = fileOf(record, path);
  const at = pointerToFile(path);
  if (file === null) return unknown(at, `${path} was not looked at`);
  if (file.kind === "absent") return ABSENT;
  if (file.kind === "hidden") return unknown(at, `${path} cannot be looked at: ${file.why}`);
  if (file.text !== undefined) return known(file.text, at);
  return unknown(at, `${path} cannot be read: ${file.unread ?? "it is no file"}`);
}

/** Names in a folder; none where it is not there or may not be read. */
export function namesIn(record: HostRecord, path: string): readonly string[] {
  return seenFile(record, path)?.names ?? [];
}

/** `kernel.kptr_restrict` as a file. */
export function settingPath(name: string): string {
  return `/proc/sys/${name.replaceAll(".", "/")}`;
}

export function pointerToFile(path: string): Pointer {
  return pointerTo("/files", path);
}

/** To a value in a file's document. */
export function pointerInFile(path: string, ...keys: readonly string[]): Pointer {
  return keys.reduce<string>(pointerTo, `${pointerToFile(path)}/text`);
}

/** To a line of a file, from 1. */
export function pointerToLine(path: string, line: number): Pointer {
  return `${pointerToFile(path)}/lines/${line}`;
}

/** Where a pointer into a record leads. */
export interface RecordPlace {
  /** A path, or the words for a process. */
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where people find what a pointer means; null where it means the host itself. */
export function placeOf(record: HostRecord, pointer: Pointer): RecordPlace | null {
  const [what, name = "", part, ...keys] = pointerKeys(pointer);
  if (what === "files") {
    if (part === "lines") return { path: name, line: Number(keys[0]), column: 1 };
    const text = seenFile(record, name)?.text;
    const line = part === "text" && text !== undefined ? lineOfKey(text, keys.at(-1) ?? "") : null;
    return line === null ? { path: name } : { path: name, ...line };
  }
  if (what === "processes") {
    const process = record.processes?.[Number(name)];
    return process === undefined ? null : { path: processName(process) };
  }
  const engine = what === "engines" ? record.engines[Number(name)] : undefined;
  return engine === undefined ? null : { path: engine.address };
}

/** `dockerd (process 812)`. */
export function processName({
  pid,
  args,
}: {
  readonly pid: number;
  readonly args: readonly string[];
}): string {
  return `${(args[0] ?? "").split("/").at(-1)} (process ${pid})`;
}

/** The last line with a key, as the last of two counts in JSON; TOML and YAML write `key =` and `key:`. */
function lineOfKey(text: string, key: string): { line: number; column: number } | null {
  let found: { line: number; column: number } | null = null;
  text.split("\n").forEach((line, index) => {
    const start = line.search(/\S/);
    const column = line.indexOf(key);
    if (start < 0 || column < 0 || key === "") return;
    const rest = line.slice(column + key.length);
    const isWord = column === start || /[\s"'{,[.]/.test(line[column - 1] ?? "");
    if (isWord && /^["'\]]?\s*[:=\].]/.test(rest)) found = { line: index + 1, column: column + 1 };
  });
  return found;
}
