// Roles of the graph: who has them, and what they lead to.
import type { Edit } from "../../model/edit.ts";
import {
  type FoundRole,
  type Grant,
  identityKey,
  identityOf,
  type Rbac,
} from "../../model/rbac.ts";
import type { EdgeType } from "./edge-types.data.ts";
import type { Pods } from "./pods.ts";
import type { Reach } from "./privileges.data.ts";
import { type Held, privilegesOf } from "./privileges.ts";
import type { Scene } from "./scene.ts";

/** Takes roles and grants into the graph. */
export class Roles {
  readonly #scene: Scene;
  readonly #rbac: Rbac;
  readonly #pods: Pods;
  readonly #privileges = new Map<FoundRole, readonly Held[]>();

  constructor(scene: Scene, rbac: Rbac, pods: Pods) {
    this.#scene = scene;
    this.#rbac = rbac;
    this.#pods = pods;
  }

  grant(grant: Grant): void {
    const { identity, binding, subjectAt, role, namespace } = grant;
    if (namespace !== null) this.#scene.namespaces.add(namespace);
    const who = this.#scene.identity(identity);
    const fix = `take ${identityKey(identity)} from ${binding.kind} ${namespace === null ? "" : `${namespace}/`}${binding.name}`;
    const edits: readonly Edit[] = [{ kind: "remove", at: subjectAt }];
    const cause = { fix, edits, evidence: { of: binding, at: subjectAt }, supposed: "" };
    this.#scene.graph.edge(who, this.role(role, namespace), "PERMISSION_DISCOVER", cause);
  }

  /** A role, where it holds. */
  role(role: FoundRole, namespace: string | null): number {
    const own = role.namespace === null ? role.name : `${role.namespace}/${role.name}`;
    const key = `${role.kind} ${own} in ${namespace ?? "*"}`;
    const known = this.#scene.graph.find("role", key);
    if (known !== null) return known;
    const where = namespace === null ? "" : role.kind === "Role" ? "" : ` in ${namespace}`;
    const node = this.#scene.graph.node("role", key, `${role.kind} ${own}${where}`, role.object);
    if (namespace === null) this.#scene.graph.edge(this.#scene.admin, node, "CONTAINS");
    else if (role.kind === "Role")
      this.#scene.graph.edge(this.#scene.set("roles", namespace), node, "CONTAINS");
    else this.#scene.graph.edge(this.#scene.set("everything", namespace), node, "CONTAINS");
    for (const held of this.#held(role)) this.#privilege(node, held, namespace);
    return node;
  }

  #held(role: FoundRole): readonly Held[] {
    let held = this.#privileges.get(role);
    if (held === undefined) {
      held = privilegesOf(role);
      this.#privileges.set(role, held);
    }
    return held;
  }

  #privilege(node: number, held: Held, namespace: string | null): void {
    if (held.privilege.isClusterWide && namespace !== null) return;
    const { type, reach } = held.privilege;
    const to = (target: number): void => this.#scene.graph.edge(node, target, type, held.cause);
    if (held.names !== null)
      for (const target of this.#named(reach, held.names, namespace)) to(target);
    else to(this.#target(type, reach, namespace));
  }

  #target(type: EdgeType, reach: Reach, namespace: string | null): number {
    const { admin, anyNode } = this.#scene;
    // Among all groups is the one for everything.
    if (reach === "cluster-admin" || reach === "groups") return admin;
    if (reach === "nodes") return anyNode;
    if (reach === "people") return this.#scene.set("people", null);
    // Only where admission would let such a pod in.
    if (reach === "nodes by pod") return this.#scene.set("takeover", namespace);
    const isAll = reach === "everything" && type === "EVERYTHING" && namespace === null;
    return isAll ? admin : this.#scene.set(reach, namespace);
  }

  #named(reach: Reach, names: readonly string[], namespace: string | null): number[] {
    if (reach === "pods") return names.flatMap((name) => this.#pods.named(name, namespace));
    if (reach === "groups")
      return names.map((name) => this.#scene.identity(identityOf("Group", name, null)));
    // A service account by its other name is not impersonated as a user.
    if (reach === "people" && names.some(isAccountName))
      return this.#named(
        reach,
        names.filter((name) => !isAccountName(name)),
        namespace,
      );
    if (reach === "people" || reach === "accounts" || reach === "secrets")
      return names.map((name) => this.#thing(reach, name, namespace));
    if (reach === "tokens") return [];
    const kind = reach === "roles" ? "Role" : "ClusterRole";
    const where = reach === "cluster-admin" ? null : namespace;
    return names.flatMap((name) => {
      const role = this.#rbac.role(kind, name, where);
      return role === null ? [] : [this.role(role, where)];
    });
  }

  #thing(reach: "people" | "accounts" | "secrets", name: string, namespace: string | null): number {
    if (reach === "people") return this.#scene.identity(identityOf("User", name, null));
    if (reach === "secrets") {
      const key = `${namespace ?? "*"}/${name}`;
      return this.#scene.graph.node("secrets", key, `Secret ${key}`);
    }
    // In all namespaces the name may be anybody's.
    if (namespace === null) return this.#scene.set("accounts", null);
    return this.#scene.identity(identityOf("ServiceAccount", name, namespace));
  }
}

function isAccountName(name: string): boolean {
  return name.startsWith("system:serviceaccount:");
}
