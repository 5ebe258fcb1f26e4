import { AppError } from "../kit/error.ts";
import { rules } from "../plugins/rules/index.ts";
import type { WatchRule } from "../stages/watch/contract.ts";

/** Stands where a file of rules is named, and means ours. */
export const OWN_RULES = "bulwark";
/** Stands there alone, and means that no rule is asked. */
export const NO_RULES = "none";

const OUTPUT =
  "process=%proc.name command=%proc.cmdline path=%proc.exepath parent=%proc.pname user=%user.name event=%evt.type about=%fs.path.name %fd.name";

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
    output: `${title} | ${OUTPUT}`,
    priority,
    tags: [id, ...techniques],
  }));
  return { path: OWN_RULES, text: JSON.stringify(items, null, 2) };
}

/** What is told of our rules: all but their examples. */
export function listedRules(): readonly Omit<WatchRule, "fires" | "quiet">[] {
  return rules.map(({ fires: _, quiet: __, ...told }) => told);
}
