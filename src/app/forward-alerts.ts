// Alerts of other sensors: received over HTTP or read from files, grouped, and sent on.
import { ALERT_BYTES_MAX, readSensed } from "../formats/alerts/alert-line.ts";
import { JsonRecords } from "../formats/json-records.ts";
import { readAlertLog } from "../io/alert-log.ts";
import { serve } from "../io/http/serve.ts";
import { openSinks } from "../io/sinks/open-sinks.ts";
import type { Alert } from "../model/alert.ts";
import type { Problem } from "../model/problem.ts";
import type { SinkState } from "../model/sink.ts";
import { AlertGroups } from "../stages/watch/group.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ForwardRequest {
  /** As the user wrote them: `stdout`, `file:PATH`, `slack:URL`. */
  readonly sinks: readonly string[];
  /** Only the first alert of each cause is sent. */
  readonly isOnce: boolean;
}

/** What came and what became of it. */
export interface Forwarded {
  readonly alerts: number;
  readonly causes: number;
  readonly sinks: readonly SinkState[];
  readonly problems: readonly Problem[];
}

const GRACE_MS = 15_000;

/** Sends recorded alerts. @throws {AppError} `usage`, `not-found`, `unreadable`. */
export async function sendRecorded(
  paths: readonly string[],
  request: ForwardRequest,
  surroundings: Surroundings,
): Promise<Forwarded> {
  const forwarding = new Forwarding(request, surroundings);
  const problems: Problem[] = [];
  for (const path of new Set(paths)) {
    // A file is read faster than anybody takes alerts: those of a piece are kept, and given as they are taken.
    const kept: Alert[] = [];
    const give = async (): Promise<void> => {
      for (const alert of kept.splice(0)) await forwarding.takeWithRoom(alert);
    };
    const keep = (alert: Alert): void => void kept.push(alert);
    const reading = await readAlertLog(path, keep, surroundings.signal, give);
    await give();
    problems.push(...reading.problems);
  }
  return forwarding.end(problems);
}

export interface ReceiveRequest extends ForwardRequest {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** What one request brought. */
const BODY_BYTES_MAX = 4 << 20;
const REQUEST_MS = 10_000;

/**
 * Takes alerts of a running Falco (`http_output`) or lines of Tetragon's export over HTTP until the signal ends it, and sends them on.
 *
 * @param listening Called with the port once it listens.
 * @throws {AppError} `usage`, `port-unusable`.
 */
export async function receiveAlerts(
  request: ReceiveRequest,
  surroundings: Surroundings,
  listening: (port: number) => void,
): Promise<Forwarded> {
  const forwarding = new Forwarding(request, surroundings);
  const { host, port } = request;
  const server = await serve(
    { host, port, tls: null, bodyBytesMax: BODY_BYTES_MAX, requestMs: REQUEST_MS },
    {
      answer: ({ method, body }) => {
        if (method !== "POST") return said(405, "send alerts with POST\n");
        const { alerts, isDamaged } = forwarding.takeBody(body);
        // Falco drops what is refused, so only what is no alert at all is.
        if (alerts === 0 && isDamaged) return said(400, "that is no JSON\n");
        return said(200, `${alerts}\n`);
      },
      tooLarge: () => said(413, `more than ${BODY_BYTES_MAX} bytes\n`),
    },
  );
  listening(server.port);
  await ended(surroundings.signal);
  await server.close(1000);
  return forwarding.end([]);
}

function said(status: number, body: string): { status: number; type: string; body: string } {
  return { status, type: "text/plain", body };
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}

class Forwarding {
  readonly #sinks: ReturnType<typeof openSinks>;
  readonly #groups = new AlertGroups();
  readonly #isOnce: boolean;
  readonly #signal: AbortSignal;

  constructor({ sinks, isOnce }: ForwardRequest, { env, signal }: Surroundings) {
    this.#signal = signal;
    this.#sinks = openSinks(sinks, env);
    this.#isOnce = isOnce;
  }

  take(alert: Alert): void {
    const isNew = this.#groups.add(alert);
    if (isNew || !this.#isOnce) this.#sinks.send(alert);
  }

  async takeWithRoom(alert: Alert): Promise<void> {
    this.#signal.throwIfAborted();
    await this.#sinks.room();
    this.take(alert);
  }

  takeBody(body: Uint8Array): { readonly alerts: number; readonly isDamaged: boolean } {
    let alerts = 0;
    let isDamaged = false;
    const miss = (): void => {
      isDamaged = true;
    };
    const record = ({ value }: { readonly value: unknown }): void => {
      const sensed = readSensed(value);
      if (sensed.kind !== "alert") return;
      alerts += 1;
      this.take(sensed.alert);
    };
    const records = new JsonRecords({ record, damage: miss, stranger: miss }, ALERT_BYTES_MAX, []);
    records.push(body);
    records.finish();
    return { alerts, isDamaged };
  }

  async end(problems: readonly Problem[]): Promise<Forwarded> {
    await this.#sinks.close(GRACE_MS);
    const causes = this.#groups.groups().length;
    return { alerts: this.#groups.alerts, causes, sinks: this.#sinks.states(), problems };
  }
}
