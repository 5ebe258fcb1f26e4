// `bulwark admit install|uninstall --apply`: first what would be done, object by object, then that and nothing else. Only what
// has the labels of this installation is touched.
import {
  apiPath,
  labelsOf,
  type Manifest,
  NAMESPACE_KIND,
  OWN_KINDS,
  type OwnKind,
  WEBHOOK_CONFIGURATIONS,
} from "../formats/admission-manifests.ts";
import { POLICY_REPORT_API, reportLabelsOf } from "../formats/policy-report.ts";
import type { ClusterApi, ClusterObject } from "../io/kubernetes/api.ts";
import {
  type ChosenCluster,
  type ClusterChoice,
  chosenCluster,
} from "../io/kubernetes/kubeconfig.ts";
import { untilRunning } from "../io/kubernetes/until-running.ts";
import { AppError } from "../kit/error.ts";
import { demandName, type InstallRequest, installObjects } from "./admit-install.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is to be done with an object. `keep`: it is already so. `leave`: it is not ours. */
export type StepVerb = "create" | "change" | "keep" | "remove" | "leave";

export interface Step {
  readonly verb: StepVerb;
  readonly kind: string;
  /** `NAMESPACE/NAME`, or `NAME`. */
  readonly object: string;
  /** Why it is left; `""` otherwise. */
  readonly why: string;
  readonly path: string;
  /** Of what is there; null of what is not. */
  readonly uid: string | null;
  readonly wanted: Manifest | null;
}

/** With these the API server begins to ask. */
const ASKING: ReadonlySet<string> = new Set(WEBHOOK_CONFIGURATIONS);

/** What would be done, and how to do it. */
export interface ClusterPlan {
  readonly cluster: Pick<ChosenCluster, "label" | "server">;
  readonly steps: readonly Step[];
  /** Does it, one object after the other. @throws {AppError} `cluster-failed` naming the object; what was done before stays. */
  carryOut(): Promise<void>;
}

type Names = Pick<InstallRequest, "name" | "namespace">;

export interface ApplyRequest {
  readonly choice: ClusterChoice;
  /** Take fields over that somebody else has set. */
  readonly isForced: boolean;
  /** How long is waited for a pod that answers. */
  readonly startMs?: number;
}

const START_MS = 180_000;

/**
 * Compares what is to be with what is. The API server is asked what would come of each object, so most of what it refuses is
 * known before anything is changed.
 *
 * @throws {AppError} as `installManifests`, `chosenCluster`; `cluster-failed` when an object of the name is not ours.
 */
export async function planInstall(
  install: InstallRequest,
  request: ApplyRequest,
  surroundings: Surroundings,
): Promise<ClusterPlan> {
  const objects = await installObjects(install);
  const cluster = await chosenCluster(request.choice, surroundings.env, surroundings.signal);
  const planner = new Planner(cluster.api, install, request.isForced);
  const steps: Step[] = [];
  for (const object of objects) {
    surroundings.progress(`looking at ${object.kind} ${object.metadata.name}`);
    steps.push(await planner.wanted(object));
  }
  const kinds = new Set(objects.map(({ kind }) => kind));
  // What an earlier installation had, and this one has not: the configuration that changes pods, say.
  const others = OWN_KINDS.filter(({ kind }) => !kinds.has(kind));
  const stale = (await planner.unwanted(others)).filter(({ verb }) => verb === "remove");
  return planOf(cluster, [...stale, ...steps], request, surroundings);
}

/** The same for everything that is ours. Whom the API server asks goes first. */
export async function planUninstall(
  names: Names,
  choice: ClusterChoice,
  surroundings: Surroundings,
): Promise<ClusterPlan> {
  for (const name of [names.name, names.namespace]) demandName(name);
  const cluster = await chosenCluster(choice, surroundings.env, surroundings.signal);
  const planner = new Planner(cluster.api, names, false);
  const steps = [
    ...(await planner.unwanted(OWN_KINDS)),
    ...(await planner.reports()),
    ...(await planner.namespace()),
  ];
  return planOf(cluster, steps, { isForced: false }, surroundings);
}

function planOf(
  { api, label, server }: ChosenCluster,
  steps: readonly Step[],
  { isForced, startMs = START_MS }: Pick<ApplyRequest, "isForced" | "startMs">,
  surroundings: Surroundings,
): ClusterPlan {
  const { progress } = surroundings;
  const asked = steps.find(({ kind }) => kind === "Deployment");
  const done = async ({ verb, kind, path, uid, wanted }: Step): Promise<void> => {
    if (verb === "create" && ASKING.has(kind) && asked !== undefined)
      await untilRunning(api, asked, startMs, surroundings);
    if ((verb === "create" || verb === "change") && wanted !== null)
      await api.apply(path, { ...wanted }, { isDryRun: false, isForced });
    if (verb === "remove" && uid !== null) await api.remove(path, uid);
  };
  const carryOut = async (): Promise<void> => {
    for (const step of steps) {
      progress(`${step.verb} ${step.kind} ${step.object}`);
      await done(step);
    }
    progress(null);
  };
  progress(null);
  return { cluster: { label, server }, steps, carryOut };
}

class Planner {
  readonly #api: ClusterApi;
  readonly #names: Names;
  readonly #isForced: boolean;
  #hasNamespace = true;

  constructor(api: ClusterApi, names: Names, isForced: boolean) {
    this.#api = api;
    this.#names = names;
    this.#isForced = isForced;
  }

  async wanted(wanted: Manifest): Promise<Step> {
    const kind = [NAMESPACE_KIND, ...OWN_KINDS].find((one) => one.kind === wanted.kind);
    if (kind === undefined) throw new AppError("internal", `no kind ${wanted.kind}`);
    const path = apiPath(kind, { ...this.#names, name: wanted.metadata.name });
    const known = await this.#api.read(path);
    const isNamespace = kind === NAMESPACE_KIND;
    const step = { ...this.#told(kind, wanted.metadata.name, path, known), wanted };
    if (known !== null && !this.#isOurs(known)) {
      if (!isNamespace) throw foreign(step);
      return { ...step, verb: "leave", why: "it was there before, and is used as it is" };
    }
    if (isNamespace) this.#hasNamespace = known !== null;
    // In a namespace that is not there yet, nothing can be tried.
    if (kind.isInNamespace && !this.#hasNamespace) return { ...step, verb: "create" };
    const options = { isDryRun: true, isForced: this.#isForced };
    const next = await this.#api.apply(path, { ...wanted }, options);
    if (known === null) return { ...step, verb: "create" };
    return { ...step, verb: contentOf(next) === contentOf(known) ? "keep" : "change" };
  }

  /** What is there of these kinds, by our name. */
  async unwanted(kinds: readonly OwnKind[]): Promise<Step[]> {
    const steps: Step[] = [];
    for (const kind of kinds) {
      const path = apiPath(kind, this.#names);
      const known = await this.#api.read(path);
      if (known === null) continue;
      const step = this.#told(kind, this.#names.name, path, known);
      if (this.#isOurs(known)) steps.push({ ...step, verb: "remove" });
      else steps.push({ ...step, verb: "leave", why: "it is not of this installation" });
    }
    return steps;
  }

  /** A cluster that does not know the kind has none of them. */
  async reports(): Promise<Step[]> {
    const query = new URLSearchParams({ labelSelector: selectorOf(this.#names.name, "=") });
    const found = await this.#api.read(`/apis/${POLICY_REPORT_API}/policyreports?${query}`);
    const ours = itemsOf(found).filter((item) => hasLabels(item, reportLabelsOf(this.#names.name)));
    return ours.map((item) => {
      const { name, namespace, uid } = metadataOf(item);
      const path = `/apis/${POLICY_REPORT_API}/namespaces/${namespace}/policyreports/${name}`;
      const object = `${namespace}/${name}`;
      return { verb: "remove", kind: "PolicyReport", object, why: "", path, uid, wanted: null };
    });
  }

  /** Ours, unless somebody has put something of their own there. */
  async namespace(): Promise<Step[]> {
    const { namespace } = this.#names;
    const path = apiPath(NAMESPACE_KIND, { name: namespace, namespace });
    const known = await this.#api.read(path);
    if (known === null) return [];
    const step = this.#told(NAMESPACE_KIND, namespace, path, known);
    if (!this.#isOurs(known))
      return [{ ...step, verb: "leave", why: "it is not of this installation" }];
    const guest = await this.#guest();
    if (guest !== null) return [{ ...step, verb: "leave", why: `it holds ${guest}` }];
    return [{ ...step, verb: "remove" }];
  }

  async #guest(): Promise<string | null> {
    const { name, namespace } = this.#names;
    const query = new URLSearchParams({ labelSelector: selectorOf(name, "!="), limit: "20" });
    for (const [group, plural, kind] of GUESTS) {
      const found = await this.#api.read(`${group}/namespaces/${namespace}/${plural}?${query}`);
      const guest = itemsOf(found).find((item) => !ISSUED.has(metadataOf(item).name));
      if (guest !== undefined) return `${kind} ${metadataOf(guest).name}, which is not ours`;
    }
    return null;
  }

  #isOurs(object: ClusterObject): boolean {
    return hasLabels(object, labelsOf(this.#names.name));
  }

  #told(
    { kind, isInNamespace }: OwnKind,
    name: string,
    path: string,
    known: ClusterObject | null,
  ): Omit<Step, "verb"> {
    const object = isInNamespace ? `${this.#names.namespace}/${name}` : name;
    const uid = known === null ? null : metadataOf(known).uid;
    return { kind, object, why: "", path, uid, wanted: null };
  }
}

/** Where other people's things would be lost with a namespace. */
const GUESTS = [
  ["/api/v1", "pods", "Pod"],
  ["/api/v1", "secrets", "Secret"],
  ["/api/v1", "configmaps", "ConfigMap"],
  ["/api/v1", "services", "Service"],
  ["/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim"],
  ["/apis/apps/v1", "deployments", "Deployment"],
  ["/apis/apps/v1", "statefulsets", "StatefulSet"],
  ["/apis/apps/v1", "daemonsets", "DaemonSet"],
  ["/apis/batch/v1", "jobs", "Job"],
  ["/apis/batch/v1", "cronjobs", "CronJob"],
] as const;

/** What every namespace is given. */
const ISSUED = new Set(["kube-root-ca.crt", "openshift-service-ca.crt"]);

function hasLabels(object: ClusterObject, wanted: Readonly<Record<string, string>>): boolean {
  const labels = objectOf(objectOf(object["metadata"])["labels"]);
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function selectorOf(name: string, operator: "=" | "!="): string {
  return `app.kubernetes.io/instance${operator}${name}`;
}

function foreign({ kind, object, path }: Omit<Step, "verb">): AppError {
  const message = `cannot apply ${kind} ${JSON.stringify(object)}: there is one of this name that is not of this installation`;
  return new AppError("cluster-failed", message, {
    subject: path,
    hint: "choose another --name, or remove it by hand",
  });
}

/** What an object says; the API server's bookkeeping left aside. */
function contentOf(object: ClusterObject): string {
  const {
    managedFields: _,
    resourceVersion: __,
    generation: ___,
    ...metadata
  } = objectOf(object["metadata"]);
  return JSON.stringify(sorted({ ...object, metadata }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, item]) => [name, sorted(item)]);
}

function itemsOf(list: ClusterObject | null): readonly ClusterObject[] {
  const items = list?.["items"];
  return Array.isArray(items) ? items.map(objectOf) : [];
}

function metadataOf(object: ClusterObject): {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
} {
  const { name, namespace, uid } = objectOf(object["metadata"]);
  return { name: String(name), namespace: String(namespace), uid: String(uid) };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
