// Audit logs as files: native, compressed, or exported from CloudWatch; several, or folders of them. One pass, in pieces.
import { createReadStream } from "node:fs";
import { AUDIT_LISTS, auditEvents } from "../formats/audit-events.ts";
import { repeatedJsonKey } from "../formats/json-keys.ts";
import type { JsonObject } from "../formats/json-object.ts";
import { JsonRecords } from "../formats/json-records.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import type { AuditEvent, AuditOrigin } from "../model/audit-event.ts";
import type { Problem } from "../model/problem.ts";
import { decompress } from "./layers/inflate.ts";
import { filesBelow, lookAt } from "./look.ts";
import { openError } from "./open-error.ts";

/** What was read of one file. */
export interface AuditSource {
  readonly path: string;
  readonly events: number;
  /** Lines and values that are no audit events. */
  readonly strangers: number;
}

export interface AuditReading {
  readonly sources: readonly AuditSource[];
  readonly problems: readonly Problem[];
}

export interface AuditReader {
  /** @param json The event as it was written. */
  add(event: AuditEvent, json: JsonObject): void;
  /** Whether an event is to be looked at more closely before it counts. */
  isNew(event: AuditEvent): boolean;
  /** Of which cluster the next event is. */
  origin?(origin: AuditOrigin): void;
}

/** An event with the objects that were sent and answered; the largest that etcd keeps is a hundredth of that. */
const EVENT_BYTES_MAX = 16 << 20;
const PIECE_BYTES = 1 << 20;
const FILES_MAX = { max: 100_000, depth: 20 };
/** Of one file; the rest is counted. */
const PROBLEMS_MAX = 20;

/**
 * Reads audit logs; damage is a problem, and what comes after it is read.
 *
 * @param paths Files, folders with such files, or `-` for standard input.
 * @throws {AppError} `not-found`, `unreadable` for what was named; what the signal says.
 */
export async function readAuditLogs(
  paths: readonly string[],
  reader: AuditReader,
  { signal, bytesMax = EVENT_BYTES_MAX }: { readonly signal: AbortSignal; bytesMax?: number },
): Promise<AuditReading> {
  const sources: AuditSource[] = [];
  const problems: Problem[] = [];
  for (const path of new Set(paths)) {
    const { files, isNamed, isWhole } = await filesOf(path);
    if (!isWhole) problems.push(damage(path, "not all folders and files below it were looked at"));
    for (const file of files) {
      const reading = new FileReading(file, reader, bytesMax);
      await reading.read(isNamed, signal);
      sources.push(reading.source());
      problems.push(...reading.problems());
    }
  }
  return { sources, problems };
}

async function filesOf(
  path: string,
): Promise<{ files: readonly string[]; isNamed: boolean; isWhole: boolean }> {
  const named = { files: [path], isNamed: true, isWhole: true };
  if (path === "-") return named;
  const look = await lookAt(path);
  if (look.kind === "file") return named;
  if (look.kind === "nothing")
    throw openError("audit log", path, Object.assign(new Error("absent"), { code: "ENOENT" }));
  const { paths, isWhole } = await filesBelow(path, { wants: () => true, ...FILES_MAX });
  return { files: paths, isNamed: false, isWhole };
}

class FileReading {
  readonly #path: string;
  readonly #reader: AuditReader;
  readonly #bytesMax: number;
  readonly #problems: Problem[] = [];
  #more = 0;
  #events = 0;
  #strangers = 0;

  constructor(path: string, reader: AuditReader, bytesMax: number) {
    this.#path = path;
    this.#reader = reader;
    this.#bytesMax = bytesMax;
  }

  source(): AuditSource {
    return { path: this.#path, events: this.#events, strangers: this.#strangers };
  }

  problems(): Problem[] {
    const isForeign = this.#events === 0 && this.#problems.length === 0;
    return [
      ...this.#problems,
      ...(this.#more > 0 ? [damage(this.#path, `${this.#more} more places cannot be read`)] : []),
      ...(isForeign ? [damage(this.#path, "nothing in it is an audit event")] : []),
    ];
  }

  async read(isNamed: boolean, signal: AbortSignal): Promise<void> {
    const records = this.#records();
    const stored =
      this.#path === "-"
        ? process.stdin
        : createReadStream(this.#path, { highWaterMark: PIECE_BYTES, signal });
    try {
      for await (const piece of decompress(stored)) {
        signal.throwIfAborted();
        records.push(piece);
      }
      records.finish();
    } catch (error) {
      signal.throwIfAborted();
      // What came before the damage counts.
      records.finish();
      if (error instanceof AppError) this.#miss(`not all of it was read: ${reasonOf(error)}`);
      else if (isNamed) throw openError("audit log", this.#path, error);
      else this.#miss(reasonOf(error));
    }
  }

  #records(): JsonRecords {
    const { sink, at } = this.#sink();
    return new JsonRecords(
      {
        record: ({ value, bytes, line }) => {
          at(bytes, line);
          auditEvents(value, sink);
        },
        damage: (line, detail) => this.#missAt(line, detail),
        stranger: () => {
          this.#strangers += 1;
        },
      },
      this.#bytesMax,
      AUDIT_LISTS,
    );
  }

  #sink(): {
    sink: Parameters<typeof auditEvents>[1];
    at: (bytes: Uint8Array, line: number) => void;
  } {
    let from: { bytes: Uint8Array; line: number } = { bytes: new Uint8Array(0), line: 0 };
    const sink = {
      origin: (origin: AuditOrigin): void => this.#reader.origin?.(origin),
      event: (event: AuditEvent, source: string | null, json: JsonObject): void => {
        this.#events += 1;
        if (this.#reader.isNew(event) && isAmbiguous(source ?? utf8(from.bytes), event))
          this.#missAt(from.line, "a member stands twice in it, or bytes of it are no UTF-8");
        else this.#reader.add(event, json);
      },
      damage: (detail: string): void => this.#missAt(from.line, detail),
      stranger: (): void => {
        this.#strangers += 1;
      },
    };
    return {
      sink,
      at: (bytes, line) => {
        from = { bytes, line };
      },
    };
  }

  #missAt(line: number, detail: string): void {
    this.#miss(`line ${line}: ${detail}`);
  }

  #miss(detail: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(damage(this.#path, detail));
    else this.#more += 1;
  }
}

/** Whether others may read something else in it. */
function isAmbiguous(text: string, value: unknown): boolean {
  return text.includes("\ufffd") || repeatedJsonKey(text, value) !== null;
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

function damage(path: string, detail: string): Problem {
  return { code: "log-damaged", path, detail };
}
