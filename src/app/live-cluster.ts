// A cluster that runs, asked by its API. Only GET requests are made, and no Secret is read.
import type { ClusterApi } from "../io/kubernetes/api.ts";
import { type ClusterChoice, chosenCluster } from "../io/kubernetes/kubeconfig.ts";
import { AppError } from "../kit/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import type { Subject } from "../stages/check/contract.ts";
import type { ReadSubject } from "./file-kind.ts";
import { readDocument } from "./read-document.ts";
import type { ReadFile } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const NETWORKING = "/apis/networking.k8s.io/v1";

/** Nodes first: whose cluster it is decides what the rest means. What owns pods stands for them where it can. */
const LISTS: readonly string[] = [
  "/api/v1/nodes",
  "/api/v1/namespaces",
  "/api/v1/pods",
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/replicasets",
  "/apis/apps/v1/statefulsets",
  "/apis/apps/v1/daemonsets",
  "/apis/batch/v1/jobs",
  "/apis/batch/v1/cronjobs",
  "/api/v1/services",
  "/api/v1/serviceaccounts",
  `${NETWORKING}/networkpolicies`,
  `${NETWORKING}/ingresses`,
  `${RBAC}/clusterroles`,
  `${RBAC}/clusterrolebindings`,
  `${RBAC}/roles`,
  `${RBAC}/rolebindings`,
];

/** What of a cluster is asked besides what every reader needs. */
export interface LiveReading {
  /** Whether kubelets tell how they are set up, and the API server which version it is. */
  readonly kubelets: boolean;
  /** Paths of what many a cluster does not have: then there is nothing to tell. */
  readonly also: readonly string[];
}

const AUDIT: LiveReading = {
  kubelets: true,
  also: [
    `${ADMISSION}/validatingwebhookconfigurations`,
    `${ADMISSION}/mutatingwebhookconfigurations`,
  ],
};

/** Objects in one answer, and answers to one question. */
const PAGE = 250;
const PAGES_MAX = 400;
const NODES_MAX = 5_000;

/**
 * Everything of the cluster that may be read.
 *
 * @throws {AppError} `config-invalid`, `not-found`, `unreadable` for the kubeconfig; `cluster-failed` without one. What the
 *   cluster does not tell is a problem.
 */
export async function liveCluster(
  choice: ClusterChoice,
  surroundings: Surroundings,
  reading: LiveReading = AUDIT,
): Promise<{ readonly name: string; readonly files: AsyncIterable<ReadFile> }> {
  const { api, label } = await chosenCluster(choice, surroundings.env, surroundings.signal);
  return { name: label, files: asked(api, reading, surroundings) };
}

async function* asked(
  api: ClusterApi,
  { kubelets, also }: LiveReading,
  surroundings: Surroundings,
): AsyncGenerator<ReadFile> {
  const nodes: string[] = [];
  if (kubelets) yield await answerOf(api, "/version");
  for (const path of [...LISTS, ...also]) {
    surroundings.progress(`reading ${path.slice(path.lastIndexOf("/") + 1)}`);
    for await (const file of pagesOf(api, path, also.includes(path))) {
      for (const { subject } of file.subjects)
        if (subject.form === "object" && subject.node !== null) nodes.push(subject.name);
      yield file;
    }
  }
  for (const node of kubelets ? nodes.slice(0, NODES_MAX) : []) {
    surroundings.signal.throwIfAborted();
    surroundings.progress(`reading how the kubelet of ${node} is set up`);
    yield await kubeletOf(api, node);
  }
  surroundings.progress(null);
}

/** @param mayLack Whether the cluster need not have it. */
async function* pagesOf(api: ClusterApi, path: string, mayLack: boolean): AsyncGenerator<ReadFile> {
  let next = "";
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next ? { continue: next } : {}) });
    const answer = await readOr(api, `${path}?${query}`, path);
    if (answer === null && mayLack) return;
    if (answer === null || "problems" in answer) {
      yield answer ?? missed(path, NO_SUCH);
      return;
    }
    const all = readDocument(answer.object, () => undefined);
    const made = all.filter((one) => one.form === "workload" && one.started?.controller != null);
    yield {
      subjects: subjectsOf(all, answer.object, path),
      problems: [],
      made: made as Workload[],
    };
    next = continuationOf(answer.object);
    if (next === "") return;
  }
  yield missed(path, `more than ${PAGE * PAGES_MAX} objects: the rest was not looked at`);
}

async function answerOf(api: ClusterApi, path: string): Promise<ReadFile> {
  const answer = await readOr(api, path, path);
  // That nothing tells it is said of all that tells versions, together.
  if (answer === null || "problems" in answer) return answer ?? { subjects: [], problems: [] };
  const all = readDocument(answer.object, () => undefined);
  return { subjects: subjectsOf(all, answer.object, path), problems: [] };
}

/** The kubelet tells how it is set up with everything taken together: defaults, file, drop-in files and flags. */
async function kubeletOf(api: ClusterApi, node: string): Promise<ReadFile> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/configz`;
  const answer = await readOr(api, path, path);
  if (answer === null || "problems" in answer) return answer ?? missed(path, NO_SUCH);
  const all = readDocument(answer.object, () => undefined);
  const subjects = subjectsOf(all, answer.object, path).map((read): ReadSubject => {
    const { subject } = read;
    return subject.form === "component" ? { ...read, subject: { ...subject, name: node } } : read;
  });
  return { subjects, problems: [] };
}

const NO_SUCH = "the cluster has no such thing";

type Answer = { readonly object: Readonly<Record<string, unknown>> } | ReadFile;

/** @returns null when the cluster has no such thing. */
async function readOr(api: ClusterApi, path: string, shown: string): Promise<Answer | null> {
  try {
    const object = await api.read(path);
    return object === null ? null : { object };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "cluster-failed") throw error;
    return missed(shown, error.message);
  }
}

function missed(path: string, detail: string): ReadFile {
  const problem: Problem = { code: "configuration-unreadable", detail, path };
  return { subjects: [], problems: [problem] };
}

function subjectsOf(all: readonly Subject[], object: unknown, path: string): ReadSubject[] {
  return all
    .filter((subject) => subject.form !== "workload" || !isOwned(object, subject.at))
    .map((subject) => ({ path, subject, places: () => new Map() }));
}

/** A pod that a controller made is what its controller says; a node's own, of a file, has none but the node. */
function isOwned(list: unknown, at: string): boolean {
  const item = at.split("/").slice(1).reduce(memberOf, list);
  const owners = memberOf(memberOf(item, "metadata"), "ownerReferences");
  return Array.isArray(owners) && owners.some((owner) => CONTROLLERS.has(memberOf(owner, "kind")));
}

/** Those that are asked for themselves; what anything else made has nobody else to speak for it. */
const CONTROLLERS: ReadonlySet<unknown> = new Set([
  ...["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"],
]);

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function continuationOf(list: unknown): string {
  const next = memberOf(memberOf(list, "metadata"), "continue");
  return typeof next === "string" ? next : "";
}
