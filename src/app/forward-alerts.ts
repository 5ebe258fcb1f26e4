// Alerts of other sensors: received over HTTP or read from files, grouped, and sent on.
import { ALERT_BYTES_MAX, readSensed } from "../formats/alerts/alert-line.ts";
import { JsonRecords } from "../formats/json-records.ts";
import { readAlertLog } from "../io/alert-log.ts";
import { serve } from "../io/http/serve.ts";
import type { Alert } from "../model/alert.ts";
import type { Problem } from "../model/problem.ts";
import { AlertDesk, type DeskAnswer, type DeskRequest } from "./alert-desk.ts";
import { aborted, type Surroundings } from "./surroundings.ts";
import { noAlertsIn } from "./watch-alerts.ts";

/** What came and what became of it. */
export interface Forwarded extends DeskAnswer {
  readonly problems: readonly Problem[];
}

/** Sends recorded alerts. @throws {AppError} `usage`, `not-found`, `unreadable`. */
export async function sendRecorded(
  paths: readonly string[],
  request: DeskRequest,
  surroundings: Surroundings,
): Promise<Forwarded> {
  const desk = new AlertDesk(request, surroundings);
  const problems: Problem[] = [];
  let strangers = 0;
  for (const path of new Set(paths)) {
    // A file is read faster than anybody takes alerts: those of a piece are kept, and given as they are taken.
    const kept: Alert[] = [];
    const give = async (): Promise<void> => {
      for (const alert of kept.splice(0)) {
        surroundings.signal.throwIfAborted();
        await desk.room();
        desk.take(alert);
      }
    };
    const keep = (alert: Alert): void => void kept.push(alert);
    const reading = await readAlertLog(path, keep, surroundings.signal, give);
    await give();
    problems.push(...reading.problems);
    strangers += reading.strangers;
  }
  const answer = await desk.end();
  if (answer.alerts === 0 && strangers > 0) problems.push(noAlertsIn(paths));
  return { ...answer, problems };
}

export interface ReceiveRequest extends DeskRequest {
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
  const desk = new AlertDesk(request, surroundings);
  const { host, port } = request;
  const server = await serve(
    { host, port, tls: null, bodyBytesMax: BODY_BYTES_MAX, requestMs: REQUEST_MS },
    {
      answer: ({ method, body }) => {
        if (method !== "POST") return said(405, "send alerts with POST\n");
        const { alerts, isDamaged } = takeBody(body, desk);
        // Falco drops what is refused, so only what is no alert at all is.
        if (alerts === 0 && isDamaged) return said(400, "that is no JSON\n");
        return said(200, `${alerts}\n`);
      },
      tooLarge: () => said(413, `more than ${BODY_BYTES_MAX} bytes\n`),
    },
  );
  listening(server.port);
  await aborted(surroundings.signal);
  await server.close(1000);
  return { ...(await desk.end()), problems: [] };
}

function said(status: number, body: string): { status: number; type: string; body: string } {
  return { status, type: "text/plain", body };
}

function takeBody(
  body: Uint8Array,
  desk: AlertDesk,
): { readonly alerts: number; readonly isDamaged: boolean } {
  let alerts = 0;
  let isDamaged = false;
  const miss = (): void => {
    isDamaged = true;
  };
  const record = ({ value }: { readonly value: unknown }): void => {
    const sensed = readSensed(value);
    if (sensed.kind !== "alert") return;
    alerts += 1;
    desk.take(sensed.alert);
  };
  const records = new JsonRecords({ record, damage: miss, stranger: miss }, ALERT_BYTES_MAX, []);
  records.push(body);
  records.finish();
  return { alerts, isDamaged };
}
