// One line an event: when, what, where, who, and what it was about.
import { palette } from "../kit/colour.ts";
import { cut, padLeft, padRight, visible } from "../kit/display.ts";
import type { EventRecord } from "../model/event-record.ts";

/** How a line is to look. */
export interface EventScreen {
  /** null for lines that are not cut. */
  readonly width: number | null;
  readonly colour: boolean;
}

const TYPE_WIDTH = 10;
const PLACE_WIDTH = 16;
const PID_WIDTH = 7;
const TEXT_WIDTH_MIN = 20;

/** `12:00:01.123 execve     web                 4711 sh → /usr/bin/curl -s http://…`. */
export function eventLine(event: EventRecord, { width, colour }: EventScreen): string {
  const { dim, bold, red, blue, yellow } = palette(colour);
  const time = clockOf(event.time);
  const { container } = event;
  const place = visible(container === null ? "host" : (container.name ?? container.id));
  const head = `${padRight(event.type, TYPE_WIDTH)} ${padRight(cut(place, PLACE_WIDTH), PLACE_WIDTH)}`;
  const pid = padLeft(String(event.pid), PID_WIDTH);
  const failed = event.error === null ? "" : ` ${event.error}`;
  const killed = event.killed ? " KILLED" : event.memoryCode ? " CODE IN MEMORY" : "";
  const used = time.length + head.length + pid.length + failed.length + killed.length + 3;
  const text = visible(whatOf(event));
  const shown = width === null ? text : cut(text, Math.max(TEXT_WIDTH_MIN, width - used));
  const painted = isBegin(event) ? bold(blue(head)) : head;
  return `${dim(time)} ${painted} ${dim(pid)} ${shown}${yellow(failed)}${red(killed)}`;
}

/** `12:00:01.123` of a time in RFC 3339. */
export function clockOf(time: string): string {
  return time.slice(11, 23);
}

function isBegin({ type }: EventRecord): boolean {
  return type === "execve" || type === "execveat";
}

function whatOf(event: EventRecord): string {
  if (isBegin(event)) {
    const parent = event.parent ?? (event.parentPid > 0 ? `process ${event.parentPid}` : null);
    return parent === null ? event.command : `${parent} → ${event.command}`;
  }
  const who = event.process === "" ? "a process" : event.process;
  const { subject, secondName, realPath } = event;
  if (subject === null || subject === "") return who;
  const second = secondName === null ? "" : ` → ${secondName}`;
  const real = realPath === null ? "" : ` (really ${realPath})`;
  return `${who}: ${subject}${second}${real}`;
}
