import { AppError } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import { rules } from "../plugins/rules/index.ts";
import type { WatchRule } from "../stages/watch/contract.ts";

/** Stands where a file of rules is named, and means ours. */
export const OWN_RULES = "bulwark";
/** Stands there alone, and means that no rule is asked. */
export const NO_RULES = "none";

/** What an alert of ours says by which field, in this order; what it was about comes first, and what may be long last. */
const FACTS: readonly (readonly [label: string, field: string])[] = [
  ["about", "fs.path.name"],
  ["other", "fd.name"],
  ["real", "fd.realpath"],
  ["source", "fs.path.source"],
  ["target", "fs.path.target"],
  ["request", "evt.arg.request"],
  ["pid", "evt.arg.pid"],
  ["domain", "evt.arg.domain"],
  ["flags", "evt.arg.flags"],
  ["event", "evt.type"],
  ["process", "proc.name"],
  ["parent", "proc.pname"],
  ["user", "user.name"],
  ["path", "proc.exepath"],
  ["command", "proc.cmdline"],
];

function outputOf(title: string): string {
  return `${title} | ${FACTS.map(([label, field]) => `${label}=%${field}`).join(" ")}`;
}

/** Whether the output of a rule is ours, and not what a file put in its place. */
export function isOwnOutput(title: string, output: string): boolean {
  return output === outputOf(title);
}

/** The text of an output of ours: without what has no value, and without a path that it has said already. */
export function ownOutputText(title: string, fields: Alert["fields"]): string {
  const said = new Set<string>();
  const facts = FACTS.flatMap(([label, field]) => {
    const value = fields[field];
    if (value === undefined || value === null || value === "") return [];
    const text = String(value);
    if (text.startsWith("/") && said.has(text)) return [];
    said.add(text);
    return [`${label}=${text}`];
  });
  return `${title} | ${facts.join(" ")}`;
}

/**
 * What is asked when rules are named so: ours where none are named, and nothing for {@link NO_RULES}.
 *
 * @throws {AppError} `usage` for {@link NO_RULES} beside others.
 */
export function chosenRules(named: readonly string[]): readonly string[] {
  if (named.length === 0) return [OWN_RULES];
  if (!named.includes(NO_RULES)) return named;
  if (named.every((name) => name === NO_RULES)) return [];
  throw new AppError("usage", `cannot use --rules ${NO_RULES} beside other rules`, {
    hint: `leave one of them away; a file of this name is ./${NO_RULES}`,
  });
}

/** Our own rules as a file in Falco's language, which JSON is, too. */
export function ownRules(): { readonly path: string; readonly text: string } {
  const items = rules.map(({ id, title, priority, techniques, condition, why }) => ({
    rule: title,
    desc: why,
    condition,
    output: outputOf(title),
    priority,
    tags: [id, ...techniques],
  }));
  return { path: OWN_RULES, text: JSON.stringify(items, null, 2) };
}

/** What is told of our rules: all but their examples. */
export function listedRules(): readonly Omit<WatchRule, "fires" | "quiet">[] {
  return rules.map(({ fires: _, quiet: __, ...told }) => told);
}
