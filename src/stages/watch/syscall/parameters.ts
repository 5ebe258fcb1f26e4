// Parameters of events as Falco shows them: names instead of numbers. Source: the headers of Linux (uapi) and falcosecurity/libs,
// driver/ppm_flag_helpers.h, for the order of flags.
import type { Parameter, SensorEvent } from "../../../model/event.ts";
import { EVENT_TYPES } from "../../../model/event.ts";
import { ERROR_NAMES } from "./errors.data.ts";
import { EVENT_FORMS } from "./event-forms.data.ts";
import { BITS, type Bit, NAMES } from "./parameter-names.data.ts";

/** Who a number is, from the files of the host. */
export interface Accounts {
  userName(uid: number): string | null;
  groupName(gid: number): string | null;
}

export function eventName({ code }: SensorEvent): string {
  return EVENT_TYPES[code] ?? "unknown";
}

/** `EACCES` of -13; the number of an error that has no name. */
export function errorName(result: number): string {
  return ERROR_NAMES.get(-result) ?? String(result);
}

/** A parameter by its name, as text; null when the event has none of that name. */
export function parameterText(event: SensorEvent, name: string, accounts: Accounts): string | null {
  // Flags of an executable are the kernel's for calls, and what became of the file for what began.
  if (name === "flags" && isExecution(event)) return executionFlags(event);
  const value = rawParameter(event, name);
  if (value === null) return special(event, name);
  if (typeof value === "string") return value;
  if (name === "res" && value < 0) return errorName(Number(value));
  if (name === "uid") return accounts.userName(Number(value)) ?? String(value);
  return named(eventName(event), name, value) ?? String(value);
}

/** A parameter as the kernel has it. */
export function rawParameter(event: SensorEvent, name: string): Parameter | null {
  const value = event.parameter(name);
  if (value !== null) return value;
  if (name === "res") return event.result;
  return null;
}

/** What the event has in another place. */
function special(event: SensorEvent, name: string): string | null {
  const { descriptor, process } = event;
  if (name === "fd" && descriptor !== null) return `<${descriptor.kind}>${descriptor.name}`;
  if (name === "tuple") return descriptor?.socket ? descriptor.name : null;
  if (!isExecution(event)) return null;
  if (name === "exe") return process.exe;
  if (name === "args") return process.arguments.join(" ");
  if (name === "cwd") return process.cwd;
  if (name === "comm") return process.name;
  if (name === "trusted_exepath") return process.exePath;
  return null;
}

function isExecution(event: SensorEvent): boolean {
  const name = eventName(event);
  return name === "execve" || name === "execveat";
}

function executionFlags({ process: { file } }: SensorEvent): string {
  const flags = [
    file.isWritable && "EXE_WRITABLE",
    file.isUpperLayer && "EXE_UPPER_LAYER",
    file.isMemory && "EXE_FROM_MEMFD",
    file.isLowerLayer && "EXE_LOWER_LAYER",
  ];
  return flags.filter((one) => one !== false).join("|");
}

function named(event: string, name: string, value: number | bigint): string | null {
  const key =
    NAMES.has(`${event} ${name}`) || BITS.has(`${event} ${name}`) ? `${event} ${name}` : name;
  const one = NAMES.get(key)?.get(Number(value));
  if (one !== undefined) return one;
  const bits = BITS.get(key);
  return bits === undefined ? null : bitNames(bits, Number(value));
}

/** `O_RDONLY|O_CLOEXEC`: a bit with a mask means one value of several. */
function bitNames(bits: readonly Bit[], value: number): string {
  return bits
    .filter(([, bit, mask]) => (value & (mask ?? bit)) === bit)
    .map(([name]) => name)
    .join("|");
}

/** All parameters in their order, as `name=value`. */
export function allParameters(event: SensorEvent, accounts: Accounts): string {
  const names = EVENT_FORMS.get(eventName(event))?.parameters ?? [];
  const texts = names.map((name) => [name, parameterText(event, name, accounts)] as const);
  return texts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
