// The file of exceptions, `bulwark.exceptions.yaml`: what the team has decided not to count, until when, and who answers for it.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from "yaml";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import type { Suppression, SuppressionScope } from "../model/suppression.ts";

const BYTES_MAX = 4 << 20;
const ENTRIES_MAX = 20_000;
const ENTRY_KEYS = ["id", "scope", "reason", "owner", "until"];
const SCOPE_KEYS = ["package", "image", "digest", "path", "resource", "container"] as const;

/**
 * Reads a file of exceptions.
 *
 * Every entry must have an id, a reason, an owner and an end date; unknown keys are refused, because a misspelt scope would
 * silently suppress more than was meant.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` naming file, line and what is wrong.
 */
export function parseExceptions(bytes: Uint8Array, path: string): Suppression[] {
  const fail: Fail = (state, line) => {
    const where = line === null ? "" : `line ${line}: `;
    throw new AppError(
      "config-invalid",
      `cannot read exceptions ${JSON.stringify(path)}: ${where}${state}`,
      { hint: "the form is described in docs/guide/exceptions.md", subject: path },
    );
  };
  if (bytes.length > BYTES_MAX) return fail(`it is larger than ${BYTES_MAX} bytes`, null);
  const lines = new LineCounter();
  const document = parseDocument(utf8(bytes), { lineCounter: lines, maxAliasCount: 0 } as object);
  const lineOf = (node: unknown): number | null => {
    const range = (node as { range?: readonly number[] } | null)?.range;
    return range?.[0] === undefined ? null : lines.linePos(range[0]).line;
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split("\n", 1)[0] ?? "";
    return fail(reason.replace(/ at line .*$/, ""), lines.linePos(error.pos[0]).line);
  }
  if (document.contents === null) return [];
  const list = isMap(document.contents) ? document.contents.get("exceptions", true) : undefined;
  if (list === undefined) return fail('it has no list "exceptions"', null);
  if (isScalar(list) && list.value === null) return [];
  if (!isSeq(list)) return fail('"exceptions" is not a list', lineOf(list));
  if (list.items.length > ENTRIES_MAX) return fail(`it has over ${ENTRIES_MAX} entries`, null);
  return list.items.map((item) => {
    if (!isMap(item)) return fail("an exception is not a mapping", lineOf(item));
    return entry(item, lineOf(item) ?? 0, fail);
  });
}

type Fail = (state: string, line: number | null) => never;

function entry(item: YAMLMap, line: number, fail: Fail): Suppression {
  onlyKeys(item, ENTRY_KEYS, line, fail);
  const required = (key: string): string =>
    text(item, key, line, fail) ?? fail(`the exception has no ${key}`, line);
  const id = required("id");
  const until = required("until");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
    return fail(`until is ${JSON.stringify(until)}, not a date like 2027-03-31`, line);
  const scope = item.get("scope", true);
  if (scope !== undefined && !isMap(scope)) return fail("scope is not a mapping", line);
  return {
    id,
    scope: scope === undefined ? {} : scopeOf(scope, line, fail),
    reason: required("reason"),
    owner: required("owner"),
    until,
    line,
  };
}

function scopeOf(item: YAMLMap, line: number, fail: Fail): SuppressionScope {
  onlyKeys(item, SCOPE_KEYS, line, fail);
  const pairs = SCOPE_KEYS.map((key) => [key, text(item, key, line, fail)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== null));
}

function onlyKeys(item: YAMLMap, allowed: readonly string[], line: number, fail: Fail): void {
  for (const { key } of item.items) {
    const name = isScalar(key) ? String(key.value) : "";
    if (!allowed.includes(name))
      fail(`${JSON.stringify(name.slice(0, 60))} is not one of ${allowed.join(", ")}`, line);
  }
}

/** Dates and numbers count as what was written. */
function text(item: YAMLMap, key: string, line: number, fail: Fail): string | null {
  const node = item.get(key, true);
  if (node === undefined) return null;
  if (!isScalar(node) || node.value === null) return fail(`${key} is not a text`, line);
  const written = (typeof node.value === "string" ? node.value : (node.source ?? "")).trim();
  return written === "" ? fail(`${key} is empty`, line) : written;
}
