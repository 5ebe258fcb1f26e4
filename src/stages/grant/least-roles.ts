// The Roles and bindings that somebody needs for what it was seen to do, and what has to be known before they are used.
import type { ApiRequest } from "../../model/audit-event.ts";
import type { ApiSubject } from "./api-uses.ts";
import { type Generalization, type Generalized, generalized } from "./generalize.ts";
import { isInexpressible, leastRules, type PolicyRule, type ScopedRules } from "./least-rules.ts";

const RBAC = "rbac.authorization.k8s.io";

/** As an API server takes it. */
export interface RoleDocument {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "Role" | "ClusterRole";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly PolicyRule[];
}

export interface BindingDocument {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef: {
    readonly apiGroup: string;
    readonly kind: "Role" | "ClusterRole";
    readonly name: string;
  };
  readonly subjects: readonly SubjectDocument[];
}

export type SubjectDocument =
  | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }
  | { readonly kind: "User"; readonly apiGroup: string; readonly name: string };

/** A proposal for one subject. */
export interface LeastRoles {
  readonly scopes: readonly ScopedRules[];
  readonly documents: readonly (RoleDocument | BindingDocument)[];
  /** Permitted and not seen, because it was asked for. */
  readonly widened: Generalized["added"];
  /** Seen, and no rule permits it alone. */
  readonly inexpressible: readonly ApiRequest[];
  /** Why these may be too little. */
  readonly doubts: readonly string[];
}

/**
 * The proposal.
 *
 * @param name Of the roles and bindings.
 * @param needed Of its requests, those for which nobody has a permission by default.
 */
export function leastRoles(
  subject: ApiSubject,
  name: string,
  needed: readonly ApiRequest[],
  by: ReadonlySet<Generalization>,
): LeastRoles {
  const { requests, added } = generalized(needed, by);
  const scopes = leastRules(requests);
  return {
    scopes,
    documents: scopes.flatMap((scope) => documentsOf(scope, name, subjectDocument(subject.name))),
    widened: added,
    inexpressible: needed.filter(isInexpressible),
    doubts: doubtsOf(subject, by),
  };
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** How a binding names somebody. */
export function subjectDocument(user: string): SubjectDocument {
  const account = ACCOUNT.exec(user);
  if (account === null) return { kind: "User", apiGroup: RBAC, name: user };
  const [, namespace = "", name = ""] = account;
  return { kind: "ServiceAccount", name, namespace };
}

const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  "kube-system",
  "kube-public",
  "kube-node-lease",
]);

/** Whether it is a part of Kubernetes, whose roles come with it. */
export function isOfSystem(user: string): boolean {
  const subject = subjectDocument(user);
  return subject.kind === "User"
    ? user.startsWith("system:")
    : OF_THE_CLUSTER.has(subject.namespace);
}

function documentsOf(
  { namespace, rules }: ScopedRules,
  name: string,
  subject: SubjectDocument,
): [RoleDocument, BindingDocument] {
  const kind = namespace === null ? "ClusterRole" : "Role";
  const metadata = namespace === null ? { name } : { name, namespace };
  const apiVersion = `${RBAC}/v1` as const;
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: namespace === null ? "ClusterRoleBinding" : "RoleBinding",
      metadata,
      roleRef: { apiGroup: RBAC, kind, name },
      subjects: [subject],
    },
  ];
}

const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch"]);
/** As many names of its own making are no names that it will use again. */
const OWN_NAMES_MIN = 3;

/** What an API server asks without an event of its own, and what will be asked under another name next time. */
function doubtsOf(subject: ApiSubject, by: ReadonlySet<Generalization>): string[] {
  const requests = subject.uses.map(({ request }) => request);
  const writes = (test: (request: ApiRequest) => boolean): boolean =>
    requests.some((request) => WRITES.has(request.verb) && test(request));
  return [
    subject.bypasses
      ? "it is in system:masters, whom no role limits: take it out, or these roles change nothing"
      : null,
    subject.hasOtherAuthorizer
      ? "some of it was let through by another authorizer than RBAC, which goes on to do so"
      : null,
    subject.isConstrained
      ? "it impersonated in the constrained way, for which events do not tell what has to be permitted"
      : null,
    writes(({ group, resource }) => group === RBAC && /^(?:cluster)?roles$/.test(resource))
      ? "it writes roles, for which it needs what stands in them, or escalate: no event tells"
      : null,
    writes(({ group, resource }) => group === RBAC && resource.endsWith("bindings"))
      ? "it writes bindings, for which it needs what they grant, or bind: no event tells"
      : null,
    writes(
      ({ resource, subresource }) =>
        resource === "certificatesigningrequests" && subresource !== "",
    )
      ? "it approves or signs certificates, for which it needs approve or sign for the signer: no event tells"
      : null,
    ...leaseDoubts(requests),
    ...(by.has("names") ? [] : ownNameDoubts(requests)),
  ].filter((doubt) => doubt !== null);
}

function leaseDoubts(requests: readonly ApiRequest[]): string[] {
  const leases = requests.filter(({ resource }) => resource === "leases");
  const renews = leases.some(({ verb }) => verb === "update" || verb === "patch");
  return renews && !leases.some(({ verb }) => verb === "create")
    ? ["it renews a lease and was not seen to create one, which it must when the lease is gone"]
    : [];
}

function ownNameDoubts(requests: readonly ApiRequest[]): string[] {
  const made = new Set(
    requests.filter(({ verb, name }) => verb === "create" && name === "").map(placeOf),
  );
  const names = new Map<string, Set<string>>();
  for (const request of requests) {
    const place = placeOf(request);
    if (request.name === "" || !made.has(place)) continue;
    const known = names.get(place);
    if (known === undefined) names.set(place, new Set([request.name]));
    else known.add(request.name);
  }
  const many = [...names].filter(([, all]) => all.size >= OWN_NAMES_MIN).map(([place]) => place);
  const resources = [...new Set(many.map((place) => (JSON.parse(place) as string[])[1] ?? ""))];
  return resources.length === 0
    ? []
    : [
        `it makes ${resources.sort().join(", ")} itself, so the next will have other names than those in the rules: see --generalize names`,
      ];
}

function placeOf({ group, resource, namespace }: ApiRequest): string {
  return JSON.stringify([group, resource, namespace]);
}
