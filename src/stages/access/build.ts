// The access graph of what was read: who and what there is, and what each can become.
import type { AccessTarget } from "../../model/access-target.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Edit } from "../../model/edit.ts";
import { DEFAULT_NAMESPACE, identityOf, impliedGroups, Rbac } from "../../model/rbac.ts";
import type { Workload } from "../../model/workload.ts";
import { Clouds } from "./clouds.ts";
import { exposures } from "./exposures.ts";
import type { Graph } from "./graph.ts";
import { type HostFacts, Hosts } from "./hosts.ts";
import { Places } from "./places.ts";
import { Pods } from "./pods.ts";
import { Roles } from "./roles.ts";
import { Scene, type SetName, SYSTEM } from "./scene.ts";

export interface AccessFacts {
  readonly objects: readonly ClusterObject[];
  readonly workloads: readonly Workload[];
  /** Machines on which engines run, as far as somebody looked at them. */
  readonly hosts?: readonly HostFacts[];
  /** Whether admission would let a pod into a namespace that takes over its node. */
  readonly admitsTakeover: (namespace: string) => Admits;
}

export interface Admits {
  readonly isAdmitted: boolean;
  /** What was supposed to tell; `""` when nothing was. */
  readonly supposed: string;
  readonly namespace: ClusterObject | null;
}

export interface AccessGraph {
  readonly graph: Graph;
  readonly rbac: Rbac;
  readonly internet: number;
  /** The network of the cloud, from which internal balancers are reached; null when there is none. */
  readonly network: number | null;
  readonly targets: Readonly<Record<AccessTarget, readonly number[]>>;
  /** Every pod, or container of an engine. */
  readonly pods: readonly number[];
  readonly identities: readonly number[];
}

/** What is no node of a cluster. */
const HOST = /^(?:the host$|Host )/;

const CONTROL_PLANE = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/** Builds the graph of everything that was read. Its cost is linear in objects, bindings and edges. */
export function accessGraph(facts: AccessFacts): AccessGraph {
  return new Build(facts).done();
}

class Build {
  readonly #facts: AccessFacts;
  readonly #scene = new Scene();
  readonly #rbac: Rbac;
  readonly #accounts = new Map<string, ClusterObject>();
  readonly #clouds: Clouds;
  readonly #places: Places;
  readonly #hosts: Hosts;
  readonly #pods: Pods;
  readonly #roles: Roles;
  #hasInternal = false;

  constructor(facts: AccessFacts) {
    this.#facts = facts;
    this.#rbac = new Rbac(facts.objects);
    this.#clouds = new Clouds(this.#scene);
    this.#places = new Places(this.#scene);
    this.#hosts = new Hosts(this.#scene, this.#places);
    this.#pods = new Pods(this.#scene, {
      accounts: this.#accounts,
      clouds: this.#clouds,
      places: this.#places,
      hosts: this.#hosts,
    });
    this.#roles = new Roles(this.#scene, this.#rbac, this.#pods);
  }

  done(): AccessGraph {
    const { objects, workloads, hosts = [] } = this.#facts;
    for (const object of objects) this.#object(object);
    for (const workload of workloads) this.#places.seen(workload);
    for (const host of hosts) this.#hosts.add(host);
    for (const workload of workloads) this.#pods.add(workload);
    this.#places.close();
    // What a role leads to may be pods by their names.
    for (const object of objects) this.#ownRole(object);
    // The group that is asked nothing is in the graph itself.
    for (const grant of this.#rbac.grants)
      if (grant.role.kind !== "Group") this.#roles.grant(grant);
    this.#clouds.visitors(this.#rbac);
    this.#members();
    this.#sets();
    this.#exposed();
    const graph = this.#scene.graph.build();
    const secrets = graph.nodes.filter(({ kind }) => kind === "secrets").map(({ id }) => id);
    return {
      graph,
      rbac: this.#rbac,
      internet: this.#scene.internet,
      network: this.#hasInternal || this.#hosts.hasNetwork ? this.#scene.network : null,
      targets: { "cluster-admin": [this.#scene.admin], "node-root": this.#scene.nodes, secrets },
      pods: this.#pods.all,
      identities: [...this.#scene.identities],
    };
  }

  #object(object: ClusterObject): void {
    const { kind, name } = object;
    const namespace = object.namespace ?? DEFAULT_NAMESPACE;
    if (kind === "Namespace") this.#scene.namespaces.add(name);
    if (kind === "ServiceAccount") {
      this.#accounts.set(`${namespace}/${name}`, object);
      this.#scene.identity(identityOf("ServiceAccount", name, namespace), object);
    }
    this.#clouds.add(object);
    if (kind === "Node") this.#node(object);
  }

  /** Of a namespace: it may be bound, whether or not it is. */
  #ownRole({ role, name, namespace: where }: ClusterObject): void {
    if (role === null || role.isClusterWide) return;
    const namespace = where ?? DEFAULT_NAMESPACE;
    this.#scene.namespaces.add(namespace);
    const found = this.#rbac.role("Role", name, namespace);
    if (found !== null) this.#roles.role(found, namespace);
  }

  #node(object: ClusterObject): void {
    const node = this.#places.node(object);
    const isControlPlane = object.labels.some(({ name }) => CONTROL_PLANE.includes(name));
    if (isControlPlane) this.#scene.graph.edge(node, this.#scene.admin, "CONTROL_PLANE");
  }

  /** Only groups that have something are of interest. */
  #members(): void {
    const groups = new Set(
      this.#rbac.identities().flatMap(({ kind, name }) => (kind === "Group" ? [name] : [])),
    );
    this.#strangers(groups);
    const all = [
      ...this.#rbac.identities(),
      ...[...this.#accounts.values()].map(({ name, namespace }) =>
        identityOf("ServiceAccount", name, namespace ?? DEFAULT_NAMESPACE),
      ),
      ...this.#rbac.visitors.all.map(({ principal }) =>
        identityOf("CloudIdentity", principal.name, null),
      ),
      identityOf("User", "system:anonymous", null),
    ];
    for (const identity of all)
      for (const name of impliedGroups(identity))
        if (groups.has(name))
          this.#scene.graph.edge(
            this.#scene.identity(identity),
            this.#scene.identity(identityOf("Group", name, null)),
            "MEMBER",
          );
  }

  /** Whoever reaches the API server, and says nothing of who they are, is somebody there. */
  #strangers(groups: ReadonlySet<string>): void {
    const nobody = identityOf("User", "system:anonymous", null);
    const hasGrants =
      this.#rbac.grantsTo(nobody).length > 0 || groups.has("system:unauthenticated");
    if (!hasGrants) return;
    const supposed = "the API server is reached from there, and lets strangers ask";
    const cause = { fix: "", edits: [], evidence: null, supposed };
    const { graph, internet } = this.#scene;
    graph.edge(internet, this.#scene.identity(nobody), "ANONYMOUS", cause);
  }

  #sets(): void {
    const graph = this.#scene.graph;
    const parts: readonly SetName[] = [
      "pods",
      "accounts",
      "tokens",
      "roles",
      "secrets",
      "takeover",
      "everything",
    ];
    for (const namespace of this.#scene.namespaces) {
      for (const what of parts)
        graph.edge(this.#scene.set(what, null), this.#scene.set(what, namespace), "CONTAINS");
      const everything = this.#scene.set("everything", namespace);
      for (const what of ["pods", "accounts", "roles", "secrets", "takeover"] as const)
        graph.edge(everything, this.#scene.set(what, namespace), "CONTAINS");
      const { isAdmitted, supposed, namespace: of } = this.#facts.admitsTakeover(namespace);
      if (!isAdmitted) continue;
      const fix = `label Namespace ${namespace} pod-security.kubernetes.io/enforce: baseline`;
      const at = `${of?.at ?? ""}/metadata/labels/pod-security.kubernetes.io~1enforce`;
      const edits: readonly Edit[] = [{ kind: "set", at, value: "baseline" }];
      const evidence = of === null ? null : { of, at: of.at };
      graph.edge(this.#scene.set("takeover", namespace), this.#scene.anyNode, "POD_CREATE", {
        fix,
        edits,
        evidence,
        supposed,
      });
    }
    // Controllers of the cluster itself have their accounts there, one of them for writing roles.
    const supposed = "the controllers' service accounts are there, as in every cluster";
    const cause = { fix: "", evidence: null, supposed };
    graph.edge(this.#scene.set("accounts", SYSTEM), this.#scene.admin, "EVERYTHING", cause);
    graph.edge(this.#scene.admin, this.#scene.set("everything", null), "CONTAINS");
    graph.edge(this.#scene.admin, this.#scene.anyNode, "CONTAINS");
    const kubelets = this.#scene.identity(identityOf("Group", "system:nodes", null));
    for (const node of this.#scene.nodes) {
      const isHost = HOST.test(graph.nameOf(node));
      if (!isHost) graph.edge(node, kubelets, "NODE_IDENTITY");
    }
  }

  #exposed(): void {
    for (const exposure of exposures(this.#facts, this.#pods.all)) {
      const { endpoint, name, of, at, pods, fix, isInternal, supposed } = exposure;
      const node = this.#scene.graph.node("endpoint", endpoint, name, of);
      const cause = { fix, evidence: { of, at }, supposed };
      this.#hasInternal ||= isInternal;
      const from = isInternal ? this.#scene.network : this.#scene.internet;
      this.#scene.graph.edge(from, node, "ENDPOINT_EXPOSED", cause);
      const flaw = { fix: "", evidence: null, supposed: "there is a flaw in what answers" };
      for (const pod of pods) this.#scene.graph.edge(node, pod, "ENDPOINT_EXPLOIT", flaw);
    }
  }
}
