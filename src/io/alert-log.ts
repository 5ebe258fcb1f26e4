// Recorded alerts: JSON lines of ours, of Falco and of Tetragon, in files that may be compressed, or from standard input.
import { createReadStream } from "node:fs";
import { ALERT_BYTES_MAX, readSensed } from "../formats/alerts/alert-line.ts";
import { JsonRecords } from "../formats/json-records.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import type { Problem } from "../model/problem.ts";
import { decompress } from "./layers/inflate.ts";
import { openError } from "./open-error.ts";

/** What was read beside the alerts. */
export interface AlertReading {
  readonly alerts: number;
  /** Events of sensors that no rule asked for. */
  readonly observations: number;
  /** Lines and values of something else. */
  readonly strangers: number;
  readonly problems: readonly Problem[];
}

/** Of one file; the rest is counted. */
const PROBLEMS_MAX = 20;
const PIECE_BYTES = 1 << 20;

/**
 * Reads one file, alert by alert, in bounded memory; damage is a problem, and what comes after it is read.
 *
 * @param path `-` for standard input.
 * @param between Awaited between pieces, where whoever takes the alerts can hold the reading up.
 * @throws {AppError} `not-found`, `unreadable`; what the signal says.
 */
export async function readAlertLog(
  path: string,
  take: (alert: Alert) => void,
  signal: AbortSignal,
  between: () => Promise<void> = async () => undefined,
): Promise<AlertReading> {
  const reading = new Reading(path, take);
  const stored =
    path === "-" ? process.stdin : createReadStream(path, { highWaterMark: PIECE_BYTES, signal });
  try {
    for await (const piece of decompress(stored)) {
      signal.throwIfAborted();
      reading.records.push(piece);
      await between();
    }
    reading.records.finish();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw openError("alerts", path, error);
    // What came before the damage counts.
    reading.records.finish();
    reading.miss(`not all of it was read: ${reasonOf(error)}`);
  }
  return reading.result();
}

class Reading {
  readonly records: JsonRecords;
  readonly #path: string;
  readonly #problems: Problem[] = [];
  #more = 0;
  #alerts = 0;
  #observations = 0;
  #strangers = 0;

  constructor(path: string, take: (alert: Alert) => void) {
    this.#path = path;
    const record = ({ value }: { readonly value: unknown }): void => {
      const sensed = readSensed(value);
      if (sensed.kind === "observation") this.#observations += 1;
      if (sensed.kind === "stranger") this.#strangers += 1;
      if (sensed.kind !== "alert") return;
      this.#alerts += 1;
      take(sensed.alert);
    };
    const stranger = (): void => {
      this.#strangers += 1;
    };
    const damage = (line: number, detail: string): void => this.miss(`line ${line}: ${detail}`);
    this.records = new JsonRecords({ record, damage, stranger }, ALERT_BYTES_MAX, []);
  }

  miss(detail: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(this.#problem(detail));
    else this.#more += 1;
  }

  result(): AlertReading {
    const more = this.#more === 0 ? [] : [this.#problem(`${this.#more} more places are damaged`)];
    return {
      alerts: this.#alerts,
      observations: this.#observations,
      strangers: this.#strangers,
      problems: [...this.#problems, ...more],
    };
  }

  #problem(detail: string): Problem {
    return { code: "log-damaged", detail: `${this.#path}: ${detail}` };
  }
}
