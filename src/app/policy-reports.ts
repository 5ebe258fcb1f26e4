// `admit serve --policy-reports`: objections as objects of the cluster. Reports of other tools have filled etcd with millions of
// objects; here it is one for each namespace, with its newest objections, written at most every ten seconds.
import {
  POLICY_REPORT_API,
  type PolicyReportResult,
  policyReport,
  resourceVersionOf,
  resultsIn,
} from "../formats/policy-report.ts";
import { now } from "../io/clock.ts";
import type { ClusterApi } from "../io/kubernetes/api.ts";
import { reasonOf } from "../kit/error.ts";
import type { PolicySummary } from "../model/gate.ts";
import type { RuleAnswer } from "../model/verdict.ts";
import type { AnsweredReview } from "./answer-review.ts";

const WRITE_MS = 10_000;
/** Namespaces of which something waits to be written; what is decided in others meanwhile is in the log alone. */
const NAMESPACES_MAX = 500;
/** Objects of one namespace that wait to be written. */
const OBJECTS_MAX = 200;
const MESSAGE_MAX = 1_000;
const CONFLICTS_MAX = 3;

/** By `Kind/name`: what is objected to now; empty for what is content again. */
type Waiting = Map<string, readonly PolicyReportResult[]>;

export class PolicyReports {
  readonly #api: ClusterApi;
  readonly #name: string;
  readonly #warn: (text: string) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | null = null;
  #lastFault = "";

  /** @param name Of the reports, as of everything else of ours in the cluster. */
  constructor(
    api: ClusterApi,
    name: string,
    warn: (text: string) => void,
    everyMs: number = WRITE_MS,
  ) {
    this.#api = api;
    this.#name = name;
    this.#warn = warn;
    this.#timer = setInterval(() => void this.settled(), everyMs);
    this.#timer.unref();
  }

  /** Takes a decision over. What lies in no namespace, or will not come to be, is in no report. */
  add({ request, decision, name }: AnsweredReview, policy: PolicySummary): void {
    const namespace = request?.namespace ?? null;
    if (request === null || decision === null || namespace === null || request.dryRun) return;
    let waiting = this.#waiting.get(namespace);
    if (waiting === undefined) {
      if (this.#waiting.size >= NAMESPACES_MAX) return;
      waiting = new Map();
      this.#waiting.set(namespace, waiting);
    }
    const resource = { kind: request.kind, namespace, name };
    const key = keyOf(resource);
    if (waiting.size >= OBJECTS_MAX && !waiting.has(key)) return;
    const timestamp = { seconds: Math.floor(Date.parse(now()) / 1000), nanos: 0 };
    const answers = [...decision.answers, ...decision.images.flatMap(({ answers }) => answers)];
    waiting.set(
      key,
      answers.map((answer) => ({
        source: "bulwark",
        policy: policy.name,
        rule: answer.rule,
        result: resultOf(answer),
        message: messageOf(answer),
        timestamp,
        resources: [resource],
      })),
    );
  }

  /** Writes what waits. What cannot be written is told once, and given up: the log has it. */
  async settled(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #write(): Promise<void> {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const [namespace, waiting] of all) {
      try {
        await this.#merge(namespace, waiting);
        this.#lastFault = "";
      } catch (error) {
        const fault = reasonOf(error);
        if (fault !== this.#lastFault) this.#warn(`policy reports are not written: ${fault}`);
        this.#lastFault = fault;
      }
    }
  }

  /** Other replicas write the same object. */
  async #merge(namespace: string, waiting: Waiting): Promise<void> {
    const folder = `/apis/${POLICY_REPORT_API}/namespaces/${encodeURIComponent(namespace)}/policyreports`;
    const path = `${folder}/${this.#name}`;
    for (let attempt = 0; attempt < CONFLICTS_MAX; attempt += 1) {
      const known = await this.#api.read(path);
      const kept = (known === null ? [] : resultsIn(known)).filter(
        ({ resources: [resource] }) => !waiting.has(keyOf(resource)),
      );
      const results = [...[...waiting.values()].flat(), ...kept].sort(
        (a, b) => b.timestamp.seconds - a.timestamp.seconds,
      );
      if (known === null && results.length === 0) return;
      const resourceVersion = known === null ? null : resourceVersionOf(known);
      const report = policyReport({ name: this.#name, namespace, resourceVersion, results });
      const changed =
        known === null
          ? await this.#api.create(folder, report)
          : await this.#api.replace(path, report);
      if (changed === "changed") return;
    }
  }
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

function resultOf({ outcome, effect }: RuleAnswer): PolicyReportResult["result"] {
  if (outcome === "unanswered") return "error";
  return effect === "deny" ? "fail" : "warn";
}

function messageOf({ summary, violations }: RuleAnswer): string {
  const said = violations.length === 0 ? [summary] : violations.map(({ message }) => message);
  return said.join("; ").slice(0, MESSAGE_MAX);
}
