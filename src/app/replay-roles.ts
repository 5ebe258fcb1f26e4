// What was allowed once, asked again: of the roles that are proposed, which must allow all of it, and of those of today, to tell
// what of them was seen.
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import type { ApiRequest } from "../model/audit-event.ts";
import type { Rule } from "../model/cluster-object.ts";
import { type Grant, identityOf, Rbac } from "../model/rbac.ts";
import { type AccessRequest, ruleAllows } from "../model/rbac-rule.ts";
import type { ApiSubject } from "../stages/grant/api-uses.ts";
import type { LeastRoles } from "../stages/grant/least-roles.ts";

export interface RoleProof {
  /** Different requests that were allowed in the log. */
  readonly requests: number;
  /** Of these, allowed by the proposal. */
  readonly allowed: number;
  /** The others: none, or there is a reason that is told. */
  readonly lost: readonly ApiRequest[];
}

/** A rule that somebody has today. */
export interface SeenGrant {
  readonly binding: string;
  readonly role: string;
  /** null for everywhere. */
  readonly namespace: string | null;
  readonly rule: Omit<Rule, "at">;
  /** Different requests that it allows and that were seen. */
  readonly used: number;
  /** What is written in it and no request that was seen asked for; a `*` is not counted here. */
  readonly unseen: {
    readonly verbs: readonly string[];
    readonly resources: readonly string[];
    readonly names: readonly string[];
  };
  /** Whether it allows more than its words by a `*`, or is for all names or namespaces where single ones were seen. */
  readonly isWider: boolean;
}

const GROUP = "rbac.authorization.k8s.io";

/**
 * What Kubernetes lets everybody do who has a name: discovery, and questions about oneself.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
 */
const OF_EVERYBODY = ["system:basic-user", "system:discovery", "system:public-info-viewer"].map(
  (name) => ({
    apiVersion: `${GROUP}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name },
    subjects: [{ kind: "Group", apiGroup: GROUP, name: "system:authenticated" }],
  }),
);

/** The requests for which somebody needs a permission of their own. */
export function neededRequests(subject: ApiSubject): ApiRequest[] {
  const { lost } = proofOf(subject, []);
  return [...lost];
}

/** Asks for everything again, by the authorizer's own comparisons, with nothing else bound than what is proposed and what everybody has. */
export function proofOf(subject: ApiSubject, documents: LeastRoles["documents"]): RoleProof {
  const rbac = new Rbac(
    [...OF_EVERYBODY, ...documents].flatMap((document) => readClusterObjects(document)),
  );
  const identity = identityOf("User", subject.name, null);
  const requests = subject.uses.map(({ request }) => request);
  const lost = requests.filter((request) => rbac.allows(identity, accessRequest(request)) === null);
  return { requests: requests.length, allowed: requests.length - lost.length, lost };
}

/** What somebody is granted, by their name and by the groups that the log tells, and how much of it was seen. */
export function seenGrants(today: Rbac, subject: ApiSubject): SeenGrant[] {
  const identity = identityOf("User", subject.name, null);
  const requests = subject.uses.map(({ request }) => request);
  return today
    .grantsOf(identity, subject.groups)
    .flatMap((grant) => grant.role.rules.map(({ rule }) => seenGrant(grant, rule, requests)));
}

function seenGrant(grant: Grant, rule: Rule, all: readonly ApiRequest[]): SeenGrant {
  const { binding, role, namespace } = grant;
  const used = all.filter(
    (one) =>
      (namespace === null || one.namespace === namespace) && ruleAllows(rule, accessRequest(one)),
  );
  const { at: _, ...written } = rule;
  const verbs = new Set(used.map(({ verb }) => verb));
  const resources = new Set(used.map(wholeResource));
  const names = new Set(used.map(({ name }) => name));
  const isSingle = used.every(
    ({ name, verb, path }) => path === "" && name !== "" && verb !== "create",
  );
  return {
    binding: placed(binding.kind, binding.namespace, binding.name),
    role: `${role.kind} ${role.name}`,
    namespace,
    rule: written,
    used: used.length,
    unseen: {
      verbs: rule.verbs.filter((verb) => verb !== "*" && !verbs.has(verb)),
      resources: rule.resources.filter((one) => !one.includes("*") && !resources.has(one)),
      names: rule.names.filter((name) => !names.has(name)),
    },
    isWider:
      used.length > 0 &&
      ([...rule.verbs, ...rule.groups, ...rule.resources, ...rule.urls].some((one) =>
        one.includes("*"),
      ) ||
        (rule.names.length === 0 && isSingle) ||
        (namespace === null && used.every((one) => one.namespace !== ""))),
  };
}

function placed(kind: string, namespace: string | null, name: string): string {
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function wholeResource({ resource, subresource }: ApiRequest): string {
  return subresource === "" ? resource : `${resource}/${subresource}`;
}

function accessRequest(request: ApiRequest): AccessRequest {
  const { verb, group, namespace, name, path } = request;
  if (path !== "") return { kind: "url", verb, url: path };
  const resource = wholeResource(request);
  return {
    kind: "resource",
    verb,
    group,
    resource,
    name: name === "" ? null : name,
    namespace: namespace === "" ? null : namespace,
  };
}
