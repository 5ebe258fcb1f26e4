// Fields of the event itself: `evt.*`, `syscall.type`, `fs.path.*`.
import { EVENT_TYPES, type SensorEvent } from "../../../model/event.ts";
import type { Field } from "../contract.ts";
import { described, flag, indexOf, number, text } from "../field.ts";
import { isoTime, timeOfDay } from "../times.ts";
import { EVENT_FORMS } from "./event-forms.data.ts";
import {
  type Accounts,
  allParameters,
  errorName,
  eventName,
  parameterText,
  rawParameter,
} from "./parameters.ts";

type F = Field<SensorEvent>;

const OPENS: readonly boolean[] = EVENT_TYPES.map((name) =>
  /^open(?:at2?|_by_handle_at)?$/.test(name),
);
const NO_CALLS: ReadonlySet<string> = new Set(["unknown", "procexit", "io_uring"]);
const READS: ReadonlySet<string> = new Set(["recvfrom", "recvmsg"]);
const WRITES: ReadonlySet<string> = new Set(["sendto", "sendmsg"]);
const ACCESS_MASK = 3;
const CREAT = 0o100;

function openFlags(event: SensorEvent): number | null {
  if (OPENS[event.code] !== true) return null;
  const flags = event.parameter("flags");
  return flags === null || typeof flags === "string" ? null : Number(flags);
}

/** False for what is no opening: there, nothing was opened. */
function opened(event: SensorEvent, test: (flags: number) => boolean): boolean {
  const flags = openFlags(event);
  return flags !== null && test(flags);
}

function isCreating(event: SensorEvent): boolean {
  return eventName(event) === "creat" || opened(event, (flags) => (flags & CREAT) !== 0);
}

function isFailed({ result }: SensorEvent): boolean | null {
  return result === null ? null : result < 0;
}

function resultText({ result }: SensorEvent): string | null {
  if (result === null) return null;
  return result < 0 ? errorName(result) : "SUCCESS";
}

function nanosecondsOf({ seconds, nanoseconds }: SensorEvent): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}

/** An absolute path out of one that may be below the working directory; null below a descriptor, which is not known. */
function absolute(event: SensorEvent, path: string, directory: string): string | null {
  if (path.startsWith("/")) return path;
  const below = event.parameter(directory);
  // AT_FDCWD, or a call that knows no descriptor.
  if (below !== null && Number(below) !== -100) return null;
  const { cwd } = event.process;
  return cwd === "" ? null : `${cwd.replace(/\/$/, "")}/${path}`;
}

interface PathPlace {
  readonly names: readonly string[];
  readonly directories: readonly string[];
}

const PATH: PathPlace = { names: ["name", "path", "filename", "dir"], directories: ["dirfd"] };
const SOURCE: PathPlace = { names: ["oldpath", "target"], directories: ["olddirfd", "olddir"] };
const TARGET: PathPlace = {
  names: ["newpath", "linkpath"],
  directories: ["newdirfd", "newdir", "linkdirfd"],
};

function rawPath(event: SensorEvent, { names }: PathPlace): string | null {
  for (const name of names) {
    const value = event.parameter(name);
    if (typeof value === "string") return value;
  }
  return null;
}

function fullPath(event: SensorEvent, place: PathPlace): string | null {
  const raw = rawPath(event, place);
  if (raw === null) return null;
  const directory = place.directories.find((name) => event.parameter(name) !== null);
  return absolute(event, raw, directory ?? "");
}

function parameterField(accounts: Accounts): F {
  return described("text", { cost: 3 }, (argument) => {
    if (argument === null) return "needs the name or the number of a parameter in brackets";
    const index = indexOf(argument);
    if (index === null)
      return {
        kind: "one",
        read: (event) => parameterText(event, argument, accounts),
        isAbsent: (name) => EVENT_FORMS.get(name)?.parameters.includes(argument) === false,
      };
    return {
      kind: "one",
      read: (event) => {
        const name = EVENT_FORMS.get(eventName(event))?.parameters[index];
        return name === undefined ? null : parameterText(event, name, accounts);
      },
    };
  });
}

const rawField: F = described("number", { cost: 2, isOperand: false }, (argument) =>
  argument === null
    ? "needs the name of a parameter in brackets"
    : {
        kind: "one",
        read: (event) => {
          const value = rawParameter(event, argument);
          return typeof value === "string" ? null : value;
        },
      },
);

const OWN_FIELDS: ReadonlyMap<string, F> = new Map<string, F>([
  ["evt.num", number((event) => event.number)],
  ["evt.type", text(eventName)],
  ["syscall.type", text((event) => (NO_CALLS.has(eventName(event)) ? null : eventName(event)))],
  [
    "evt.type.is",
    described("number", {}, (argument) =>
      argument === null
        ? "needs the name of an event"
        : { kind: "one", read: (event) => Number(eventName(event) === argument) },
    ),
  ],
  ["evt.category", text((event) => EVENT_FORMS.get(eventName(event))?.category ?? null)],
  ["evt.source", text(() => "syscall")],
  [
    "evt.dir",
    text(() => "<", {
      caution: {
        message: "is deprecated, because all events are those of calls that returned",
        isOfConditions: false,
      },
    }),
  ],
  ["evt.is_async", flag(() => false)],
  // Events of plugins have these; of system calls, they are missing in Falco too.
  ["evt.asynctype", text(() => null)],
  ["evt.pluginname", text(() => null)],
  ["evt.plugininfo", text(() => null)],
  ["evt.rawarg", rawField],
  ["evt.res", text(resultText)],
  ["evt.rawres", number((event) => event.result)],
  ["evt.failed", flag(isFailed)],
  ["evt.count", number(() => 1)],
  ["evt.count.error", number((event) => Number(isFailed(event) ?? false))],
  ["evt.count.exit", number(() => 1)],
  ["evt.is_io", flag((event) => READS.has(eventName(event)) || WRITES.has(eventName(event)))],
  ["evt.is_io_read", flag((event) => READS.has(eventName(event)))],
  ["evt.is_io_write", flag((event) => WRITES.has(eventName(event)))],
  [
    "evt.io_dir",
    text((event) =>
      READS.has(eventName(event)) ? "r" : WRITES.has(eventName(event)) ? "w" : null,
    ),
  ],
  ["evt.is_wait", flag(() => false)],
  ["evt.is_open_read", flag((event) => opened(event, (flags) => (flags & ACCESS_MASK) !== 1))],
  ["evt.is_open_write", flag((event) => opened(event, (flags) => (flags & ACCESS_MASK) !== 0))],
  ["evt.is_open_create", flag(isCreating)],
  [
    "evt.is_open_exec",
    flag((event) => isCreating(event) && (Number(event.parameter("mode") ?? 0) & 0o111) !== 0),
  ],
  ["evt.time", text((event) => timeOfDay(event, true), { cost: 5 })],
  ["evt.outputtime", text((event) => timeOfDay(event, true), { place: "output" })],
  ["evt.time.s", text((event) => timeOfDay(event, false), { cost: 5 })],
  ["evt.time.iso8601", text((event) => isoTime(event), { cost: 5 })],
  [
    "evt.datetime",
    text((event) => `${isoTime(event).slice(0, 10)} ${timeOfDay(event, true)}`, { cost: 5 }),
  ],
  [
    "evt.datetime.s",
    text((event) => `${isoTime(event).slice(0, 10)} ${timeOfDay(event, false)}`, { cost: 5 }),
  ],
  ["evt.rawtime", number(nanosecondsOf)],
  ["evt.rawtime.s", number((event) => event.seconds)],
  ["evt.rawtime.ns", number((event) => event.nanoseconds)],
  [
    "evt.abspath",
    described("text", { cost: 4 }, (argument) => {
      if (argument === "src") return { kind: "one", read: (event) => fullPath(event, SOURCE) };
      if (argument === "dst") return { kind: "one", read: (event) => fullPath(event, TARGET) };
      if (argument !== null) return "takes src or dst";
      return { kind: "one", read: (event) => fullPath(event, PATH) };
    }),
  ],
  ["fs.path.name", text((event) => event.descriptor?.name || fullPath(event, PATH), { cost: 4 })],
  ["fs.path.nameraw", text((event) => rawPath(event, PATH), { cost: 3 })],
  ["fs.path.source", text((event) => fullPath(event, SOURCE), { cost: 4 })],
  ["fs.path.sourceraw", text((event) => rawPath(event, SOURCE), { cost: 3 })],
  ["fs.path.target", text((event) => fullPath(event, TARGET), { cost: 4 })],
  ["fs.path.targetraw", text((event) => rawPath(event, TARGET), { cost: 3 })],
]);

/** Of events of the sensor. */
export function eventFields(accounts: Accounts, hostName: string | null): ReadonlyMap<string, F> {
  const all = text<SensorEvent>((event) => allParameters(event, accounts), { cost: 10 });
  return new Map<string, F>([
    ...OWN_FIELDS,
    ["evt.hostname", text(() => hostName)],
    ["evt.args", all],
    ["evt.info", all],
    ["evt.arg", parameterField(accounts)],
  ]);
}
