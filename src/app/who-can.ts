// `bulwark access who-can`: everybody whom a cluster's bindings let do something, with the rule that does.
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import { MASTERS } from "../model/cloud-access.ts";
import type { CloudVisitor } from "../model/cloud-visitors.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { Problem } from "../model/problem.ts";
import {
  type Allowance,
  type Identity,
  identityKey,
  identityOf,
  type MissingRole,
  Rbac,
} from "../model/rbac.ts";
import type { AccessRequest } from "../model/rbac-rule.ts";
import { CLUSTER_RESOURCES, RESOURCE_GROUPS } from "../model/resource-groups.data.ts";
import {
  type ClusterSources,
  type ReadCluster,
  readCluster,
  type WrittenAt,
} from "./read-cluster.ts";
import type { Surroundings } from "./surroundings.ts";

export const WHO_CAN_SCHEMA = "bulwark.dev/who-can/v1";

export interface WhoCanRequest extends ClusterSources {
  readonly verb: string;
  /** `pods/exec`, `deployments.apps`, `/metrics`. */
  readonly resource: string;
  /** One object; null for any. */
  readonly name: string | null;
  /** null for wherever it is. */
  readonly namespace: string | null;
}

/** What gives somebody something, and where that is written. */
export interface GrantPath {
  /** `ClusterRoleBinding ops`, `RoleBinding shop/ops`. */
  readonly binding: string;
  readonly bindingAt: WrittenAt;
  /** `ClusterRole cluster-admin`. */
  readonly role: string;
  /** Of the rule; null for a role of Kubernetes' own that was not among the objects. */
  readonly ruleAt: WrittenAt | null;
  /** null for everywhere. */
  readonly namespace: string | null;
}

export interface WhoCanEntry {
  readonly who: Identity;
  /** As whom the cluster lets them in, and where that is written; null for those whom the binding names. */
  readonly as: { readonly identity: Identity; readonly at: WrittenAt } | null;
  /** Only these objects; all when empty. */
  readonly names: readonly string[];
  readonly by: GrantPath;
}

export interface WhoCan {
  readonly schema: typeof WHO_CAN_SCHEMA;
  readonly request: AccessRequest;
  readonly entries: readonly WhoCanEntry[];
  /** What could not be read, or not be told. */
  readonly problems: readonly Problem[];
}

/** @throws {AppError} as `readCluster`. */
export async function whoCan(request: WhoCanRequest, surroundings: Surroundings): Promise<WhoCan> {
  const cluster = await readCluster(request, surroundings);
  const rbac = new Rbac(cluster.objects);
  const asked = requestOf(request);
  const isInNone = asked.kind === "url" || CLUSTER_RESOURCES.has(baseOf(asked.resource));
  const isAnywhere = request.namespace === null && !isInNone;
  const names = request.name === null ? "some" : "as asked";
  const found = rbac.whoCan(asked, isAnywhere ? "anywhere" : "there", names);
  const entries = found.flatMap((allowance): WhoCanEntry[] => {
    const { identity } = allowance.grant;
    const given = { names: allowance.rule.rule.names, by: grantPath(allowance, cluster) };
    const fromCloud = visitorsAs(identity, rbac).map(({ object, principal }): WhoCanEntry => {
      const as = { identity, at: cluster.placeOf(object, principal.at) };
      return { who: identityOf("CloudIdentity", principal.name, null), as, ...given };
    });
    return [{ who: identity, as: null, ...given }, ...fromCloud];
  });
  const order = ({ who, by }: WhoCanEntry): string =>
    `${by.namespace === null ? 0 : 1} ${identityKey(who)} ${by.binding}`;
  const keyed = entries.map((entry) => ({ entry, key: order(entry) }));
  return {
    schema: WHO_CAN_SCHEMA,
    request: asked,
    entries: keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ entry }) => entry),
    problems: [
      ...cluster.problems,
      ...missingProblems(rbac.missing, cluster),
      ...strangeResource(asked, cluster.objects),
    ],
  };
}

/** Whom of a cloud the cluster takes for somebody whom a binding names. */
function visitorsAs({ kind, name }: Identity, { visitors }: Rbac): readonly CloudVisitor[] {
  // Members of this group have everything by a way of their own.
  if (kind === "Group") return name === MASTERS ? [] : visitors.inGroup(name);
  return kind === "User" ? visitors.asUser(name) : [];
}

/** @throws {AppError} `usage`. */
export function requestOf({ verb, resource, name, namespace }: WhoCanRequest): AccessRequest {
  if (resource.startsWith("/")) return { kind: "url", verb, url: resource };
  const [, base = "", group, sub = ""] = /^([^./]+)(?:\.([^/]+))?(\/.+)?$/.exec(resource) ?? [];
  if (base === "")
    throw new AppError("usage", `cannot ask about ${JSON.stringify(resource)}: it is no resource`, {
      hint: "as in secrets, pods/exec, deployments.apps or /metrics",
    });
  const known = group ?? RESOURCE_GROUPS.get(base) ?? "";
  return { kind: "resource", verb, group: known, resource: base + sub, name, namespace };
}

export function grantPath({ grant, rule }: Allowance, cluster: ReadCluster): GrantPath {
  const { binding, role, namespace } = grant;
  return {
    binding: titleOf(binding),
    bindingAt: cluster.placeOf(binding, grant.subjectAt),
    role: titleOf(role),
    ruleAt: rule.from === null ? null : cluster.placeOf(rule.from, rule.rule.at),
    namespace,
  };
}

function titleOf({
  kind,
  name,
  namespace,
}: {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
}): string {
  return `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`;
}

/** What a binding to a role gives that is not among the objects cannot be told. */
export function missingProblems(missing: readonly MissingRole[], cluster: ReadCluster): Problem[] {
  return missing.map(({ binding, kind, name }) => {
    const { path, line } = cluster.placeOf(binding);
    const what = `${titleOf(binding)} binds ${kind} ${JSON.stringify(name)}`;
    const why =
      kind === "AccessPolicy" ? "of which nothing is known" : "which is not among the objects";
    const detail = `line ${line ?? 1}: ${what}, ${why}: what that allows is not known`;
    return { code: "configuration-unknown", detail, path };
  });
}

function baseOf(resource: string): string {
  return resource.split("/", 1)[0] ?? "";
}

/** Nobody may do anything with what does not exist; that must not look like an answer. */
function strangeResource(request: AccessRequest, objects: readonly ClusterObject[]): Problem[] {
  if (request.kind === "url") return [];
  const { resource, group } = request;
  const base = baseOf(resource);
  const named = new Set(
    objects.flatMap(({ role }) => role?.rules ?? []).flatMap(({ resources }) => resources),
  );
  if (RESOURCE_GROUPS.get(base) === group || named.has(resource) || named.has(base)) return [];
  const words = [...RESOURCE_GROUPS.keys(), ...named].filter((word) => word !== "*");
  const near = nearest(base, words);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  const detail = `no role names the resource ${JSON.stringify(resource)} of the group ${JSON.stringify(group)}, and Kubernetes has none${hint}`;
  return [{ code: "configuration-unknown", detail }];
}
