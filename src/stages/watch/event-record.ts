import { EVENT_TYPES, type EventType, type SensorEvent } from "../../model/event.ts";
import type { EventRecord } from "../../model/event-record.ts";

/** Parameters that say what an event without a descriptor is about, in this order. */
const SUBJECTS = ["oldpath", "path", "name", "filename", "linkpath", "request", "flags", "opcode"];

/** Copies what a reader of an event wants to see first. */
export function eventRecord(event: SensorEvent, killed: boolean): EventRecord {
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
          },
    result: event.result,
    subject: descriptor?.name ?? parameterOf(event),
    realPath: realPath === "" || realPath === descriptor?.name ? null : realPath,
    killed,
  };
}

function parameterOf(event: SensorEvent): string | null {
  for (const name of SUBJECTS) {
    const value = event.parameter(name);
    if (value !== null) return String(value);
  }
  return null;
}

/** RFC 3339 with nanoseconds. */
export function timeOf({ seconds, nanoseconds }: SensorEvent): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, "0")}Z`;
}
