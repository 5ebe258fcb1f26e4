// `bulwark admit serve`: the webhook that a cluster asks before anything starts.
import { admissionReview, uidIn } from "../formats/admission-review.ts";
import { folderStore, secretStore } from "../io/certificates/stores.ts";
import {
  type RunningServer,
  type ServedAnswer,
  type ServedRequest,
  type Service,
  serve,
} from "../io/http/serve.ts";
import { type ClusterApi, clusterApi } from "../io/kubernetes/api.ts";
import { AppError } from "../kit/error.ts";
import type { PolicySummary } from "../model/gate.ts";
import type { AdmissionRequest } from "./admission.ts";
import { AdmissionMetrics } from "./admission-metrics.ts";
import { AdmissionRecord } from "./admission-record.ts";
import { type AdmissionMode, type AnsweredReview, answerReview, refused } from "./answer-review.ts";
import { pinnedReview } from "./pin-review.ts";
import { PolicyReports } from "./policy-reports.ts";
import type { Surroundings } from "./surroundings.ts";
import { type WatchedAdmission, watchedAdmission } from "./watched-admission.ts";
import { type KeptCertificates, keepCertificates } from "./webhook-certificates.ts";

export interface AdmitServeRequest extends AdmissionRequest {
  readonly mode: AdmissionMode;
  readonly host: string;
  /** For the API server, over TLS. */
  readonly port: number;
  /** For health and metrics, without TLS. */
  readonly healthPort: number;
  /** A folder for certificates; null for the Secret, in a cluster. */
  readonly certificates: string | null;
  /** Names by which the server is asked, besides those of its Service. */
  readonly names: readonly string[];
  /** Of the Service, the Secret and the webhook configurations. */
  readonly name: string;
  /** Namespaces in which everything may run, besides our own and the system's. */
  readonly excluded: readonly string[];
  readonly evidence: string | null;
  /** Whether objections are written into the cluster, too. */
  readonly policyReports: boolean;
  /** How long requests are still taken after we are told to end, in milliseconds. */
  readonly drainMs: number;
}

/** A webhook that answers. */
export interface RunningWebhook {
  readonly port: number;
  readonly healthPort: number;
  readonly policy: PolicySummary;
  /** PEM of who vouches for it. */
  readonly authorities: string;
  /** Lets go: whoever has asked is answered, and everything is written down. */
  stop(): Promise<void>;
}

/** Where a policy would lock out what a cluster, or we, need to come up. */
const SYSTEM_NAMESPACES: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];

/** An object of a cluster is 1.5 MiB at most, and a change has two of them. */
const BODY_BYTES_MAX = 3 << 20;
const REQUEST_MS = 10_000;
const GRACE_MS = 10_000;
const UPKEEP_MS = 60_000;

/**
 * Starts the webhook.
 *
 * @param print Takes lines of JSON.
 * @param upkeepMs How often certificates are looked at.
 * @throws {AppError} as `openAdmission`; `port-unusable`, `cluster-failed`, `output-unwritable`.
 */
export async function startWebhook(
  request: AdmitServeRequest,
  print: (text: string) => Promise<void>,
  surroundings: Surroundings,
  upkeepMs: number = UPKEEP_MS,
): Promise<RunningWebhook> {
  const api = await clusterApi(surroundings.env, surroundings.signal);
  const admission = await watchedAdmission(request, surroundings);
  const evidence = { folder: request.evidence, required: false };
  const { mode } = request;
  const record = new AdmissionRecord({ mode, evidence, print }, surroundings);
  const reports = reportsOf(request, api, surroundings);
  const namespace = api?.namespace ?? null;
  const webhook = new Webhook({ request, admission, record, reports, namespace });
  try {
    let server: RunningServer | null = null;
    const kept = await keepCertificates(
      { ...certificatesOf(request, api), api, configuration: request.name, everyMs: upkeepMs },
      (files) => server?.renew({ cert: files["tls.crt"], key: files["tls.key"] }),
      surroundings,
    );
    const tls = { cert: kept.current["tls.crt"], key: kept.current["tls.key"] };
    const { host, port, healthPort } = request;
    const bounds = { host, bodyBytesMax: BODY_BYTES_MAX, requestMs: REQUEST_MS };
    server = await serve({ ...bounds, port, tls }, webhook);
    const health = await serve(
      { ...bounds, port: healthPort, tls: null, bodyBytesMax: 0 },
      webhook.health(kept),
    );
    return running({ request, server, health, kept, webhook, admission, record, reports });
  } catch (error) {
    admission.stop();
    reports?.stop();
    throw error;
  }
}

/** @throws {AppError} `usage` where there is no cluster to write them into. */
function reportsOf(
  { policyReports, name }: AdmitServeRequest,
  api: ClusterApi | null,
  { warn }: Surroundings,
): PolicyReports | null {
  if (!policyReports) return null;
  if (api !== null) return new PolicyReports(api, name, warn);
  throw new AppError("usage", "cannot write policy reports: this is not in a cluster", {
    hint: "leave out --policy-reports; decisions are in the log, and at /decisions",
  });
}

interface Parts {
  readonly request: AdmitServeRequest;
  readonly server: RunningServer;
  readonly health: RunningServer;
  readonly kept: KeptCertificates;
  readonly webhook: Webhook;
  readonly admission: WatchedAdmission;
  readonly record: AdmissionRecord;
  readonly reports: PolicyReports | null;
}

function running({ request, server, health, kept, ...parts }: Parts): RunningWebhook {
  const { webhook, admission, record, reports } = parts;
  return {
    port: server.port,
    healthPort: health.port,
    policy: admission.policy,
    authorities: kept.current["ca.crt"],
    stop: async () => {
      // First nobody is sent here any more; until that has spread, everybody is still answered.
      webhook.isLeaving = true;
      await new Promise((resolve) => setTimeout(resolve, request.drainMs));
      await server.close(GRACE_MS);
      kept.stop();
      admission.stop();
      reports?.stop();
      await Promise.all([record.settled(), reports?.settled()]);
      await health.close(0);
    },
  };
}

function certificatesOf(
  { certificates, name, names }: AdmitServeRequest,
  api: ClusterApi | null,
): Pick<Parameters<typeof keepCertificates>[0], "store" | "names"> {
  const service = api === null ? ["localhost", "127.0.0.1"] : serviceNames(name, api.namespace);
  const all = [...service, ...names];
  return api !== null && certificates === null
    ? { store: secretStore(api, name), names: all }
    : { store: folderStore(certificates ?? "bulwark-certificates"), names: all };
}

/** The first is the one that the API server asks by. */
function serviceNames(name: string, namespace: string): string[] {
  return [
    `${name}.${namespace}.svc`,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc.cluster.local`,
  ];
}

interface WebhookParts {
  readonly request: AdmitServeRequest;
  readonly admission: WatchedAdmission;
  readonly record: AdmissionRecord;
  readonly reports: PolicyReports | null;
  readonly namespace: string | null;
}

class Webhook implements Service {
  readonly #admission: WatchedAdmission;
  readonly #record: AdmissionRecord;
  readonly #reports: PolicyReports | null;
  readonly #metrics = new AdmissionMetrics();
  readonly #settings: { readonly mode: AdmissionMode; readonly excluded: ReadonlySet<string> };
  isLeaving = false;

  constructor({ request, admission, record, reports, namespace }: WebhookParts) {
    this.#admission = admission;
    this.#record = record;
    this.#reports = reports;
    const own = namespace === null ? [] : [namespace];
    const excluded = new Set([...SYSTEM_NAMESPACES, ...own, ...request.excluded]);
    this.#settings = { mode: request.mode, excluded };
  }

  answer({ method, path, body }: ServedRequest): ServedAnswer | Promise<ServedAnswer> {
    const isMutating = path === "/mutate";
    if (!isMutating && path !== "/validate") return text(404, "ask /validate or /mutate");
    if (method !== "POST") return text(405, "send an AdmissionReview by POST");
    const begun = performance.now();
    const asked = { admission: this.#admission, settings: this.#settings };
    const answered = isMutating ? pinnedReview(body, asked) : answerReview(body, asked);
    const told = (one: AnsweredReview): ServedAnswer => this.#told(one, begun, isMutating);
    return answered instanceof Promise ? answered.then(told) : told(answered);
  }

  tooLarge(beginning: Buffer): ServedAnswer {
    const uid = uidIn(beginning.toString("latin1", 0, 2_000));
    const message = `cannot look at it: it is larger than ${BODY_BYTES_MAX} bytes`;
    const answered = refused({ message, uid, code: 413 }, this.#settings.mode);
    // Without its uid an answer counts for none; whoever asked then decides by its failure policy.
    if (uid === null) return text(413, message);
    return this.#told(answered, performance.now(), false);
  }

  /** For kubelets and Prometheus. */
  health(kept: Pick<KeptCertificates, "servedUntil" | "failures">): Service {
    return {
      answer: ({ path }) => {
        if (path === "/healthz") return text(200, "ok");
        if (path === "/readyz") return this.isLeaving ? text(503, "leaving") : text(200, "ok");
        if (path === "/metrics") return { ...text(200, ""), body: this.#numbers(kept) };
        if (path === "/decisions") return json({ decisions: this.#record.recent() });
        return text(404, "ask /healthz, /readyz, /metrics or /decisions");
      },
      tooLarge: () => text(413, "send no body"),
    };
  }

  #told(answered: AnsweredReview, begun: number, isMutating: boolean): ServedAnswer {
    const ms = performance.now() - begun;
    // What is changed is asked about once more, when it is validated.
    if (!isMutating) {
      const { outcome, response } = answered;
      this.#metrics.observe({ outcome, allowed: response.allowed, seconds: ms / 1000 });
      this.#record.add(answered, this.#admission.policy, ms);
      this.#reports?.add(answered, this.#admission.policy);
    }
    return json(admissionReview(answered.response));
  }

  #numbers(certificates: Pick<KeptCertificates, "servedUntil" | "failures">): string {
    const { counts } = this.#admission;
    const { unrecorded } = this.#record;
    return this.#metrics.text({ counts, unrecorded, certificates });
  }
}

function json(value: object): ServedAnswer {
  return { status: 200, type: "application/json", body: JSON.stringify(value) };
}

function text(status: number, body: string): ServedAnswer {
  return { status, type: "text/plain; charset=utf-8", body: `${body}\n` };
}
