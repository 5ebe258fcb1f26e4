// Units of systemd with their drop-ins. Source: systemd.unit(5) and systemd.syntax(7): the first folder with a unit's file wins,
// drop-ins of all folders are read after it in the order of their names, and an empty assignment takes a list back.

import type { Unit, UnitValue } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { contentOf, namesIn, seenFile } from "./record-file.ts";

/** Strongest first. */
export const UNIT_FOLDERS: readonly string[] = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

/** A unit of a record; null when no folder has it. */
export function unitOf(record: HostRecord, name: string): Unit | null {
  const path = UNIT_FOLDERS.map((folder) => `${folder}/${name}`).find(
    (file) => seenFile(record, file) !== null,
  );
  if (path === undefined) return null;
  const settings = new Map<string, UnitValue[]>();
  for (const file of [path, ...dropInsOf(record, name)]) {
    const content = contentOf(record, file);
    if (content.state === "known") readUnit(content.value, file, settings);
  }
  return { path, settings };
}

/** A drop-in of a stronger folder hides one of the same name. */
function dropInsOf(record: HostRecord, unit: string): string[] {
  const byName = new Map<string, string>();
  for (const folder of UNIT_FOLDERS)
    for (const name of namesIn(record, `${folder}/${unit}.d`))
      if (name.endsWith(".conf") && !byName.has(name))
        byName.set(name, `${folder}/${unit}.d/${name}`);
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

function readUnit(text: string, path: string, into: Map<string, UnitValue[]>): void {
  let section = "";
  for (const { line, number } of logicalLines(text)) {
    section = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1] ?? section;
    const [, name, written = ""] = /^\s*([A-Za-z][\w-]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = `${section}.${name}`;
    const value = { value: written.trim(), path, line: number };
    if (value.value === "") into.set(key, []);
    else into.set(key, [...(into.get(key) ?? []), value]);
  }
}

/** Lines without comments; one that ends with a backslash goes on in the next, and comments between are passed over. */
function logicalLines(text: string): { line: string; number: number }[] {
  const all: { line: string; number: number }[] = [];
  let open: { line: string; number: number } | null = null;
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*[#;]/.test(line)) return;
    const joined: { line: string; number: number } =
      open === null ? { line, number: index + 1 } : { ...open, line: `${open.line} ${line}` };
    open = joined.line.endsWith("\\") ? { ...joined, line: joined.line.slice(0, -1) } : null;
    if (open === null) all.push(joined);
  });
  return open === null ? all : [...all, open];
}

/** Values of a setting, none where it is not set. */
export function unitValues(unit: Unit | null, key: string): readonly UnitValue[] {
  return unit?.settings.get(key) ?? [];
}

/** Words of a command line, without its prefixes (`-`, `@`, `+`, `!`, `:`) and with variables of the environment put in. */
export function commandWords(command: string, environment: ReadonlyMap<string, string>): string[] {
  const words = wordsOf(command.replace(/^[-@:+!]+/, ""));
  return words.flatMap((word) => {
    const whole = /^\$(\w+)$/.exec(word)?.[1];
    // A variable that is a word of its own is split into words, says systemd.service(5); within a word it is not.
    if (whole !== undefined) return wordsOf(environment.get(whole) ?? "");
    return [word.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => environment.get(name) ?? "")];
  });
}

/** Words with quotes taken off. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+))+/g)].map(
    ([word]) =>
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
        (_, double?: string, single?: string, escaped?: string) =>
          double ?? single ?? escaped ?? "",
      ),
  );
}

/** Assignments of Environment= and of the files that EnvironmentFile= names. */
export function environmentOf(record: HostRecord, unit: Unit): Map<string, string> {
  const environment = new Map<string, string>();
  const add = (assignment: string): void => {
    const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(assignment) ?? [];
    if (name !== undefined) environment.set(name, value);
  };
  for (const { value } of unitValues(unit, "Service.Environment")) wordsOf(value).forEach(add);
  for (const path of environmentFiles(unit)) {
    const content = contentOf(record, path);
    if (content.state !== "known") continue;
    for (const line of content.value.split(/\r?\n/))
      if (!/^\s*[#;]/.test(line))
        add(line.trim().replace(/=(["'])(.*)\1$/, (_, __, inner) => `=${inner}`));
  }
  return environment;
}

/** Paths of the files of a unit's environment. */
export function environmentFiles(unit: Unit): string[] {
  return unitValues(unit, "Service.EnvironmentFile")
    .map(({ value }) => value.replace(/^-/, ""))
    .filter((path) => path.startsWith("/") && !/[%*?]/.test(path));
}
