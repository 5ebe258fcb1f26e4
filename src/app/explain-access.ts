// `bulwark access explain`: all that somebody may do in a cluster, what of it is dangerous, and which pods act in their name.
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import type { ClusterObject, Rule } from "../model/cluster-object.ts";
import type { Problem } from "../model/problem.ts";
import {
  DEFAULT_NAMESPACE,
  type Grant,
  type Identity,
  identityKey,
  identityOf,
  impliedGroups,
  Rbac,
} from "../model/rbac.ts";
import type { Severity } from "../model/severity.ts";
import { compareSeverity } from "../model/severity.ts";
import type { Workload } from "../model/workload.ts";
import { dangersOf, GRANT_ASPECTS } from "../plugins/checks/shared/grants.ts";
import { type ReadCluster, readCluster, type WrittenAt } from "./read-cluster.ts";
import type { Surroundings } from "./surroundings.ts";
import { type GrantPath, grantPath, missingProblems } from "./who-can.ts";

export const EXPLAIN_ACCESS_SCHEMA = "bulwark.dev/access/v1";

export interface ExplainAccessRequest {
  /** `NAMESPACE/NAME` of a service account, `user:NAME`, `group:NAME`. */
  readonly subject: string;
  /** Groups in which an identity provider has them. */
  readonly groups: readonly string[];
  readonly targets: readonly string[];
}

/** What one rule of one grant allows. */
export interface AllowedRule extends Omit<Rule, "at"> {
  readonly by: GrantPath;
  /** The group by which they have it; null where it is theirs by name. */
  readonly asMemberOf: string | null;
  /** Most severe first; what it allows, after their name: `allows to read secrets`. */
  readonly dangers: readonly { readonly severity: Severity; readonly what: string }[];
}

/** A workload whose pods act in somebody's name. */
export interface Actor {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly at: WrittenAt;
  /** Whether its pods have the token; null when nobody said otherwise, which means that they have. */
  readonly hasToken: boolean | null;
}

export interface ExplainedAccess {
  readonly schema: typeof EXPLAIN_ACCESS_SCHEMA;
  readonly who: Identity;
  /** By who they are, and as it was said. */
  readonly groups: readonly string[];
  /** Dangerous ones first. */
  readonly rules: readonly AllowedRule[];
  readonly actors: readonly Actor[];
  readonly problems: readonly Problem[];
}

/** @throws {AppError} as `readCluster`; `usage` for a subject that cannot be one. */
export async function explainAccess(
  { subject, groups, targets }: ExplainAccessRequest,
  surroundings: Surroundings,
): Promise<ExplainedAccess> {
  const who = subjectNamed(subject);
  const cluster = await readCluster(targets, surroundings);
  const rbac = new Rbac(cluster.objects);
  const rules = rbac
    .grantsOf(who, groups)
    .flatMap((grant) => rulesOf(grant, who, cluster))
    .sort((a, b) => worstOf(a, b));
  const actors = who.kind === "ServiceAccount" ? actorsOf(who, cluster) : [];
  const isKnown = rules.length > 0 || actors.length > 0 || isAccount(who, cluster.objects);
  return {
    schema: EXPLAIN_ACCESS_SCHEMA,
    who,
    groups: [...new Set([...impliedGroups(who), ...groups])],
    rules,
    actors,
    problems: [
      ...cluster.problems,
      ...missingProblems(rbac.missing, cluster),
      ...(isKnown ? [] : [stranger(who, rbac)]),
    ],
  };
}

/** @throws {AppError} `usage`. */
export function subjectNamed(written: string): Identity {
  const [, kind = "", name = ""] = /^(user|group):(.+)$/.exec(written) ?? [];
  if (kind === "group") return identityOf("Group", name, null);
  if (kind === "user") return identityOf("User", name, null);
  if (written.startsWith("system:")) {
    const isUser = written.startsWith("system:serviceaccount:") || written === "system:anonymous";
    return identityOf(isUser ? "User" : "Group", written, null);
  }
  const [, namespace, account] = /^([^/:\s]+)\/([^/:\s]+)$/.exec(written) ?? [];
  if (namespace !== undefined && account !== undefined)
    return identityOf("ServiceAccount", account, namespace);
  throw new AppError("usage", `cannot explain ${JSON.stringify(written)}: it is nobody's name`, {
    hint: "NAMESPACE/NAME is a service account; others are user:NAME and group:NAME",
  });
}

function rulesOf(grant: Grant, who: Identity, cluster: ReadCluster): AllowedRule[] {
  const isOwn = identityKey(grant.identity) === identityKey(who);
  return grant.role.rules.map((rule) => {
    const { verbs, groups, resources, names, urls } = rule.rule;
    const dangers = dangersOf(rule.rule, grant.namespace === null).map(({ aspect, what }) => {
      return { severity: GRANT_ASPECTS[aspect]?.severity ?? "high", what };
    });
    return {
      verbs,
      groups,
      resources,
      names,
      urls,
      by: grantPath({ grant, rule }, cluster),
      asMemberOf: isOwn ? null : grant.identity.name,
      dangers: dangers.sort((a, b) => compareSeverity(a.severity, b.severity)),
    };
  });
}

function worstOf({ dangers: [a] }: AllowedRule, { dangers: [b] }: AllowedRule): number {
  return compareSeverity(a?.severity ?? "unknown", b?.severity ?? "unknown");
}

function actorsOf(
  { name, namespace }: Identity,
  { objects, workloads, placeOf }: ReadCluster,
): Actor[] {
  const account = objects.find((one) => isNamed(one, name, namespace));
  const usual = account?.mountsToken;
  return workloads
    .filter(({ platform }) => platform === "kubernetes")
    .filter((one) => accountOf(one) === name && (one.namespace ?? DEFAULT_NAMESPACE) === namespace)
    .map((one) => {
      const own = one.account.mountsToken;
      const said = own.state === "known" ? own : usual;
      return {
        kind: one.kind,
        name: one.name,
        namespace: one.namespace ?? DEFAULT_NAMESPACE,
        at: placeOf(one),
        hasToken: said?.state === "known" ? said.value : null,
      };
    });
}

function accountOf({ account: { name } }: Workload): string {
  return name.state === "known" && name.value !== "" ? name.value : "default";
}

function isAccount(
  { kind, name, namespace }: Identity,
  objects: readonly ClusterObject[],
): boolean {
  return kind === "ServiceAccount" && objects.some((one) => isNamed(one, name, namespace));
}

function isNamed(one: ClusterObject, name: string, namespace: string | null): boolean {
  const where = one.namespace ?? DEFAULT_NAMESPACE;
  return one.kind === "ServiceAccount" && one.name === name && where === namespace;
}

/** Nobody's name looks like one who may do nothing. */
function stranger(who: Identity, rbac: Rbac): Problem {
  const named = rbac.identities().map(nameOf);
  const near = nearest(nameOf(who), named);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  const detail = `nothing among the objects names ${nameOf(who)}, so nothing is known of what they may do${hint}`;
  return { code: "configuration-unknown", detail };
}

function nameOf({ kind, name, namespace }: Identity): string {
  return kind === "ServiceAccount" ? `${namespace}/${name}` : `${kind.toLowerCase()}:${name}`;
}
