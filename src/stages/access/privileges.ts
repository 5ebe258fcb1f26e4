// What a role holds of the privileges that lead somewhere.
import type { Rule } from "../../model/cluster-object.ts";
import { type FoundRole, type RoleRule, ruleNames } from "../../model/rbac.ts";
import type { Cause } from "./graph.ts";
import { type Part, PRIVILEGES, type Privilege } from "./privileges.data.ts";

/** A privilege of a role. */
export interface Held {
  readonly privilege: Privilege;
  /** The objects to which it is limited; null for none. */
  readonly names: readonly string[] | null;
  readonly cause: Cause;
}

/** In the order of the table; each only once for a type and where it leads. */
export function privilegesOf(role: FoundRole): Held[] {
  const everything = heldBy(role, PRIVILEGES.slice(0, 1));
  // Whoever may do everything needs no list of what that is.
  if (everything.length > 0) return everything;
  return heldBy(role, PRIVILEGES.slice(1));
}

function heldBy(role: FoundRole, table: readonly Privilege[]): Held[] {
  const held = new Map<string, Held>();
  for (const privilege of table) {
    const parts = privilege.parts.map((part) => partOf(role, part));
    const last = parts.at(-1);
    if (last === undefined || last === null || parts.includes(null)) continue;
    const key = `${privilege.type} ${privilege.reach}`;
    const known = held.get(key);
    if (known !== undefined && (known.names === null || last.names !== null)) continue;
    held.set(key, { privilege, names: last.names, cause: causeOf(role, privilege, last.rule) });
  }
  return [...held.values()];
}

interface Met {
  readonly rule: RoleRule;
  readonly names: readonly string[] | null;
}

/** The rule that gives most: one for all objects before those for some. */
function partOf({ rules }: FoundRole, part: Part): Met | null {
  let named: Met | null = null as Met | null;
  for (const one of rules) {
    const { rule } = one;
    if (!isMet(rule, part)) continue;
    if (rule.names.length === 0) return { rule: one, names: null };
    named = { rule: one, names: [...(named?.names ?? []), ...rule.names] };
  }
  return named;
}

function isMet(rule: Rule, { verbs, group, resources }: Part): boolean {
  return verbs.some((verb) =>
    resources.some(
      (resource) =>
        ruleNames(rule, verb, group, resource) &&
        (rule.names.length === 0 || canBeNamed(verb, resource)),
    ),
  );
}

/** What is created has no name yet when it is asked about, but for subresources. */
function canBeNamed(verb: string, resource: string): boolean {
  return verb !== "create" || resource.includes("/");
}

function causeOf(
  { kind, name, namespace }: FoundRole,
  { type, parts }: Privilege,
  { from, rule }: RoleRule,
): Cause {
  const [last] = parts.slice(-1);
  const what = last === undefined ? "" : `${last.verbs.join(", ")} ${last.resources.join(", ")}`;
  const own = namespace === null ? name : `${namespace}/${name}`;
  // A role for everything is meant so: who has it is the question.
  const isMeant = type === "EVERYTHING";
  return {
    fix: isMeant ? "" : `take ${what} out of ${kind} ${own}`,
    evidence: from === null ? null : { of: from, at: rule.at },
    supposed: "",
  };
}
