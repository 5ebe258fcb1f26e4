// What all parts of the access graph have in common: identities, sets of things, nodes of the cluster.
import { cloudKey } from "../../model/cloud-access.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import { type Identity, identityKey } from "../../model/rbac.ts";
import { GraphBuilder } from "./graph.ts";

/** Where tokens of pods on one node are to be had, and nothing tells which those are. */
export const SAME_NODE = "that they run on the same node";

/** The namespace of the cluster's own parts. */
export const SYSTEM = "kube-system";

const SETS = {
  pods: "pods",
  accounts: "service accounts",
  tokens: "service accounts with a token in a secret",
  roles: "roles",
  secrets: "secrets",
  everything: "everything",
  takeover: "a pod that takes over its node",
  people: "users",
} as const;

export type SetName = keyof typeof SETS;

/** Nodes that are there before anything is read, and those made along the way. */
export class Scene {
  readonly graph: GraphBuilder = new GraphBuilder();
  readonly namespaces: Set<string> = new Set([SYSTEM]);
  readonly identities: Set<number> = new Set();
  readonly internet: number = this.graph.node("internet", "internet", "the internet");
  /** Whoever is within it, as machines of the same cloud account. */
  readonly network: number = this.graph.node("network", "cloud", "the network of the cloud");
  readonly admin: number = this.graph.node("cluster-admin", "", "cluster-admin");
  /** Where something runs, wherever that is. */
  readonly aNode: number = this.graph.node("node", "its", "the node on which it runs");
  /** One that somebody can choose. */
  readonly anyNode: number = this.graph.node("node", "any", "any node");
  readonly nodes: number[] = [this.aNode, this.anyNode];

  identity(identity: Identity, of: ClusterObject | null = null): number {
    const isCloud = identity.kind === "CloudIdentity";
    const key = identityKey(identity);
    const node = isCloud ? this.cloud(identity.name) : this.graph.node("identity", key, key, of);
    if (this.identities.has(node)) return node;
    this.identities.add(node);
    const { kind, name, namespace } = identity;
    if (kind === "ServiceAccount" && namespace !== null) {
      this.namespaces.add(namespace);
      this.graph.edge(this.set("accounts", namespace), node, "CONTAINS");
      this.graph.edge(this.set("tokens", namespace), node, "CONTAINS");
    } else if (kind === "User") this.graph.edge(this.set("people", null), node, "CONTAINS");
    if (kind === "Group" && name === "system:masters")
      this.graph.edge(node, this.admin, "EVERYTHING");
    return node;
  }

  /** Somebody of a cloud, whom a cluster need not let in. */
  cloud(name: string): number {
    return this.graph.node("cloud identity", cloudKey(name), name);
  }

  /** @param namespace null for that of all namespaces. */
  set(what: SetName, namespace: string | null): number {
    const kind = what === "secrets" ? "secrets" : "set";
    const where = namespace === null ? "in all namespaces" : `in ${namespace}`;
    const name = `${SETS[what]} ${where}`;
    return this.graph.node(
      kind,
      `${what} ${namespace ?? "*"}`,
      what === "people" ? SETS.people : name,
    );
  }
}
