// On which node what runs, and so whose tokens lie beside it: a pod is on one node, and not on every.
import type { ClusterObject } from "../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE } from "../../model/rbac.ts";
import type { Label, Workload } from "../../model/workload.ts";
import type { Cause } from "./graph.ts";
import { SAME_NODE, type Scene } from "./scene.ts";

/** Where a workload runs. */
export interface Place {
  /** The node, in the graph; where it is one of several, what stands for them. */
  readonly host: number;
  /** The pods whose tokens lie on it. */
  readonly pods: number;
  /** What is supposed when they are said to lie there; `""` for nothing. */
  readonly supposed: string;
}

/** A node by its name, and what is on it. */
interface Machine {
  readonly node: number;
  readonly pods: number;
}

/** Nodes with the labels that pods ask for. */
interface Pool extends Place {
  readonly labels: readonly Label[];
  /** The pods that ask for them. */
  readonly asking: number;
}

export class Places {
  readonly #scene: Scene;
  readonly #machines = new Map<string, Machine>();
  /** By `NAME=VALUE` of each label. */
  readonly #byLabel = new Map<string, { object: ClusterObject; machine: Machine }[]>();
  readonly #pools = new Map<string, Pool>();
  /** Names of the nodes on which pods of a controller run; by {@link ownKey}. */
  readonly #running = new Map<string, Set<string>>();
  /** Pods of which nothing tells where they run; null while there are none. */
  #untold: number | null = null;
  #hasNodes = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Takes a Node into the graph. */
  node(object: ClusterObject): number {
    this.#hasNodes = true;
    const machine = this.#machine(object.name, object);
    for (const label of object.labels) {
      const key = labelKey(label);
      const known = this.#byLabel.get(key);
      if (known === undefined) this.#byLabel.set(key, [{ object, machine }]);
      else known.push({ object, machine });
    }
    return machine.node;
  }

  /** A node of the cluster; null when there is none of this name. */
  named(name: string): number | null {
    return this.#machines.get(name)?.node ?? null;
  }

  /** Takes note of where a pod runs, for what made it. To be called for all before any {@link of}. */
  seen({ namespace, started, placement }: Workload): void {
    if (placement?.node.state !== "known") return;
    this.#machine(placement.node.value, null);
    const controller = started?.controller ?? null;
    if (controller === null) return;
    const key = ownKey(controller.kind, controller.name, namespace);
    const known = this.#running.get(key);
    if (known === undefined) this.#running.set(key, new Set([placement.node.value]));
    else known.add(placement.node.value);
  }

  /** Where a workload of Kubernetes runs; its node in the graph is put among those that are there. */
  of(workload: Workload, pod: number): Place {
    const { placement } = workload;
    const names =
      placement?.node.state === "known" ? [placement.node.value] : this.#nodesOf(workload);
    const machines = names.map((name) => this.#machine(name, null));
    for (const { pods } of machines) this.#scene.graph.edge(pods, pod, "CONTAINS");
    const [first] = machines;
    if (first !== undefined && machines.length === 1)
      return { host: first.node, pods: first.pods, supposed: "" };
    if (first !== undefined) return this.#several(machines, this.#scene.graph.nameOf(pod));
    if (placement !== undefined && placement.labels.length > 0) {
      const pool = this.#pool(placement.labels);
      this.#scene.graph.edge(pool.asking, pod, "CONTAINS");
      return pool;
    }
    this.#untold ??= this.#scene.graph.node("set", "untold", "pods whose node is not told");
    this.#scene.graph.edge(this.#untold, pod, "CONTAINS");
    return this.anywhere();
  }

  /** Of a pod whose node nothing tells: any other may be beside it. */
  anywhere(): Place {
    return {
      host: this.#scene.aNode,
      pods: this.#scene.set("pods", null),
      supposed: SAME_NODE,
    };
  }

  /** Says which pods' tokens lie on which node. To be called when all workloads are there. */
  close(): void {
    const { graph, aNode, anyNode } = this.#scene;
    const here: Cause = { fix: "", evidence: null, supposed: SAME_NODE };
    const { pods } = this.anywhere();
    for (const node of [aNode, anyNode]) graph.edge(node, pods, "NODE_TOKENS", here);
    for (const machine of this.#machines.values()) {
      graph.edge(machine.node, machine.pods, "NODE_TOKENS");
      if (this.#untold !== null) graph.edge(machine.pods, this.#untold, "CONTAINS", here);
    }
    for (const pool of this.#pools.values()) this.#closePool(pool, here);
  }

  #closePool({ host, pods, asking, labels }: Pool, here: Cause): void {
    const { graph } = this.#scene;
    graph.edge(host, pods, "NODE_TOKENS", here);
    if (!this.#hasNodes) {
      graph.edge(pods, this.#scene.set("pods", null), "CONTAINS");
      return;
    }
    const one: Cause = { fix: "", evidence: null, supposed: "that it runs on this one of them" };
    for (const machine of this.#withAll(labels)) {
      graph.edge(host, machine.node, "CONTAINS", one);
      graph.edge(pods, machine.pods, "CONTAINS");
      graph.edge(machine.pods, asking, "CONTAINS", here);
    }
  }

  #withAll(labels: readonly Label[]): Machine[] {
    const lists = labels.map((label) => this.#byLabel.get(labelKey(label)) ?? []);
    lists.sort((a, b) => a.length - b.length);
    return (lists[0] ?? [])
      .filter(({ object }) =>
        labels.every(({ name, value }) =>
          object.labels.some((own) => own.name === name && own.value === value),
        ),
      )
      .map(({ machine }) => machine);
  }

  #machine(name: string, object: ClusterObject | null): Machine {
    const known = this.#machines.get(name);
    if (known !== undefined) return known;
    const { graph, nodes, anyNode } = this.#scene;
    const title = `Node ${name}`;
    const node = graph.node("node", title, title, object);
    const pods = graph.node("set", `pods on ${name}`, `pods on ${title}`);
    nodes.push(node);
    graph.edge(anyNode, node, "CONTAINS");
    const machine = { node, pods };
    this.#machines.set(name, machine);
    return machine;
  }

  /** What a controller made runs where it was started; what runs tomorrow may run elsewhere. */
  #several(machines: readonly Machine[], name: string): Place {
    const { graph, nodes } = this.#scene;
    const host = graph.fresh("node", `a node of ${name}`, null);
    const pods = graph.fresh("set", `pods on nodes of ${name}`, null);
    nodes.push(host);
    for (const machine of machines) {
      graph.edge(host, machine.node, "CONTAINS");
      graph.edge(pods, machine.pods, "CONTAINS");
    }
    return { host, pods, supposed: "" };
  }

  #nodesOf({ kind, name, namespace, labels }: Workload): readonly string[] {
    const own = this.#running.get(ownKey(kind, name, namespace));
    if (own !== undefined || kind !== "ReplicaSet") return [...(own ?? [])];
    // Pods of a Deployment's ReplicaSet are known as those of the Deployment.
    const hash = labels.find((label) => label.name === "pod-template-hash")?.value ?? "";
    if (hash === "" || !name.endsWith(`-${hash}`)) return [];
    const deployment = name.slice(0, -hash.length - 1);
    return [...(this.#running.get(ownKey("Deployment", deployment, namespace)) ?? [])];
  }

  #pool(labels: readonly Label[]): Pool {
    const name = labels.map(labelKey).sort().join(", ");
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const { graph, nodes } = this.#scene;
    const host = graph.node("node", `with ${name}`, `a node with ${name}`);
    const pods = graph.node("set", `pods on nodes with ${name}`);
    const asking = graph.node("set", `pods for nodes with ${name}`);
    nodes.push(host);
    const pool: Pool = { host, pods, asking, labels, supposed: SAME_NODE };
    this.#pools.set(name, pool);
    return pool;
  }
}

function labelKey({ name, value }: Label): string {
  return `${name}=${value}`;
}

function ownKey(kind: string, name: string, namespace: string | null): string {
  return `${kind} ${namespace ?? DEFAULT_NAMESPACE}/${name}`;
}
