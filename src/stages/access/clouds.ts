// Clouds of the graph: which service accounts are somebody there, and whom from there the cluster lets in.
import { type CloudAccount, cloudKey } from "../../model/cloud-access.ts";
import type { CloudVisitor } from "../../model/cloud-visitors.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE, identityOf, type Rbac } from "../../model/rbac.ts";
import type { Workload } from "../../model/workload.ts";
import type { Cause } from "./graph.ts";
import type { Scene } from "./scene.ts";

/** Credentials that pods of a service account are given. */
interface Credentials {
  readonly cloud: number;
  readonly cause: Cause;
  /** A label that a pod must have as well; null for none. */
  readonly label: string | null;
}

/** Annotations by which a service account is somebody in a cloud: EKS (IRSA), GKE, AKS. The last is for pods that ask for it. */
const ANNOTATIONS: ReadonlyMap<string, string | null> = new Map([
  ["eks.amazonaws.com/role-arn", null],
  ["iam.gke.io/gcp-service-account", null],
  ["azure.workload.identity/client-id", "azure.workload.identity/use"],
]);

const NODES = "system:nodes";

export class Clouds {
  readonly #scene: Scene;
  /** By `NAMESPACE/NAME`. */
  readonly #credentials = new Map<string, Credentials[]>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Takes what an object says of service accounts into the graph. */
  add(object: ClusterObject): void {
    for (const said of cloudAccountsOf(object)) this.#give(said, object);
  }

  /**
   * What a container finds of the credentials of its pod's service account, where it does not have that one's own token: clouds put
   * a token of theirs beside it, whatever is said of it.
   */
  found(container: number, account: string, { labels }: Workload): void {
    for (const { cloud, cause, label } of this.#credentials.get(account) ?? [])
      if (label === null || labels.some(({ name, value }) => name === label && value === "true"))
        this.#scene.graph.edge(container, cloud, "CLOUD_IDENTITY", cause);
  }

  /** Takes whom the cluster lets in into the graph. */
  visitors(rbac: Rbac): void {
    // Those of whom EKS itself has an entry.
    const entries = new Set<string>();
    for (const { object, principal } of rbac.visitors.all)
      if (object.kind !== "ConfigMap") entries.add(cloudKey(principal.name));
    for (const visitor of rbac.visitors.all) this.#visitor(visitor, entries);
    for (const user of rbac.identities()) {
      if (user.kind !== "User") continue;
      for (const visitor of rbac.visitors.asUser(user.name)) {
        const from = this.#scene.cloud(visitor.principal.name);
        const to = this.#scene.identity(user);
        const { supposed, ...cause } = causeOf(visitor, visitor.principal.at, entries);
        const isChosen = visitor.principal.username !== user.name && supposed === "";
        const chosen = isChosen ? "whoever comes names the session so" : supposed;
        this.#scene.graph.edge(from, to, "CLOUD_ENTRY", { ...cause, supposed: chosen });
      }
    }
  }

  #visitor(visitor: CloudVisitor, entries: ReadonlySet<string>): void {
    const { principal } = visitor;
    const from = this.#scene.identity(identityOf("CloudIdentity", principal.name, null));
    for (const { name, at } of principal.groups ?? []) {
      const group = this.#scene.identity(identityOf("Group", name, null));
      this.#scene.graph.edge(from, group, "CLOUD_ENTRY", causeOf(visitor, at, entries));
    }
    if (!principal.groups?.some(({ name }) => name === NODES)) return;
    // A machine that joins with this role has it, and whoever is root there asks for its credentials.
    const supposed = `the node has the role ${principal.name}`;
    for (const node of this.#scene.nodes)
      if (!/^(?:the host$|Host )/.test(this.#scene.graph.nameOf(node)))
        this.#scene.graph.edge(node, from, "CLOUD_IDENTITY", { fix: "", evidence: null, supposed });
  }

  #give({ at, namespace, account, principal, annotation }: SaidAccount, of: ClusterObject): void {
    const key = `${namespace}/${account}`;
    const fix =
      annotation === null
        ? `delete the Pod Identity association of ServiceAccount ${key} with ${principal}`
        : `take the annotation ${annotation} from ServiceAccount ${key}`;
    const edits = annotation === null ? {} : { edits: [{ kind: "remove", at } as const] };
    const cause: Cause = { fix, ...edits, evidence: { of, at }, supposed: "" };
    const cloud = this.#scene.cloud(principal);
    const own = this.#scene.identity(identityOf("ServiceAccount", account, namespace));
    this.#scene.graph.edge(own, cloud, "CLOUD_IDENTITY", cause);
    const label = annotation === null ? null : (ANNOTATIONS.get(annotation) ?? null);
    const credentials = { cloud, cause, label };
    const known = this.#credentials.get(key);
    if (known === undefined) this.#credentials.set(key, [credentials]);
    else known.push(credentials);
  }
}

/** A service account that is somebody in a cloud, by an annotation of its own; by an association where that is null. */
export interface SaidAccount extends CloudAccount {
  readonly annotation: string | null;
}

/** What an object says of service accounts. */
export function cloudAccountsOf(object: ClusterObject): SaidAccount[] {
  const associated = object.cloud?.accounts ?? [];
  const found = associated.map((one): SaidAccount => ({ ...one, annotation: null }));
  if (object.kind !== "ServiceAccount") return found;
  const namespace = object.namespace ?? DEFAULT_NAMESPACE;
  for (const { name, value, at } of object.annotations)
    if (ANNOTATIONS.has(name) && value.state === "known" && value.value !== "")
      found.push({ at, namespace, account: object.name, principal: value.value, annotation: name });
  return found;
}

function causeOf(
  { object, principal }: CloudVisitor,
  at: string,
  entries: ReadonlySet<string>,
): Cause {
  const { kind, name, namespace, apiVersion } = object;
  const isMap = kind === "ConfigMap";
  const fix = isMap
    ? `take ${principal.name} out of ${principal.place} of ConfigMap ${namespace}/${name}`
    : at === principal.at
      ? `delete the access entry of ${principal.name}`
      : `take the access entry of ${principal.name} out of its groups`;
  const isOfFile = apiVersion !== "" && at !== principal.at && !isMap;
  return {
    fix,
    ...(isOfFile ? { edits: [{ kind: "remove", at }] } : {}),
    evidence: { of: object, at },
    supposed: isMap && entries.has(cloudKey(principal.name)) ? ENTRY_WINS : "",
  };
}

const ENTRY_WINS = "its access entry does not take the place of what the ConfigMap says";
