// `bulwark admit docker`: an authorization plugin of Docker Engine. The engine asks before each request; what would run something,
// or would give something that runs more than it has, is decided by the policy, and everything else is let through at once.
import {
  AUTHZ_ACTIVATION,
  AUTHZ_BYTES_MAX,
  type AuthzRequest,
  authzAnswer,
  parseAuthzRequest,
} from "../formats/docker-authz.ts";
import { type EngineCall, engineCall } from "../formats/engine-call.ts";
import { type ServedAnswer, type Service, serve } from "../io/http/serve.ts";
import { serveUnix } from "../io/http/unix-server.ts";
import { thisPlatform } from "../io/this-platform.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import type { WorkloadDecision } from "../model/admission.ts";
import { addedDecision } from "../stages/decide/added.ts";
import { type AdmissionMode, saidInMode } from "../stages/decide/admission-mode.ts";
import type { Admission, AdmissionRequest } from "./admission.ts";
import { AdmissionMetrics } from "./admission-metrics.ts";
import { actorOf, entriesOf } from "./docker-evidence.ts";
import { type DockerQuestion, DockerQuestions } from "./docker-questions.ts";
import { type EngineFacts, engineFacts } from "./engine-facts.ts";
import { type EvidenceRecorder, evidenceRecorder } from "./evidence.ts";
import type { Surroundings } from "./surroundings.ts";
import { watchedAdmission } from "./watched-admission.ts";

export interface AdmitDockerRequest extends AdmissionRequest {
  /** Where to listen, unless systemd hands over a socket. */
  readonly socket: string;
  readonly mode: AdmissionMode;
  /** Where health and metrics are told, without TLS; null for nowhere. */
  readonly health: { readonly host: string; readonly port: number } | null;
  /** The evidence log that must take every decision; null for the usual one, if it can be written. */
  readonly evidence: string | null;
}

/**
 * Answers the engine until the signal comes.
 *
 * @throws {AppError} as `openAdmission` and `serveUnix` do.
 */
export async function admitDocker(
  { socket, mode, evidence, health, ...request }: AdmitDockerRequest,
  surroundings: Surroundings,
): Promise<void> {
  const { env, signal, note } = surroundings;
  const admission = await watchedAdmission(
    // An engine runs what is for its own machine.
    { ...request, platform: request.platform ?? thisPlatform() },
    surroundings,
  );
  const isRequired = evidence !== null;
  const recorder = evidenceRecorder({ folder: evidence, required: isRequired }, surroundings);
  const engine = engineFacts({ env, signal });
  const plugin = new DockerPlugin({ admission, engine, recorder, isRequired, mode }, surroundings);
  const bounds = { bodyBytesMax: 0, requestMs: HEALTH_MS, tls: null };
  const told = health === null ? null : await serve({ ...health, ...bounds }, plugin.health());
  const server = await serveUnix(
    { path: socket, env, bodyBytesMax: AUTHZ_BYTES_MAX, contentType: CONTENT_TYPE },
    (path, body) => plugin.answer(path, body),
  ).catch(async (error: unknown) => {
    admission.stop();
    await told?.close(0);
    throw error;
  });
  if (told !== null) note?.(`health and metrics on port ${told.port}`);
  note?.(`policy ${admission.policy.name} decides in mode ${mode}, on ${server.address}`);
  await new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", resolve, { once: true });
  });
  await server.close();
  await told?.close(0);
  await plugin.settled();
  admission.stop();
}

const HEALTH_MS = 10_000;
const CONTENT_TYPE = "application/vnd.docker.plugins.v1.2+json";
const ALLOWED: string = authzAnswer(true, "");

/** Whom a plugin asks. */
export interface DockerDesk {
  readonly admission: Pick<Admission, "asksAboutImages" | "counts" | "decide" | "policy">;
  readonly engine: EngineFacts;
  readonly recorder: EvidenceRecorder;
  /** Whether what cannot be recorded is denied. */
  readonly isRequired: boolean;
  readonly mode: AdmissionMode;
}

/** Who asks for what. */
interface Asked {
  readonly request: Pick<AuthzRequest, "user" | "uri">;
  /** `container web`. */
  readonly subject: string;
  readonly image: string | null;
  /** When, as `performance.now()` has it. */
  readonly begun: number;
}

export class DockerPlugin {
  readonly #desk: DockerDesk;
  readonly #questions: DockerQuestions;
  readonly #surroundings: Pick<Surroundings, "signal" | "warn">;
  readonly #recording = new Set<Promise<unknown>>();
  readonly #metrics = new AdmissionMetrics();
  #unrecorded = 0;

  constructor(desk: DockerDesk, surroundings: Pick<Surroundings, "signal" | "warn">) {
    this.#desk = desk;
    this.#surroundings = surroundings;
    this.#questions = new DockerQuestions(desk.engine, () => desk.admission.asksAboutImages);
  }

  /** Answers one call of the engine. Never rejects. */
  answer(path: string, body: Buffer): string | Promise<string> {
    switch (path) {
      case "/Plugin.Activate":
        return AUTHZ_ACTIVATION;
      // What the engine answers has been decided before it was asked.
      case "/AuthZPlugin.AuthZRes":
        return ALLOWED;
      case "/AuthZPlugin.AuthZReq":
        return this.#asked(body);
      default:
        return JSON.stringify({ Err: "there is no such call of an authorization plugin" });
    }
  }

  /** For Prometheus, and for whoever watches services. */
  health(): Service {
    const text = (status: number, body: string): ServedAnswer => {
      return { status, type: "text/plain; charset=utf-8", body: `${body}\n` };
    };
    return {
      answer: ({ path }) => {
        if (path === "/healthz") return text(200, "ok");
        if (path === "/metrics") return { ...text(200, ""), body: this.#numbers() };
        return text(404, "ask /healthz or /metrics");
      },
      tooLarge: () => text(413, "send no body"),
    };
  }

  #numbers(): string {
    const { counts } = this.#desk.admission;
    return this.#metrics.text({ counts, unrecorded: this.#unrecorded, certificates: null });
  }

  /** Resolves when what was decided so far is recorded, as far as it can be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#recording]);
  }

  #asked(body: Buffer): string | Promise<string> {
    let request: AuthzRequest;
    try {
      request = parseAuthzRequest(body);
    } catch (error) {
      const request = { user: "", uri: "" };
      const nobody = { request, subject: "a request", image: null, begun: performance.now() };
      return this.#told(untold(reasonOf(error)), nobody).catch(failed);
    }
    const call = engineCall(request.method, request.uri);
    return call.kind === "other" ? ALLOWED : this.#decided(call, request).catch(failed);
  }

  async #decided(call: EngineCall, request: AuthzRequest): Promise<string> {
    const begun = performance.now();
    const subject = `${call.kind} by ${pathIn(request.uri)}`;
    const unread = { request, subject, image: null, begun };
    try {
      const asked = await this.#questions.of(call, request);
      if (asked === "nothing") return ALLOWED;
      if ("why" in asked) return await this.#told(untold(asked.why), unread);
      const { workload } = asked;
      const [container] = workload.containers;
      const image = container?.image.state === "known" ? container.image.value : null;
      const what = `${workload.kind} ${workload.name || image || ""}`.trim();
      return await this.#told(await this.#decision(asked), { ...unread, subject: what, image });
    } catch (error) {
      this.#surroundings.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      return await this.#told(untold(error.message), unread);
    }
  }

  async #decision({ workload, images, before }: DockerQuestion): Promise<WorkloadDecision> {
    const { admission } = this.#desk;
    let first: WorkloadDecision | null = null;
    for (const named of images) {
      const decision = await admission.decide(workload, named);
      const added =
        before === null ? decision : addedDecision(await admission.decide(before, named), decision);
      if (isFor(added)) return added;
      first ??= added;
    }
    return first ?? untold("its image has no name by which it could be asked about");
  }

  async #told(decision: WorkloadDecision, asked: Asked): Promise<string> {
    const { mode, admission, isRequired } = this.#desk;
    const { policy } = admission;
    const said = saidInMode(decision, mode, { subject: asked.subject, policy });
    const recorded = this.#record(decision, asked);
    const observe = (allowed: boolean): void => {
      const seconds = (performance.now() - asked.begun) / 1000;
      this.#metrics.observe({ outcome: decision.verdict.outcome, allowed, seconds });
    };
    if (isRequired) {
      const why = await recorded;
      if (why !== null && mode === "enforce") {
        observe(false);
        return authzAnswer(false, why);
      }
    }
    observe(said.allowed);
    if (!isFor(decision))
      this.#surroundings.warn(said.message ?? this.#letThrough(decision, asked));
    if (said.allowed) return ALLOWED;
    return authzAnswer(false, `${said.message}${wayOut(asked)}`);
  }

  #letThrough({ verdict }: WorkloadDecision, { subject }: Asked): string {
    const { mode, admission } = this.#desk;
    return `${subject} is let through in mode ${mode}; policy ${admission.policy.name} objects: ${verdict.reasons.join("; ")}`;
  }

  /** @returns Why it could not be recorded although it must be; null otherwise. */
  #record(decision: WorkloadDecision, asked: Asked): Promise<string | null> {
    const { recorder, mode, admission } = this.#desk;
    const entries = entriesOf(decision, asked, { mode, policy: admission.policy });
    const recording = recorder
      .record(entries, actorOf(asked.request.user))
      .then(() => null)
      .catch((error: unknown) => {
        this.#unrecorded += 1;
        return reasonOf(error);
      });
    this.#recording.add(recording);
    return recording.finally(() => this.#recording.delete(recording));
  }
}

/** A defect of ours, or the end: the engine refuses what it asked about, and says why. */
function failed(error: unknown): string {
  return JSON.stringify({ Err: reasonOf(error) });
}

function isFor({ verdict }: WorkloadDecision): boolean {
  return verdict.outcome === "allow" || verdict.outcome === "none";
}

function untold(why: string): WorkloadDecision {
  const verdict = { outcome: "undecided", reasons: [why] } as const;
  return { verdict, answers: [], images: [], findings: [], override: null };
}

/** Without what may be secret: addresses have names of images and authors' queries. */
function pathIn(uri: string): string {
  return uri.split("?", 1)[0]?.slice(0, 200) ?? "";
}

/** What can be done about a denial that cannot wait. */
function wayOut({ image }: Asked): string {
  return image === null
    ? ""
    : `; if it cannot wait, for an override: bulwark break-glass grant --for admit --subject ${image}`;
}
