// The file of exceptions, `bulwark.exceptions.yaml`: what the team has decided not to count, until when, and who answers for it.
import type { Suppression, SuppressionScope } from "../model/suppression.ts";
import { type ConfigMap, readConfig } from "./config-file.ts";

const SCOPE_KEYS = ["package", "image", "digest", "path", "resource", "container"] as const;

/**
 * Reads a file of exceptions.
 *
 * Every entry must have an id or a rule, a reason, an owner and an end date; unknown keys are refused, because a misspelt scope would
 * silently suppress more than was meant.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` naming file, line and what is wrong.
 */
export function parseExceptions(bytes: Uint8Array, path: string): Suppression[] {
  const top = readConfig(bytes, { what: "exceptions", path, guide: "docs/guide/exceptions.md" });
  if (top.line === 0) return [];
  if (!top.has("exceptions")) return top.fail('it has no list "exceptions"');
  return top.maps("exceptions", "an exception").map(entry);
}

function entry(item: ConfigMap): Suppression {
  item.onlyKeys(["id", "rule", "scope", "reason", "owner", "until"]);
  const required = (key: string): string =>
    item.text(key) ?? item.fail(`the exception has no ${key}`);
  const rule = item.text("rule");
  if (rule !== null && item.has("id")) return item.fail("the exception has both an id and a rule");
  const id = rule ?? required("id");
  const until = required("until");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
    return item.fail(`until is ${JSON.stringify(until)}, not a date like 2027-03-31`);
  const scope = item.map("scope");
  return {
    names: rule === null ? "finding" : "rule",
    id,
    scope: scope === null ? {} : scopeOf(scope),
    reason: required("reason"),
    owner: required("owner"),
    until,
    line: item.line,
  };
}

function scopeOf(item: ConfigMap): SuppressionScope {
  item.onlyKeys(SCOPE_KEYS);
  const pairs = SCOPE_KEYS.map((key) => [key, item.text(key)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== null));
}
