// What a role holds of the privileges that lead somewhere.
import type { Rule } from "../../model/cluster-object.ts";
import type { Edit } from "../../model/edit.ts";
import type { FoundRole, RoleRule } from "../../model/rbac.ts";
import { ruleNames } from "../../model/rbac-rule.ts";
import type { Cause } from "./graph.ts";
import { type Part, PRIVILEGES, type Privilege, type Reach } from "./privileges.data.ts";

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
    if (known?.names === null) continue;
    if (last.names !== null && !isMeant(privilege, last.names)) continue;
    const own = areOfTargets(privilege) ? last.names : null;
    const names = own === null || known === undefined ? own : [...(known.names ?? []), ...own];
    held.set(key, { privilege, names, cause: causeOf(role, privilege, last.rule) });
  }
  return [...held.values()];
}

/** Whether a privilege is one although its last rule is limited to names. */
function isMeant({ type }: Privilege, names: readonly string[]): boolean {
  if (type === "EVERYTHING") return false;
  return type !== "CERTIFICATE_ISSUE" || names.some((name) => CLIENT_SIGNERS.has(name));
}

/** Who approves for any of these makes somebody of the cluster. Other signers' certificates are for others. */
const CLIENT_SIGNERS: ReadonlySet<string> = new Set([
  "kubernetes.io/kube-apiserver-client",
  "kubernetes.io/*",
]);

/** Whether the names of a rule are those of what is reached; others, as those of a Deployment or a node, limit nothing there. */
function areOfTargets({ type, reach, parts }: Privilege): boolean {
  const { group = "", resources: [first = ""] = [] } = parts.at(-1) ?? {};
  const [base = ""] = first.split("/", 1);
  if (type === "ROLE_BIND") return true;
  return group === "" && NAMED.get(reach) === base;
}

const NAMED: ReadonlyMap<Reach, string> = new Map<Reach, string>([
  ["pods", "pods"],
  ["secrets", "secrets"],
  ["tokens", "secrets"],
  ["accounts", "serviceaccounts"],
  ["people", "users"],
  ["groups", "groups"],
]);

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

/**
 * What is taken out of the object, when that takes nothing else: verbs of rules that are for such resources only.
 *
 * @returns undefined where a rule has to be split, or stands in several objects.
 */
function editsOf(role: FoundRole, part: Part, from: RoleRule["from"]): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  for (const one of role.rules) {
    const { at, verbs, groups, resources } = one.rule;
    if (!isMet(one.rule, part)) continue;
    const isOnly = resources.every((resource) => part.resources.includes(resource));
    const isExact = groups.length === 1 && groups[0] === part.group && !verbs.includes("*");
    if (one.from === null || one.from !== from || !isOnly || !isExact) return undefined;
    const taken = verbs.flatMap((verb, index) => (part.verbs.includes(verb) ? [index] : []));
    if (taken.length === verbs.length) edits.push({ kind: "remove", at });
    else for (const index of taken) edits.push({ kind: "remove", at: `${at}/verbs/${index}` });
  }
  return edits;
}

function causeOf(role: FoundRole, { type, parts }: Privilege, { from, rule }: RoleRule): Cause {
  const { kind, name, namespace } = role;
  const [last] = parts.slice(-1);
  const what = last === undefined ? "" : `${last.verbs.join(", ")} ${last.resources.join(", ")}`;
  const own = namespace === null ? name : `${namespace}/${name}`;
  // A role for everything is meant so, and the cloud's own is nobody's to change: who has it is the question.
  const isMeant = type === "EVERYTHING" || kind === "AccessPolicy";
  const edits = last === undefined || isMeant ? undefined : editsOf(role, last, from);
  return {
    ...(edits === undefined ? {} : { edits }),
    fix: isMeant ? "" : `take ${what} out of ${kind} ${own}`,
    evidence: from === null ? null : { of: from, at: rule.at },
    supposed: "",
  };
}
