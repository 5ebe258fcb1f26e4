import { EVENT_TYPES, type EventType, type SensorEvent } from "../../model/event.ts";
import type { EventRecord } from "../../model/event-record.ts";
import { ERROR_NAMES } from "./syscall/errors.data.ts";

/** Parameters that say what an event without a descriptor is about, in this order. */
const SUBJECTS = ["oldpath", "path", "name", "filename", "linkpath", "request", "flags", "opcode"];

/** Those that end processes, by number (signal(7)). */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [13, "SIGPIPE"],
  [15, "SIGTERM"],
]);

const SECOND_NAMES = ["newpath", "target"];

/** What enforcement had to do with an event. */
export interface Enforced {
  readonly isKilled: boolean;
  readonly isMemoryCode: boolean;
}

/** Copies what a reader of an event wants to see first. */
export function eventRecord(event: SensorEvent, enforced: Enforced): EventRecord {
  const { process, descriptor } = event;
  const { container } = process;
  const realPath = descriptor?.realPath ?? "";
  return {
    type: EVENT_TYPES[event.code] as EventType,
    time: timeOf(event),
    number: event.number,
    pid: process.pid,
    tid: event.tid,
    process: process.name,
    executable: process.exePath,
    command: [process.exe, ...process.arguments].join(" "),
    user: process.uid,
    parent: process.parent?.name ?? null,
    parentPid: process.parentPid,
    container:
      container === null
        ? null
        : {
            id: container.id.slice(0, 12),
            name: container.name,
            image: container.image?.reference ?? null,
            problem: container.problems[0]?.detail ?? null,
          },
    result: event.result,
    error: errorOf(event),
    subject: descriptor?.name ?? lifeOf(event) ?? parameterOf(event, SUBJECTS),
    secondName: parameterOf(event, SECOND_NAMES),
    realPath: realPath === "" || realPath === descriptor?.name ? null : realPath,
    killed: enforced.isKilled,
    memoryCode: enforced.isMemoryCode,
  };
}

function parameterOf(event: SensorEvent, names: readonly string[]): string | null {
  for (const name of names) {
    const value = event.parameter(name);
    if (value !== null) return String(value);
  }
  return null;
}

/** Of a process that ends the status is no error. */
function errorOf({ code, result }: SensorEvent): string | null {
  if (EVENT_TYPES[code] === "procexit" || result === null || result >= 0) return null;
  return ERROR_NAMES.get(-result) ?? `error ${-result}`;
}

/** What became of a process: the child that it made, or how it ended (wait(2)). */
function lifeOf(event: SensorEvent): string | null {
  const type = EVENT_TYPES[event.code];
  if (type === "clone") return `child ${event.parameter("res")}`;
  if (type !== "procexit") return null;
  const status = event.result ?? 0;
  const signal = status & 0x7f;
  if (signal === 0) return `ended with ${(status >> 8) & 0xff}`;
  return `ended by ${SIGNALS.get(signal) ?? `signal ${signal}`}`;
}

/** RFC 3339 with nanoseconds. */
export function timeOf({ seconds, nanoseconds }: SensorEvent): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, "0")}Z`;
}
