// What becomes of decisions once they are answered: a line of JSON for each, an entry in the evidence log, and the latest at hand.
// Nobody who asks waits for it.
import { now } from "../io/clock.ts";
import { reasonOf } from "../kit/error.ts";
import type { Digest } from "../model/digest.ts";
import type { EvidenceDecision } from "../model/evidence-entry.ts";
import type { PolicySummary } from "../model/gate.ts";
import type { AdmissionMode, AnsweredReview } from "./answer-review.ts";
import { type EvidenceRequest, evidenceRecorder } from "./evidence.ts";
import type { Surroundings } from "./surroundings.ts";

/** One decision, as it is written down. */
export interface RecordedDecision {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly uid: string;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly user: string;
  readonly dryRun: boolean;
  readonly outcome: AnsweredReview["outcome"];
  readonly allowed: boolean;
  readonly mode: AdmissionMode;
  readonly policy: string;
  readonly reasons: readonly string[];
  readonly images: readonly {
    readonly reference: string;
    readonly digest: Digest | null;
    readonly outcome: string;
  }[];
  readonly ms: number;
}

export interface RecordSettings {
  readonly mode: AdmissionMode;
  readonly evidence: EvidenceRequest;
  /** Takes lines. */
  readonly print: (text: string) => Promise<void>;
}

/** The latest decisions that are kept at hand. */
const RECENT_MAX = 500;
/** While the disk cannot follow, so many wait; what comes then is counted and not recorded. */
const WAITING_MAX = 20_000;
const BATCH_MAX = 500;

export class AdmissionRecord {
  readonly #settings: RecordSettings;
  readonly #recorder: ReturnType<typeof evidenceRecorder>;
  readonly #warn: Surroundings["warn"];
  readonly #recent: RecordedDecision[] = [];
  #lines: string[] = [];
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #unrecorded = 0;
  #lastFault = "";

  constructor(settings: RecordSettings, surroundings: Surroundings) {
    this.#settings = settings;
    this.#warn = surroundings.warn;
    // Each decision that is not recorded is counted; one warning a batch says why.
    this.#recorder = evidenceRecorder({ ...settings.evidence, required: true }, surroundings);
  }

  /** Decisions that could not be recorded as evidence. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  /** The latest first. */
  recent(): RecordedDecision[] {
    return this.#recent.toReversed();
  }

  /** Takes a decision over; what nobody asked about is none. */
  add(answered: AnsweredReview, policy: PolicySummary, ms: number): void {
    if (answered.outcome === "passed") return;
    const decision = recorded(answered, { policy, ms, mode: this.#settings.mode });
    this.#recent.push(decision);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    this.#lines.push(JSON.stringify({ event: "decision", ...decision }));
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ decision, policy });
    else this.#unrecorded += 1;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when everything is written. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #write(): Promise<void> {
    // Those that come while one answer goes out are written together.
    await new Promise((resolve) => setTimeout(resolve, BATCH_MS));
    while (this.#lines.length > 0 || this.#waiting.length > 0) {
      const lines = this.#lines;
      const batch = this.#waiting.slice(0, BATCH_MAX);
      this.#lines = [];
      this.#waiting = this.#waiting.slice(BATCH_MAX);
      if (lines.length > 0)
        await this.#settings.print(`${lines.join("\n")}\n`).catch(() => undefined);
      await this.#evidence(batch);
    }
  }

  async #evidence(batch: readonly Waiting[]): Promise<void> {
    const byUser = new Map<string, Waiting[]>();
    for (const one of batch) {
      const all = byUser.get(one.decision.user);
      if (all === undefined) byUser.set(one.decision.user, [one]);
      else all.push(one);
    }
    const done = [...byUser].map(async ([name, all]) => {
      const actor = { kind: "request", name, host: null } as const;
      try {
        await this.#recorder.record(all.flatMap(evidenceOf), actor);
      } catch (error) {
        this.#unrecorded += all.length;
        const fault = `decisions are not recorded as evidence: ${reasonOf(error)}`;
        if (fault !== this.#lastFault) this.#warn(fault);
        this.#lastFault = fault;
      }
    });
    await Promise.all(done);
  }
}

const BATCH_MS = 20;

/** Not the review itself: what waits outlives young objects' space, and a review is a hundred times as large. */
interface Waiting {
  readonly decision: RecordedDecision;
  readonly policy: PolicySummary;
}

function recorded(
  { request, response, outcome, reasons, decision, name }: AnsweredReview,
  {
    policy,
    ms,
    mode,
  }: { readonly policy: PolicySummary; readonly ms: number; readonly mode: AdmissionMode },
): RecordedDecision {
  const images = decision?.images ?? [];
  return {
    time: now(),
    uid: response.uid,
    operation: request?.operation ?? "",
    kind: request?.kind ?? "",
    namespace: request?.namespace ?? null,
    name,
    user: request?.user ?? "",
    dryRun: request?.dryRun ?? false,
    outcome,
    allowed: response.allowed,
    mode,
    policy: policy.name,
    reasons,
    images: images.map(({ reference, digest, verdict }) => ({
      reference,
      digest,
      outcome: verdict.outcome,
    })),
    ms: Math.round(ms * 100) / 100,
  };
}

/** An entry for each image, so that it is found by its digest; one for what has none. */
function evidenceOf({ decision, policy }: Waiting): EvidenceDecision[] {
  const { outcome, mode, reasons, kind, namespace, name, images } = decision;
  const workload = `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`;
  const base = {
    action: "admit",
    command: `admit serve --mode ${mode}`,
    outcome: outcome === "allow" || outcome === "deny" ? outcome : "undecided",
    reasons,
    policy: { name: policy.name, digest: policy.digest },
    data: null,
  } as const;
  if (images.length === 0) return [{ ...base, subject: { name: workload, digest: null } }];
  return images.map(({ reference, digest }) => ({
    subject: { name: `${reference} for ${workload}`, digest },
    ...base,
  }));
}
