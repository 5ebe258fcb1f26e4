// Hosts of container engines in the graph: whoever asks an engine that runs as root is root there.
import type { EngineAccess, EngineCaller } from "../../model/engine-access.ts";
import type { Host } from "../../model/host.ts";
import type { Workload } from "../../model/workload.ts";
import type { Cause } from "./graph.ts";
import type { Places } from "./places.ts";
import type { Scene } from "./scene.ts";

/** A host, and who may ask its engines. */
export interface HostFacts {
  readonly host: Host;
  readonly access: readonly EngineAccess[];
}

export class Hosts {
  readonly #scene: Scene;
  readonly #places: Places;
  /** Ports that only a host itself reaches: its containers reach them where they share its network. */
  readonly #local: { readonly host: number; readonly cause: Cause }[] = [];
  readonly #nodes: number[] = [];
  /** Whether an engine answers whoever is in the network around its host. */
  hasNetwork = false;

  constructor(scene: Scene, places: Places) {
    this.#scene = scene;
    this.#places = places;
  }

  add({ host, access }: HostFacts): void {
    const node = this.#node(host);
    this.#nodes.push(node);
    for (const one of access) this.#access(node, host, one);
  }

  /** On which host a container of an engine is; the only one that is known, or one of which nothing else is. */
  of(platform: string): number {
    const [only, ...others] = this.#nodes;
    if (only !== undefined && others.length === 0) return only;
    const host = this.#scene.graph.node("node", `host of ${platform}`, "the host");
    if (!this.#scene.nodes.includes(host)) this.#scene.nodes.push(host);
    return host;
  }

  /** What a container reaches of its own host. */
  reached(container: number, on: number, { host: { network } }: Workload): void {
    if (network.state !== "known" || !network.value) return;
    for (const { host, cause } of this.#local)
      if (host === on) this.#scene.graph.edge(container, host, "ENGINE_LISTENER", cause);
  }

  /** A host that is a node of the cluster is one thing. */
  #node({ name }: Host): number {
    const known = this.#places.named(name);
    if (known !== null) return known;
    const title = name === "" ? "the host" : `Host ${name}`;
    const node = this.#scene.graph.node("node", `host ${name}`, title);
    if (!this.#scene.nodes.includes(node)) this.#scene.nodes.push(node);
    return node;
  }

  #access(node: number, of: Host, { who, group, at, fix, supposed }: EngineAccess): void {
    const { graph } = this.#scene;
    const on = of.name === "" ? "" : ` of ${of.name}`;
    const cause: Cause = {
      fix: `${fix}${on === "" ? "" : ` on ${of.name}`}`,
      evidence: { of, at },
      supposed,
    };
    const from = this.#caller(who, on);
    if (who.kind === "remote") {
      if (who.reach === "host") this.#local.push({ host: node, cause });
      for (const one of from) graph.edge(one, node, "ENGINE_LISTENER", cause);
      return;
    }
    if (group === null) for (const one of from) graph.edge(one, node, "ENGINE_SOCKET", cause);
    else {
      const members = graph.node("set", `group ${group}${on}`, `Group ${group}${on}`);
      for (const one of from) graph.edge(one, members, "MEMBER", cause);
      graph.edge(members, node, "ENGINE_SOCKET");
    }
  }

  #caller(who: EngineCaller, on: string): number[] {
    const { graph, identities, internet, network } = this.#scene;
    if (who.kind === "remote" && who.reach === "everywhere") return [internet];
    if (who.kind === "remote" && who.reach === "network") {
      this.hasNetwork = true;
      return [network];
    }
    const name = who.kind === "user" ? `User ${who.name}${on}` : `whoever has an account${on}`;
    const node = graph.node("identity", `host ${name}`, name);
    identities.add(node);
    return [node];
  }
}
