// A recording of what containers did: one JSON object a line, the window first. The form is that of model/observed.ts.
import { AppError } from "../kit/error.ts";
import type {
  ObservedEvent,
  ObservedPeer,
  ObservedThing,
  ObservedWindow,
} from "../model/observed.ts";
import {
  complain,
  count,
  items,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
  texts,
} from "./json-shape.ts";
import { RECORDING_MAGIC } from "./sensor/recording.ts";

const OBSERVED_SCHEMA = "bulwark.dev/observed/v1";
const HINT =
  "docs/guide/least-privilege.md has the form of a recording; audit logs are named by --audit-log";
const LINE_BYTES_MAX = 64 << 10;
const TEXT_MAX = 4096;
const LABELS_MAX = 100;
const ARGUMENTS_MAX = 1000;
const NEWLINE = 0x0a;

/**
 * Reads a recording, event by event.
 *
 * @param path For messages.
 * @throws {AppError} `document-invalid` with the line: a recording that is read by half would say that less is needed.
 */
export function* readObserved(bytes: Buffer, path: string): Generator<ObservedEvent> {
  if (bytes.subarray(0, RECORDING_MAGIC.length).equals(RECORDING_MAGIC))
    throw new AppError(
      "document-invalid",
      `cannot read ${JSON.stringify(path)}: it is a recording of events, as bulwark watch --record makes it, and not of what containers did`,
      {
        hint: "bulwark watch learn NAME --for 1h --output FILE makes what is read here, of containers that run; a recording of events is for bulwark replay",
      },
    );
  let number = 0;
  let hasWindow = false;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    number += 1;
    const line = bytes.subarray(start, end);
    start = end + 1;
    const what = `recording ${JSON.stringify(path)}, line ${number}`;
    if (line.length > LINE_BYTES_MAX)
      throw new AppError("document-invalid", `cannot read ${what}: it is longer than 64 KiB`);
    if (line.length === 0) continue;
    const place = parseJson(line, { what, code: "document-invalid", hint: HINT });
    yield hasWindow ? eventOf(place) : windowOf(place);
    hasWindow = true;
  }
  if (!hasWindow) {
    throw new AppError(
      "document-invalid",
      `cannot read recording ${JSON.stringify(path)}: it is empty`,
      { hint: HINT },
    );
  }
}

function windowOf(place: JsonPlace): ObservedWindow {
  if (kindOf(place) !== "window" || text(member(place, "schema"), TEXT_MAX) !== OBSERVED_SCHEMA)
    return complain(place, `is no window of schema ${OBSERVED_SCHEMA}, which comes first`);
  const architecture = oneOf(member(place, "architecture"), ["amd64", "arm64"]);
  return { kind: "window", schema: OBSERVED_SCHEMA, architecture, ...spanOf(place) };
}

function eventOf(place: JsonPlace): ObservedEvent {
  const kind = kindOf(place);
  if (kind === "window")
    return complain(place, "is a second window: read recordings one by one, they may be of others");
  if (kind === "container") return containerOf(place);
  if (kind === "loss")
    return { kind, at: time(member(place, "at")), count: count(member(place, "count")) };
  return thingOf(kind, place);
}

function thingOf(kind: string, place: JsonPlace): ObservedThing {
  const of = {
    container: text(member(place, "container"), TEXT_MAX),
    at: time(member(place, "at")),
  };
  switch (kind) {
    case "capability":
      return {
        kind,
        ...of,
        name: word(member(place, "name"), /^[A-Z][A-Z0-9_]{1,40}$/),
        allowed: boolean(member(place, "allowed")),
      };
    case "syscall":
      return { kind, ...of, name: word(member(place, "name"), /^[a-z_][a-z0-9_]{0,40}$/) };
    case "write":
    case "read":
      return { kind, ...of, path: word(member(place, "path"), /^\//) };
    case "execute": {
      const words = items(member(place, "arguments"), ARGUMENTS_MAX);
      const path = word(member(place, "path"), /^\//);
      return { kind, ...of, path, arguments: words.map((one) => text(one, TEXT_MAX)) };
    }
    case "listen":
      return { kind, ...of, ...portOf(place) };
    case "name":
      return { kind, ...of, name: text(member(place, "name"), TEXT_MAX) };
    case "flow":
      return { kind, ...of, ...flowOf(place) };
    default:
      return complain(member(place, "kind"), "is no kind of event");
  }
}

function containerOf(place: JsonPlace): ObservedEvent {
  return {
    kind: "container",
    id: text(member(place, "id"), TEXT_MAX),
    image: optionalText(member(place, "image"), TEXT_MAX),
    repository: optionalText(member(place, "repository"), TEXT_MAX),
    platform: oneOf(member(place, "platform"), ["kubernetes", "compose", "engine"]),
    namespace: optionalText(member(place, "namespace"), TEXT_MAX),
    workloadKind: text(member(place, "workloadKind"), TEXT_MAX),
    workload: text(member(place, "workload"), TEXT_MAX),
    name: text(member(place, "name"), TEXT_MAX),
    labels: labelsOf(member(place, "labels")),
    ...spanOf(place),
    sawStart: boolean(member(place, "sawStart")),
    sawEnd: boolean(member(place, "sawEnd")),
  };
}

function flowOf(place: JsonPlace) {
  return {
    direction: oneOf(member(place, "direction"), ["egress", "ingress"]),
    ...portOf(place),
    peer: peerOf(member(place, "peer")),
  };
}

function portOf(place: JsonPlace) {
  const port = count(member(place, "port"));
  if (port < 1 || port > 65535) complain(member(place, "port"), "is no port");
  return { protocol: oneOf(member(place, "protocol"), ["TCP", "UDP", "SCTP"]), port };
}

function peerOf(place: JsonPlace): ObservedPeer {
  const kind = oneOf(member(place, "kind"), ["pod", "address", "any"]);
  if (kind === "any") return { kind };
  if (kind === "address")
    return { kind, address: word(member(place, "address"), /^[0-9a-fA-F:.]{2,45}$/) };
  return {
    kind,
    namespace: text(member(place, "namespace"), TEXT_MAX),
    labels: labelsOf(member(place, "labels")),
  };
}

function labelsOf(place: JsonPlace): Record<string, string> {
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of texts(place, LABELS_MAX)) labels[name] = value;
  return labels;
}

function spanOf(place: JsonPlace): { from: number; to: number } {
  const span = { from: time(member(place, "from")), to: time(member(place, "to")) };
  return span.from <= span.to ? span : complain(member(place, "to"), "is before from");
}

function kindOf(place: JsonPlace): string {
  return text(member(place, "kind"), TEXT_MAX);
}

function time(place: JsonPlace): number {
  const written = text(place, TEXT_MAX);
  const time = UTC.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(time) ? complain(place, "is no time such as 2026-11-25T10:00:00Z") : time;
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

function word(place: JsonPlace, form: RegExp): string {
  const written = text(place, TEXT_MAX);
  return form.test(written) ? written : complain(place, "has not the right form");
}

function boolean(place: JsonPlace): boolean {
  return typeof place.value === "boolean"
    ? place.value
    : complain(place, "is neither true nor false");
}

function oneOf<T extends string>(place: JsonPlace, words: readonly T[]): T {
  const written = text(place, TEXT_MAX);
  const found = words.find((one) => one === written);
  return found ?? complain(place, `is not one of ${words.join(", ")}`);
}

/**
 * Writes a recording, the window first, in the form that {@link readObserved} reads.
 */
export function observedText(events: Iterable<ObservedEvent>): string {
  let text = "";
  for (const event of events) text += `${JSON.stringify(event, written)}\n`;
  return text;
}

const TIMES: ReadonlySet<string> = new Set(["at", "from", "to"]);

function written(name: string, value: unknown): unknown {
  return TIMES.has(name) && typeof value === "number" ? new Date(value).toISOString() : value;
}
