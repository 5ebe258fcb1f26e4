// Exceptions out of what was observed, for a Falco rules file: to be reviewed, and never wider than what was seen.
import type { AlertGroup, AlertPriority } from "../../model/alert.ts";
import { fieldText, isAtLeast } from "../../model/alert.ts";

/** An exception for one group. */
export interface ExceptionProposal {
  readonly group: AlertGroup;
  /** `bulwark_` and the group's id. */
  readonly name: string;
  readonly fields: readonly string[];
  /** One combination a row, in the order of `fields`. */
  readonly values: readonly (readonly string[])[];
}

/** A group for which none is proposed, and why. */
export interface UnproposedGroup {
  readonly group: AlertGroup;
  readonly reason: string;
}

export interface ProposedExceptions {
  readonly proposals: readonly ExceptionProposal[];
  readonly unproposed: readonly UnproposedGroup[];
}

export interface ProposeOptions {
  /** Causes that were seen less often are not noise. */
  readonly countMin: number;
  /** From this priority on nothing is proposed: whoever was attacked must not be offered to look away. */
  readonly neverFrom: AlertPriority;
}

/**
 * Proposes an exception for each group, the largest first.
 *
 * It names every combination of image, executable, parent, command line and file that was seen, compared for equality. An alert that
 * does not tell enough to be that narrow gets none.
 */
export function proposeExceptions(
  groups: readonly AlertGroup[],
  options: ProposeOptions,
): ProposedExceptions {
  const proposals: ExceptionProposal[] = [];
  const unproposed: UnproposedGroup[] = [];
  for (const group of groups) {
    const reason = hindrance(group, options);
    if (reason !== null) unproposed.push({ group, reason });
    else proposals.push(...proposed(group));
  }
  return { proposals, unproposed };
}

function hindrance(group: AlertGroup, { countMin, neverFrom }: ProposeOptions): string | null {
  const { observed, count, cause } = group;
  if (count < countMin) return `it was seen ${count === 1 ? "once" : `${count} times`} only`;
  if (isAtLeast(cause.priority, neverFrom))
    return `alerts of priority ${cause.priority} are to be looked at, not excepted`;
  if (observed === null) return "its command lines or files are different each time";
  for (const combination of observed) {
    const missing = missingIn(group, combination);
    if (missing !== null) return missing;
    const odd = Object.entries(combination).find(([, value]) => !PLAIN.test(value));
    if (odd !== undefined)
      return `${odd[0]} holds quotation marks, backslashes or control characters, or is very long, which a rules file cannot compare with safely`;
  }
  return null;
}

/** Whatever Falco's parser takes between double quotes without a second thought. */
const PLAIN = /^[^"'\\\p{Cc}\p{Cf}\u2028\u2029]{1,2000}$/u;

function missingIn(
  group: AlertGroup,
  combination: Readonly<Record<string, string>>,
): string | null {
  const has = (name: string): boolean => Object.hasOwn(combination, name);
  const add = (names: string): string =>
    `its alerts do not tell ${names}: add it to the rule's output`;
  if (has("ka.user.name")) return null;
  if (!has("proc.exepath") && !has("proc.name")) return add("proc.exepath");
  if (!has("container.image.repository") && !has("container.id"))
    return add(group.cause.image === null ? "container.id" : "container.image.repository");
  if (!has("proc.cmdline")) return add("proc.cmdline");
  const file = fieldText(group.example, "fd.name");
  const isConnection = file !== null && !file.startsWith("/");
  return isConnection && !has("fd.sport") ? add("fd.sip and fd.sport") : null;
}

/** Alerts of one cause may tell different fields; each set of fields is an exception of its own. */
function proposed(group: AlertGroup): ExceptionProposal[] {
  const byFields = new Map<string, { fields: string[]; values: string[][] }>();
  for (const combination of group.observed ?? []) {
    const fields = Object.keys(combination);
    const key = fields.join(" ");
    const known = byFields.get(key) ?? { fields, values: [] };
    known.values.push(Object.values(combination));
    byFields.set(key, known);
  }
  return [...byFields.values()].map(({ fields, values }, i) => ({
    group,
    name: `bulwark_${group.id}${i === 0 ? "" : `_${i + 1}`}`,
    fields,
    values: values.sort((a, b) => (a.join("\0") < b.join("\0") ? -1 : 1)),
  }));
}
