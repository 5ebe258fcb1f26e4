// A script for a person to read and then to run: what does away with findings, in the words of a POSIX shell. It can be run again,
// keeps a copy of what it changes, and starts or ends no program of the host's.
import { cksum } from "../../kit/cksum.ts";
import { visible } from "../../kit/display.ts";
import { shellWord } from "../../kit/shell.ts";
import { utf8Bytes } from "../../kit/text.ts";
import type { HostRecord } from "../../model/host-record.ts";
import type { HostStep } from "../../model/host-step.ts";
import { type FilePart, joined, withOptions } from "./daemon-file.ts";
import { SCRIPT_HEAD } from "./fix-script-head.ts";
import { fileOf, seenFile } from "./record-file.ts";

/** A change, and the finding that it does away with. */
export interface Remedy {
  /** `bridge-isolated (medium): …`. */
  readonly finding: string;
  readonly step: HostStep;
}

export interface ScriptFacts {
  readonly record: HostRecord;
  /** The folder in which the host's files are; `""` for the host that runs. */
  readonly root: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

export const KERNEL_FILE = "/etc/sysctl.d/99-zz-bulwark.conf";
export const AUDIT_FILE = "/etc/audit/rules.d/60-bulwark.rules";

/** The script; it says so where there is nothing to do. */
export function fixScript(remedies: readonly Remedy[], facts: ScriptFacts): string {
  const { record } = facts;
  const blocks = [
    ...ownershipBlocks(remedies, record),
    ...daemonBlocks(remedies, record),
    ...kernelBlocks(remedies, record),
    ...auditBlocks(remedies, record),
  ];
  const name = record.name === "" ? "a host" : visible(record.name);
  const title = `# What bulwark audit host found on ${name} and can be mended, as of ${facts.at}.`;
  const body = blocks.length === 0 ? ["say 'there is nothing to change'\n"] : blocks;
  const root = `ROOT=\${ROOT-${facts.root === "" ? "" : shellWord(facts.root)}}`;
  return ["#!/bin/sh", title, SCRIPT_HEAD.replace("@ROOT@", root), ...body, TAIL].join("\n");
}

const TAIL = `if [ "$left_out" -gt 0 ]; then
  say "left out: $left_out of its changes, for the reasons above; when they are gone, audit anew and make a new script"
  exit 1
fi
[ "$changed" -gt 0 ] || say 'all of it was done before: nothing was changed'
`;

function comments(remedies: readonly Remedy[]): string {
  return remedies.map(({ finding }) => `# ${visible(finding).replaceAll("\n", " ")}`).join("\n");
}

type StepOf<K extends HostStep["kind"]> = Extract<HostStep, { kind: K }>;

interface RemedyOf<K extends HostStep["kind"]> extends Remedy {
  readonly step: StepOf<K>;
}

function ofKind<K extends HostStep["kind"]>(remedies: readonly Remedy[], kind: K): RemedyOf<K>[] {
  return remedies.filter((one): one is RemedyOf<K> => one.step.kind === kind);
}

/** Where a path leads on the host, because below another root a link would lead out of it. */
function realPath(record: HostRecord, path: string): string {
  return seenFile(record, path)?.real ?? path;
}

function ownershipBlocks(remedies: readonly Remedy[], record: HostRecord): string[] {
  const owners = ofKind(remedies, "owner").map((one) => {
    const { path, user, group } = one.step;
    const owner = `${user}:${group}`;
    return `${comments([one])}\nown ${shellWord(owner)} ${shellWord(realPath(record, path))}\n`;
  });
  const modes = ofKind(remedies, "mode").map((one) => {
    const { path, mode } = one.step;
    const taken = (seenFile(record, path)?.mode ?? 0o777) & ~mode;
    return `${comments([one])}\nmode ${symbolic(taken)} ${shellWord(realPath(record, path))}\n`;
  });
  return [...owners, ...modes];
}

/** `g-w,o-rwx`: what is taken away stays away, and what a person has taken away meanwhile does, too. */
function symbolic(bits: number): string {
  const classes = (["u", "g", "o"] as const).flatMap((who, index) => {
    const own = (bits >> (6 - 3 * index)) & 7;
    const letters = ["r", "w", "x"].filter((_, bit) => (own & (4 >> bit)) !== 0).join("");
    return letters === "" ? [] : [`${who}-${letters}`];
  });
  const special = [
    ...((bits & 0o6000) !== 0 ? ["ug-s"] : []),
    ...((bits & 0o1000) !== 0 ? ["o-t"] : []),
  ];
  return [...classes, ...special].join(",");
}

function daemonBlocks(remedies: readonly Remedy[], record: HostRecord): string[] {
  const all = ofKind(remedies, "daemon-option");
  const files = [...new Set(all.map(({ step }) => step.file))];
  return files.flatMap((file) => {
    const own = all.filter(({ step }) => step.file === file);
    const old = textOf(record, file);
    const parts = withOptions(
      old,
      own.map(({ step }) => step),
    );
    if (parts === null) return [];
    return [`${comments(own)}\n${written({ record, file, old, parts, kind: "daemon" })}`];
  });
}

function kernelBlocks(remedies: readonly Remedy[], record: HostRecord): string[] {
  const own = ofKind(remedies, "kernel-setting");
  if (own.length === 0) return [];
  const old = textOf(record, KERNEL_FILE);
  const names = new Set(own.map(({ step }) => step.name));
  const kept = (old ?? "")
    .split("\n")
    .filter((line) => line !== "" && !names.has(line.split("=")[0]?.trim() ?? ""));
  const lines = [...kept, ...own.map(({ step }) => `${step.name} = ${step.value}`)].sort();
  const file = written({
    record,
    file: KERNEL_FILE,
    old,
    parts: [{ kind: "new", text: `${lines.join("\n")}\n` }],
    kind: "kernel",
  });
  const now = own.map(({ step }) => `setting ${shellWord(step.name)} ${step.value}\n`);
  return [`${comments(own)}\n${file}${now.join("")}`];
}

function auditBlocks(remedies: readonly Remedy[], record: HostRecord): string[] {
  const own = ofKind(remedies, "audit-watch");
  if (own.length === 0) return [];
  const old = textOf(record, AUDIT_FILE);
  const kept = (old ?? "").split("\n").filter((line) => line !== "");
  const rules = own.map(({ step }) => `-w ${step.path} -p wa -k containers`);
  const text = `${[...new Set([...kept, ...rules])].join("\n")}\n`;
  const parts = [{ kind: "new", text } as const];
  return [`${comments(own)}\n${written({ record, file: AUDIT_FILE, old, parts, kind: "audit" })}`];
}

function textOf(record: HostRecord, path: string): string | null {
  const file = fileOf(record, path);
  return file !== null && "text" in file ? (file.text ?? null) : null;
}

/** Writes a file if it is still as it was seen. What stays of it is named by its place: the file may hold what a script must not. */
function written({
  record,
  file,
  old,
  parts,
  kind,
}: {
  readonly record: HostRecord;
  readonly file: string;
  readonly old: string | null;
  readonly parts: readonly FilePart[];
  readonly kind: "daemon" | "kernel" | "audit";
}): string {
  const seen = old === null ? "absent" : cksum(utf8Bytes(old));
  const wanted = cksum(utf8Bytes(joined(old ?? "", parts)));
  const lines = parts.map((part) =>
    part.kind === "kept"
      ? `  keep ${part.from} ${part.bytes}`
      : `  printf '%s' ${quoted(part.text)}`,
  );
  const path = shellWord(realPath(record, file));
  return `compose() {\n${lines.join("\n")}\n}\nwrite ${kind} ${path} '${seen}' '${wanted}'\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
