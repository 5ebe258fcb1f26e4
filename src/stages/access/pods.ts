// Pods of the graph: their containers, the tokens in them, and the ways out onto their hosts.
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Edit } from "../../model/edit.ts";
import { DEFAULT_NAMESPACE, identityOf } from "../../model/rbac.ts";
import type { Container, Volume, Workload } from "../../model/workload.ts";
import type { Clouds } from "./clouds.ts";
import { escapesOf, hostFoldersOf } from "./escapes.ts";
import type { Cause } from "./graph.ts";
import type { Hosts } from "./hosts.ts";
import type { Place, Places } from "./places.ts";
import type { Scene } from "./scene.ts";

/** What pods have to do with. */
interface PodSurroundings {
  /** By `NAMESPACE/NAME`. */
  readonly accounts: ReadonlyMap<string, ClusterObject>;
  readonly clouds: Clouds;
  readonly places: Places;
  readonly hosts: Hosts;
}

/** Takes workloads into the graph. */
export class Pods {
  /** The node of each workload, in their order. */
  readonly all: number[] = [];
  readonly #scene: Scene;
  readonly #byName = new Map<string, number[]>();
  /** Whether pods of a service account get its token; by `NAMESPACE/NAME`. */
  readonly #accounts: ReadonlyMap<string, ClusterObject>;

  readonly #clouds: Clouds;
  readonly #places: Places;
  readonly #hosts: Hosts;

  constructor(scene: Scene, { accounts, clouds, places, hosts }: PodSurroundings) {
    this.#scene = scene;
    this.#accounts = accounts;
    this.#clouds = clouds;
    this.#places = places;
    this.#hosts = hosts;
  }

  add(workload: Workload): void {
    const isPod = workload.platform === "kubernetes";
    const namespace = isPod ? (workload.namespace ?? DEFAULT_NAMESPACE) : "";
    const name = titleOf(workload);
    const pod = this.#scene.graph.fresh("pod", name, workload);
    this.all.push(pod);
    const place = isPod ? this.#places.of(workload, pod) : this.#host(workload.platform);
    if (isPod) {
      this.#scene.namespaces.add(namespace);
      this.#scene.graph.edge(this.#scene.set("pods", namespace), pod, "CONTAINS");
      const known = this.#byName.get(workload.name);
      if (known === undefined) this.#byName.set(workload.name, [pod]);
      else known.push(pod);
    }
    const token = isPod ? this.#token(workload, namespace) : null;
    const containers = workload.containers.map((container) => {
      const title = `container ${container.name} of ${name}`;
      const node = this.#scene.graph.fresh("container", title, workload);
      this.#scene.graph.edge(pod, node, "CONTAINER_ATTACH");
      if (token !== null)
        this.#scene.graph.edge(node, token.account, "IDENTITY_ASSUME", token.cause);
      else if (isPod) this.#clouds.found(node, `${namespace}/${accountOf(workload)}`, workload);
      this.#escapes(node, place, workload, container);
      this.#hosts.reached(node, place.host, workload);
      return node;
    });
    this.#shared(workload, containers, name);
  }

  /** @param namespace null for any. */
  named(name: string, namespace: string | null): number[] {
    const pods = this.#byName.get(name) ?? [];
    return namespace === null ? pods : pods.filter((pod) => this.#namespaceOf(pod) === namespace);
  }

  #namespaceOf(pod: number): string {
    const workload = this.#scene.graph.nodeOf(pod);
    return workload?.namespace ?? DEFAULT_NAMESPACE;
  }

  #host(platform: string): Place {
    return { ...this.#places.anywhere(), host: this.#hosts.of(platform) };
  }

  #token(workload: Workload, namespace: string): { account: number; cause: Cause } | null {
    const { mountsToken } = workload.account;
    const account = accountOf(workload);
    const usual = this.#accounts.get(`${namespace}/${account}`)?.mountsToken;
    const said = mountsToken.state === "absent" ? usual : mountsToken;
    const isOff = said?.state === "known" && !said.value;
    if (isOff && !workload.volumes.some(isProjected)) return null;
    const owner = titleOf(workload);
    const fix = isOff
      ? `take the projected token from ${owner}, unless it asks the API server`
      : `set automountServiceAccountToken: false in ${owner}, unless it asks the API server`;
    const at = `${workload.podAt}/automountServiceAccountToken`;
    const edits: readonly Edit[] = isOff ? [] : [{ kind: "set", at, value: false }];
    const evidence = { of: workload, at: workload.podAt };
    const cause = { fix, edits, evidence, supposed: isOff ? PROJECTED : "" };
    return {
      account: this.#scene.identity(identityOf("ServiceAccount", account, namespace)),
      cause,
    };
  }

  #escapes(
    node: number,
    { host, pods, supposed: beside }: Place,
    workload: Workload,
    container: Container,
  ): void {
    for (const { type, at, fix, edits, supposed } of escapesOf(workload, container))
      this.#scene.graph.edge(node, host, type, {
        fix: `${fix} of ${titleOf(workload)}`,
        edits,
        evidence: { of: workload, at },
        supposed,
      });
    for (const { volume, path, leads } of hostFoldersOf(workload, container)) {
      const folder = this.#scene.graph.fresh("volume", `${path} of the host`, workload);
      const fix = `take the host's ${path} from container ${container.name} of ${titleOf(workload)}`;
      // Other containers may have it by other mounts: it goes from this one.
      const edits = volume.mounts.flatMap(({ container: name, at }): Edit[] =>
        name === null || name === container.name ? [{ kind: "remove", at }] : [],
      );
      const cause = { fix, edits, evidence: { of: workload, at: volume.at }, supposed: "" };
      this.#scene.graph.edge(node, folder, "VOLUME_DISCOVER", cause);
      for (const type of leads)
        if (type === "EXPLOIT_HOST_TRAVERSE")
          this.#scene.graph.edge(folder, pods, type, { ...cause, supposed: beside });
        else this.#scene.graph.edge(folder, host, type, cause);
    }
  }

  #shared(workload: Workload, containers: readonly number[], name: string): void {
    const { sharesProcesses } = workload;
    if (sharesProcesses.state !== "known" || !sharesProcesses.value) return;
    const fix = `set shareProcessNamespace: false in ${name}`;
    const edits: readonly Edit[] = [{ kind: "set", at: sharesProcesses.at, value: false }];
    const cause = {
      fix,
      edits,
      evidence: { of: workload, at: sharesProcesses.at },
      supposed: "",
    };
    // One set for all, and not an edge for each pair of them.
    const shared = this.#scene.graph.fresh("set", `processes of ${name}`, workload);
    for (const container of containers) {
      this.#scene.graph.edge(container, shared, "SHARE_PS_NAMESPACE", cause);
      this.#scene.graph.edge(shared, container, "SHARE_PS_NAMESPACE", cause);
    }
  }
}

/** `Pod shop/web`; what an engine runs is in no namespace. */
export function titleOf({ platform, kind, name, namespace }: Workload): string {
  return `${kind} ${platform === "kubernetes" ? `${namespace ?? DEFAULT_NAMESPACE}/` : ""}${name}`;
}

/** The name of the service account of a pod. */
function accountOf({ account: { name } }: Workload): string {
  return name.state === "known" && name.value !== "" ? name.value : "default";
}

/** A projected volume may hold a token that was asked for by itself; what it holds is not read. */
function isProjected({ type }: Volume): boolean {
  return type.state === "known" && type.value === "projected";
}

const PROJECTED = "its projected volume holds a token";
