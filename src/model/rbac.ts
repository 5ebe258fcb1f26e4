// Who may do what in a cluster, as its RBAC authorizer decides.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ and, where that is silent, the authorizer's own comparisons
// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers.go).
import { ACCESS_POLICIES } from "./access-policies.data.ts";
import { BUILT_IN_ROLES } from "./built-in-roles.data.ts";
import { cloudKey, MASTERS } from "./cloud-access.ts";
import { type CloudVisitor, CloudVisitors } from "./cloud-visitors.ts";
import type { ClusterObject, GrantSubject, Role, Rule } from "./cluster-object.ts";
import { type AccessRequest, ruleAllows, ruleNames } from "./rbac-rule.ts";
import { selects } from "./selector.ts";
import type { Pointer } from "./workload.ts";

/** Somebody whom a binding can name, or whom a cloud knows and the cluster takes for such a one. */
export interface Identity {
  readonly kind: "User" | "Group" | "ServiceAccount" | "CloudIdentity";
  readonly name: string;
  /** Of a service account; null of all others. */
  readonly namespace: string | null;
}

/** A rule of a role, and the object that has it: another one where roles are gathered; null where it is supposed. */
export interface RoleRule {
  readonly rule: Rule;
  readonly from: ClusterObject | null;
}

/** A role to which a binding leads; what a cloud or a group of Kubernetes' own gives counts as one. */
export interface FoundRole {
  readonly kind: "ClusterRole" | "Role" | "AccessPolicy" | "Group";
  readonly name: string;
  readonly namespace: string | null;
  readonly rules: readonly RoleRule[];
  /** null for a role of Kubernetes' own that is supposed to be as Kubernetes makes it, because it was not among the objects. */
  readonly object: ClusterObject | null;
}

/** A role that somebody has by a binding. */
export interface Grant {
  readonly identity: Identity;
  readonly binding: ClusterObject;
  /** Where the binding names them. */
  readonly subjectAt: Pointer;
  readonly role: FoundRole;
  /** Where it holds; null for everywhere, what is in no namespace included. */
  readonly namespace: string | null;
}

/** Why a request is allowed. */
export interface Allowance {
  readonly grant: Grant;
  readonly rule: RoleRule;
}

/** A binding to a role that was not among the objects. */
export interface MissingRole {
  readonly binding: ClusterObject;
  readonly kind: string;
  readonly name: string;
}

/** Where a manifest goes that names no namespace, unless somebody says otherwise when it is applied. */
export const DEFAULT_NAMESPACE = "default";

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** A service account by its other name, `system:serviceaccount:NAMESPACE:NAME`, is the same one. */
export function identityOf(
  kind: Identity["kind"],
  name: string,
  namespace: string | null,
): Identity {
  const [, inside, own] = (kind === "User" ? SERVICE_ACCOUNT.exec(name) : null) ?? [];
  if (inside === undefined || own === undefined) return { kind, name, namespace };
  return { kind: "ServiceAccount", name: own, namespace: inside };
}

/** One text for each. */
export function identityKey({ kind, name, namespace }: Identity): string {
  if (kind === "CloudIdentity") return `${kind} ${cloudKey(name)}`;
  return kind === "ServiceAccount" ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}

/** The groups in which somebody is by who they are. What else an identity provider says is known to it alone. */
export function impliedGroups({ kind, name, namespace }: Identity): readonly string[] {
  if (kind === "ServiceAccount")
    return [
      "system:serviceaccounts",
      `system:serviceaccounts:${namespace}`,
      "system:authenticated",
    ];
  if (kind === "User")
    return name === "system:anonymous" ? ["system:unauthenticated"] : ["system:authenticated"];
  // Whoever is in a group has been told apart; only this one is for those who have not.
  return name === "system:unauthenticated" || name === "system:authenticated"
    ? []
    : ["system:authenticated"];
}

/** Whether a grant holds where a request is made. */
function holds({ namespace }: Grant, request: AccessRequest): boolean {
  return namespace === null || (request.kind === "resource" && request.namespace === namespace);
}

/** The roles and bindings of a cluster, ready to be asked. */
export class Rbac {
  /** Every subject of every binding whose role is known. */
  readonly grants: readonly Grant[];
  readonly missing: readonly MissingRole[];
  /** Whom of a cloud the cluster lets in. */
  readonly visitors: CloudVisitors;
  readonly #grants: Grant[] = [];
  readonly #missing: MissingRole[] = [];
  readonly #byIdentity = new Map<string, Grant[]>();
  readonly #roles: Roles;

  /** @param objects All that is known; others than roles and bindings do not matter. */
  constructor(objects: readonly ClusterObject[]) {
    this.#roles = new Roles(objects);
    this.visitors = new CloudVisitors(objects);
    for (const object of objects) if (object.binding !== null) this.#add(object);
    for (const visitor of this.visitors.all) this.#addVisitor(visitor);
    this.grants = this.#grants;
    this.missing = this.#missing;
  }

  /** A role by its name, bound to somebody or not. @param where The namespace of a Role, or of the binding; null for all. */
  role(kind: FoundRole["kind"], name: string, where: string | null): FoundRole | null {
    return this.#roles.find(kind, name, where);
  }

  /** Everybody whom a binding names, each once. */
  identities(): Identity[] {
    return [...this.#byIdentity.values()].flatMap(([first]) => first?.identity ?? []);
  }

  /** What somebody has by their own name, and by the groups in which they are by who they are, or are said to be. */
  grantsOf(identity: Identity, moreGroups: readonly string[] = []): Grant[] {
    const groups = [...new Set([...this.groupsOf(identity), ...moreGroups])];
    const users = identity.kind === "CloudIdentity" ? this.#usersOf(identity.name) : [];
    return [
      ...this.grantsTo(identity),
      ...users.flatMap((user) => this.grantsTo(user)),
      ...groups.flatMap((name) => this.grantsTo({ kind: "Group", name, namespace: null })),
    ];
  }

  /** The groups in which somebody is, as far as the objects say. */
  groupsOf(identity: Identity): string[] {
    const said = identity.kind === "CloudIdentity" ? this.visitors.named(identity.name) : [];
    const named = said.flatMap(({ principal }) => (principal.groups ?? []).map(({ name }) => name));
    return [...new Set([...named, ...impliedGroups(identity)])];
  }

  #usersOf(name: string): Identity[] {
    const key = cloudKey(name);
    const isSame = ({ principal }: CloudVisitor): boolean => cloudKey(principal.name) === key;
    return this.identities().filter(
      (one) => one.kind === "User" && this.visitors.asUser(one.name).some(isSame),
    );
  }

  /** What bindings give to somebody by their own name alone. */
  grantsTo(identity: Identity): readonly Grant[] {
    return this.#byIdentity.get(identityKey(identity)) ?? [];
  }

  /** @returns null when no binding among the objects allows it, which is no more than that while some are {@link missing}. */
  allows(
    identity: Identity,
    request: AccessRequest,
    moreGroups: readonly string[] = [],
  ): Allowance | null {
    for (const grant of this.grantsOf(identity, moreGroups)) {
      const rule = allowing(grant, request);
      if (rule !== null) return { grant, rule };
    }
    return null;
  }

  /**
   * Everybody whom a binding lets do it, by each binding. The group `system:masters` may do everything besides, whatever is bound.
   *
   * @param where Whether only what holds in the request's namespace counts, or what holds in any.
   * @param names `some`: rules for some objects by their names count as well; each {@link Allowance.rule} says for which.
   */
  whoCan(
    request: AccessRequest,
    where: "there" | "anywhere" = "there",
    names: "as asked" | "some" = "as asked",
  ): Allowance[] {
    const byRole = new Map<FoundRole, RoleRule | null>();
    const isAnywhere = where === "anywhere" && request.kind === "resource";
    return this.grants.flatMap((grant) => {
      if (!isAnywhere && !holds(grant, request)) return [];
      let rule = byRole.get(grant.role);
      if (rule === undefined) {
        rule =
          ruleFor(grant.role, request) ??
          (names === "some" ? namedRule(grant.role, request) : null);
        byRole.set(grant.role, rule);
      }
      return rule === null ? [] : [{ grant, rule }];
    });
  }

  #add(object: ClusterObject): void {
    const { binding, namespace } = object;
    if (binding === null) return;
    const where = binding.isClusterWide ? null : (namespace ?? DEFAULT_NAMESPACE);
    const { kind, name } = binding.role;
    const role = this.#roles.find(kind, name, where);
    if (role === null) {
      this.#missing.push({ binding: object, kind, name });
      return;
    }
    for (const subject of binding.subjects) {
      const identity = subjectOf(subject, where);
      if (identity !== null)
        this.#give({ identity, binding: object, subjectAt: subject.at, role, namespace: where });
    }
  }

  #give(grant: Grant): void {
    this.#grants.push(grant);
    const key = identityKey(grant.identity);
    const known = this.#byIdentity.get(key);
    if (known === undefined) this.#byIdentity.set(key, [grant]);
    else known.push(grant);
  }

  /** What a cloud gives without any binding: its policies, and the group for everything. */
  #addVisitor({ object, principal: { name, groups, policies } }: CloudVisitor): void {
    const identity = identityOf("CloudIdentity", name, null);
    const given = { identity, binding: object };
    for (const { name: policy, at, namespaces } of policies ?? []) {
      const role = this.#roles.policy(policy);
      if (role === null)
        this.#missing.push({ binding: object, kind: "AccessPolicy", name: policy });
      else
        for (const namespace of namespaces ?? [null])
          this.#give({ ...given, subjectAt: at, role, namespace });
    }
    const masters = groups?.find((group) => group.name === MASTERS);
    const role = this.#roles.masters;
    if (masters !== undefined)
      this.#give({ ...given, subjectAt: masters.at, role, namespace: null });
  }
}

function allowing(grant: Grant, request: AccessRequest): RoleRule | null {
  return holds(grant, request) ? ruleFor(grant.role, request) : null;
}

/** A rule for objects by their names, where what is asked can have one. */
function namedRule({ rules }: FoundRole, request: AccessRequest): RoleRule | null {
  if (request.kind === "url" || request.verb === "deletecollection") return null;
  const { verb, group, resource } = request;
  if (verb === "create" && !resource.includes("/")) return null;
  return rules.find(({ rule }) => ruleNames(rule, verb, group, resource)) ?? null;
}

function ruleFor(role: FoundRole, request: AccessRequest): RoleRule | null {
  return role.rules.find(({ rule }) => ruleAllows(rule, request)) ?? null;
}

/** null for what the authorizer compares with nobody. A service account without a namespace is one of the binding's. */
function subjectOf(
  { kind, name, namespace }: GrantSubject,
  bindingNamespace: string | null,
): Identity | null {
  if (kind === "User") return identityOf("User", name, null);
  if (kind === "Group") return { kind, name, namespace: null };
  const where = namespace ?? bindingNamespace;
  return kind === "ServiceAccount" && where !== null ? { kind, name, namespace: where } : null;
}

class Roles {
  /** By kind, namespace and name. */
  readonly #objects = new Map<string, ClusterObject>();
  readonly #found = new Map<string, FoundRole | null>();
  readonly #sources: readonly ClusterObject[];
  /** The group whose members are asked nothing. */
  readonly masters: FoundRole = supposed(
    "Group",
    MASTERS,
    BUILT_IN_ROLES.get("cluster-admin")?.rules ?? [],
  );

  constructor(objects: readonly ClusterObject[]) {
    for (const object of objects)
      if (object.role !== null)
        this.#objects.set(keyOf(object.role.isClusterWide, object.namespace, object.name), object);
    this.#sources = [...this.#objects.values()].filter(({ role }) => role?.isClusterWide);
  }

  /** What a policy of the cloud allows; null where that is not known. */
  policy(name: string): FoundRole | null {
    const policy = ACCESS_POLICIES.get(name);
    if (policy === undefined) return null;
    const key = `AccessPolicy ${name}`;
    const found = this.#found.get(key);
    if (found !== undefined) return found;
    const like = BUILT_IN_ROLES.get(policy.role ?? "")?.rules ?? [];
    const role = supposed("AccessPolicy", name, [...like, ...policy.rules]);
    this.#found.set(key, role);
    return role;
  }

  /** @param where Of the binding; null for all namespaces, where only what is cluster-wide can be bound. */
  find(kind: string, name: string, where: string | null): FoundRole | null {
    const isClusterWide = kind === "ClusterRole";
    if (!isClusterWide && (kind !== "Role" || where === null)) return null;
    const key = keyOf(isClusterWide, where, name);
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#looked(isClusterWide, name, where, key);
      this.#found.set(key, found);
    }
    return found;
  }

  #looked(
    isClusterWide: boolean,
    name: string,
    where: string | null,
    key: string,
  ): FoundRole | null {
    const object = this.#objects.get(key);
    const kind = isClusterWide ? "ClusterRole" : "Role";
    const namespace = isClusterWide ? null : where;
    if (object !== undefined)
      return { kind, name, namespace, rules: this.#rulesOf(object), object };
    const builtIn = isClusterWide ? BUILT_IN_ROLES.get(name) : undefined;
    if (builtIn === undefined) return null;
    const own = builtIn.rules.map((rule): RoleRule => ({ rule, from: null }));
    const rules = [...own, ...this.#gathered(builtIn.gathers)];
    return { kind, name, namespace, rules, object: null };
  }

  /** A role that gathers others has what is written in it, too: there the cluster has written down what it had gathered. */
  #rulesOf(object: ClusterObject): RoleRule[] {
    return this.#collected([object]);
  }

  #gathered(selectors: Role["gathers"]): RoleRule[] {
    return this.#collected(this.#chosen(selectors));
  }

  /** Rules of roles, and of all that these gather, in any depth and each once. */
  #collected(starts: readonly ClusterObject[]): RoleRule[] {
    const rules: RoleRule[] = [];
    const seen = new Set(starts);
    for (const object of seen) {
      for (const rule of object.role?.rules ?? []) rules.push({ rule, from: object });
      for (const source of this.#chosen(object.role?.gathers ?? null)) seen.add(source);
    }
    return rules;
  }

  #chosen(selectors: Role["gathers"]): readonly ClusterObject[] {
    if (selectors === null || selectors.length === 0) return [];
    return this.#sources.filter(({ labels }) =>
      selectors.some((selector) => selects(selector, labels)),
    );
  }
}

/** Of no object: as it is supposed to be made. */
function supposed(kind: FoundRole["kind"], name: string, rules: readonly Rule[]): FoundRole {
  const all = rules.map((rule): RoleRule => ({ rule, from: null }));
  return { kind, name, namespace: null, rules: all, object: null };
}

function keyOf(isClusterWide: boolean, namespace: string | null, name: string): string {
  return isClusterWide ? `ClusterRole ${name}` : `Role ${namespace ?? DEFAULT_NAMESPACE}/${name}`;
}
