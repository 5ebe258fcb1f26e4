// Alerts as Falco writes them: one JSON object a line (json_output), or the body of a request (http_output).
// @see https://falco.org/docs/concepts/outputs/formatting/ and userspace/engine/formats.cpp
import type { Alert, AlertValue } from "../../model/alert.ts";
import { priorityNamed } from "../falco/priorities.ts";
import { type JsonObject, object, text, texts } from "../json-object.ts";

const FIELDS_MAX = 200;
const TEXT_MAX = 8192;
const TAGS_MAX = 100;
const CAUSE_MAX = 64;

/**
 * Reads an alert of Falco's, or of ours in this form. Texts are cut at 8,192 characters, and of more than 200 fields the rest is left out.
 *
 * @returns Null for an object that is none: without rule, time or priority.
 */
export function readFalcoAlert(of: JsonObject): Alert | null {
  const rule = text(of, "rule").slice(0, TEXT_MAX);
  const time = text(of, "time");
  const priority = priorityNamed(text(of, "priority"));
  if (rule === "" || priority === null || Number.isNaN(Date.parse(time))) return null;
  const isOurs = text(of, "sensor") === "bulwark";
  const output = text(of, "output").slice(0, TEXT_MAX);
  const head = headOf({ time, priority });
  return {
    rule,
    priority,
    source: text(of, "source") || "syscall",
    time,
    hostname: text(of, "hostname").slice(0, TEXT_MAX),
    output: isOurs && output.startsWith(head) ? output.slice(head.length) : output,
    fields: fieldsOf(object(of, "output_fields") ?? object(of, "fields")),
    tags: texts(of, "tags").slice(0, TAGS_MAX),
    sensor: isOurs ? "bulwark" : "falco",
    ...repeatsOf(object(of, "repeats"), time),
  };
}

/** Ours, where several are told as one. What is no count is no word of ours. */
function repeatsOf(of: JsonObject | null, time: string): Pick<Alert, "repeats"> {
  const count = of !== null && Object.hasOwn(of, "count") ? of["count"] : null;
  if (of === null || typeof count !== "number" || !Number.isSafeInteger(count) || count < 1)
    return {};
  const timeOf = (name: string): string => {
    const written = text(of, name);
    return Number.isNaN(Date.parse(written)) ? time : written;
  };
  const cause = text(of, "cause").slice(0, CAUSE_MAX);
  return { repeats: { cause, count, first: timeOf("first"), last: timeOf("last") } };
}

/** Names are chosen by strangers, so nothing is inherited. */
function fieldsOf(of: JsonObject | null): Readonly<Record<string, AlertValue>> {
  const fields = Object.create(null) as Record<string, AlertValue>;
  for (const [name, value] of Object.entries(of ?? {}).slice(0, FIELDS_MAX))
    fields[name.slice(0, TEXT_MAX)] = scalarOf(value);
  return fields;
}

function scalarOf(value: unknown): AlertValue {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return value.slice(0, TEXT_MAX);
  // Lists are few (`proc.aname`), and are compared as they are printed.
  return value === null || value === undefined ? null : JSON.stringify(value).slice(0, TEXT_MAX);
}

/** What Falco puts before each sentence. */
function headOf({ time, priority }: Pick<Alert, "time" | "priority">): string {
  return `${time.slice(11, 29)}: ${priority} `;
}

/**
 * The line that Falco would write, with members in its order, and what we know beyond behind them; without a line end. The sentence
 * begins with the time and the priority; a host that is not known, as that of a recording, is left out.
 */
export function falcoLine(alert: Alert): string {
  const { hostname, output, fields, priority, rule, source, tags, time, ...more } = alert;
  const { sensor, ...others } = more;
  const line = {
    ...(hostname === "" ? {} : { hostname }),
    // What is of Falco has it already.
    output: sensor === "bulwark" ? headOf(alert) + output : output,
    ...{ output_fields: fields, priority, rule, source, tags, time },
  };
  return JSON.stringify({ ...line, ...(sensor === "falco" ? {} : { sensor }), ...others });
}
