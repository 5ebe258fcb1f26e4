// `bulwark access explain`: all that somebody may do in a cluster, what of it is dangerous, and which pods act in their name.
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import { cloudKey } from "../model/cloud-access.ts";
import type { ClusterObject, Rule } from "../model/cluster-object.ts";
import type { Problem } from "../model/problem.ts";
import {
  DEFAULT_NAMESPACE,
  type Grant,
  type Identity,
  identityKey,
  identityOf,
  Rbac,
} from "../model/rbac.ts";
import type { Severity } from "../model/severity.ts";
import { compareSeverity } from "../model/severity.ts";
import type { Workload } from "../model/workload.ts";
import { dangersOf, GRANT_ASPECTS } from "../plugins/checks/shared/grants.ts";
import { cloudAccountsOf } from "../stages/access/clouds.ts";
import {
  type ClusterSources,
  type ReadCluster,
  readCluster,
  type WrittenAt,
} from "./read-cluster.ts";
import type { Surroundings } from "./surroundings.ts";
import { type GrantPath, grantPath, missingProblems } from "./who-can.ts";

export const EXPLAIN_ACCESS_SCHEMA = "bulwark.dev/access/v1";

export interface ExplainAccessRequest extends ClusterSources {
  /** `NAMESPACE/NAME` of a service account, `user:NAME`, `group:NAME`. */
  readonly subject: string;
  /** Groups in which an identity provider has them. */
  readonly groups: readonly string[];
}

/** What one rule of one grant allows. */
export interface AllowedRule extends Omit<Rule, "at"> {
  readonly by: GrantPath;
  /** The group by which they have it; null where it is theirs by name. */
  readonly asMemberOf: string | null;
  /** The user under whose name somebody of a cloud has it; null otherwise. */
  readonly asUser: string | null;
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

/** That a service account is somebody of a cloud, or that a cloud's somebody is let in. */
export interface CloudTie {
  /** After their name: `is arn:… in the cloud`, `is let in as Group ops`. */
  readonly what: string;
  readonly at: WrittenAt;
}

export interface ExplainedAccess {
  readonly schema: typeof EXPLAIN_ACCESS_SCHEMA;
  readonly who: Identity;
  /** By who they are, and as it was said. */
  readonly groups: readonly string[];
  /** Dangerous ones first. */
  readonly rules: readonly AllowedRule[];
  readonly actors: readonly Actor[];
  readonly clouds: readonly CloudTie[];
  readonly problems: readonly Problem[];
}

/** @throws {AppError} as `readCluster`; `usage` for a subject that cannot be one. */
export async function explainAccess(
  { subject, groups, ...sources }: ExplainAccessRequest,
  surroundings: Surroundings,
): Promise<ExplainedAccess> {
  const who = subjectNamed(subject);
  const cluster = await readCluster(sources, surroundings);
  const rbac = new Rbac(cluster.objects);
  const rules = rbac
    .grantsOf(who, groups)
    .flatMap((grant) => rulesOf(grant, who, cluster))
    .sort((a, b) => worstOf(a, b));
  const actors = who.kind === "ServiceAccount" ? actorsOf(who, cluster) : [];
  const clouds = cloudTies(who, rbac, cluster);
  const isNamedSomewhere = rules.length > 0 || actors.length > 0 || clouds.length > 0;
  const isKnown = isNamedSomewhere || isAccount(who, cluster.objects);
  return {
    schema: EXPLAIN_ACCESS_SCHEMA,
    who,
    groups: [...new Set([...rbac.groupsOf(who), ...groups])],
    rules,
    actors,
    clouds,
    problems: [
      ...cluster.problems,
      ...missingProblems(rbac.missing, cluster),
      ...(isKnown ? [] : [stranger(who, rbac)]),
    ],
  };
}

/** @throws {AppError} `usage`. */
export function subjectNamed(written: string): Identity {
  if (written.startsWith("arn:")) return identityOf("CloudIdentity", written, null);
  const [, kind = "", name = ""] = /^(user|group|cloud):(.+)$/.exec(written) ?? [];
  if (kind === "cloud") return identityOf("CloudIdentity", name, null);
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
    hint: "NAMESPACE/NAME is a service account; others are user:NAME, group:NAME, and arn:… or cloud:NAME of a cloud",
  });
}

function rulesOf(grant: Grant, who: Identity, cluster: ReadCluster): AllowedRule[] {
  const isOwn = identityKey(grant.identity) === identityKey(who);
  const { kind, name: giver } = grant.identity;
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
      asMemberOf: isOwn || kind !== "Group" ? null : giver,
      asUser: isOwn || kind !== "User" ? null : giver,
      dangers: dangers.sort((a, b) => compareSeverity(a.severity, b.severity)),
    };
  });
}

function worstOf({ dangers: [a] }: AllowedRule, { dangers: [b] }: AllowedRule): number {
  return compareSeverity(a?.severity ?? "unknown", b?.severity ?? "unknown");
}

function cloudTies(who: Identity, rbac: Rbac, { objects, placeOf }: ReadCluster): CloudTie[] {
  const { kind, name, namespace } = who;
  const said = objects.flatMap((object) =>
    cloudAccountsOf(object).map((account) => ({ ...account, at: placeOf(object, account.at) })),
  );
  if (kind === "ServiceAccount")
    return said
      .filter((one) => one.account === name && one.namespace === namespace)
      .map(({ principal, at }) => ({ what: `is ${principal} in the cloud`, at }));
  if (kind !== "CloudIdentity") return [];
  const pods = said
    .filter(({ principal }) => cloudKey(principal) === cloudKey(name))
    .map(({ account, namespace: where, at }) => {
      return { what: `is what pods of ServiceAccount ${where}/${account} act as`, at };
    });
  const entries = rbac.visitors.named(name).flatMap(({ object, principal }): CloudTie[] => {
    const user = principal.username === null ? [] : [`User ${principal.username}`];
    const policies = (principal.policies ?? []).map(
      (policy) => `one with AccessPolicy ${policy.name}`,
    );
    const groups = (principal.groups ?? []).map((group) => `a member of Group ${group.name}`);
    return [...user, ...groups, ...policies].map((as) => {
      return { what: `is let in as ${as}`, at: placeOf(object, principal.at) };
    });
  });
  return [...pods, ...entries];
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
  if (kind === "CloudIdentity") return name;
  return kind === "ServiceAccount" ? `${namespace}/${name}` : `${kind.toLowerCase()}:${name}`;
}
