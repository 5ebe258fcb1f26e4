// Whether a seccomp profile that writes down may begin to refuse: what the kernel wrote while it was at work, held against it.
import type { KernelLog, SeccompCall } from "../../formats/kernel-log.ts";
import { count } from "../../kit/phrase.ts";

/** A profile at work, and who is meant by it. */
export interface SeccompTrial {
  /** The calls that it lets pass. */
  readonly allowed: ReadonlySet<string>;
  /** Since when a container runs with it, and until when the log is known to reach; milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** How long it must have been, at least, milliseconds. */
  readonly leastMs: number;
  /** Programs of the container that were recorded: paths. */
  readonly programs: ReadonlySet<string>;
  /** The name of a call; null for one of a convention or a number that is not known. */
  readonly nameOf: (convention: number, number: number) => string | null;
}

/** A call that the profile would have refused. */
export interface WouldRefuse {
  readonly call: string;
  readonly program: string;
  readonly times: number;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

export interface TrialAnswer {
  /** `clear`: nothing would have been refused in all of the time. */
  readonly answer: "clear" | "called" | "unknown";
  readonly calls: readonly WouldRefuse[];
  /** Why nobody knows; empty for the other answers. */
  readonly reasons: readonly string[];
  /** For which part of the time since the stage began the log speaks. */
  readonly coveredMs: number;
}

/** `SECCOMP_RET_LOG` of linux/seccomp.h. */
const WROTE_DOWN = 0x7ffc_0000;

export function tryProfile(log: KernelLog, trial: SeccompTrial): TrialAnswer {
  const { since, until } = trial;
  const calls = new Map<string, WouldRefuse>();
  const unsure = new Set<string>();
  for (const one of log.calls) {
    const name = refusedName(one, trial);
    if (name === null) continue;
    if (one.at === null) unsure.add(`a line of ${name} has no time`);
    else if (one.at >= since && whoseIs(one, trial) === "unknown")
      unsure.add(`${name} was called by ${programOf(one)}, and in which container nobody knows`);
    else if (one.at >= since) note(calls, name, { ...one, at: one.at });
  }
  const reasons = [...gapsOf(log, trial), ...unsure];
  const coveredMs = Math.max(0, until - Math.max(since, log.first ?? until));
  const found = [...calls.values()];
  if (found.length > 0) return { answer: "called", calls: found, reasons: [], coveredMs };
  return { answer: reasons.length > 0 ? "unknown" : "clear", calls: [], reasons, coveredMs };
}

/** The name of a call that may be of the container, and that the profile does not let through; null for all others. */
function refusedName(one: SeccompCall, trial: SeccompTrial): string | null {
  const { convention, number } = one;
  if (whoseIs(one, trial) === "other") return null;
  const call = trial.nameOf(convention, number);
  if (call === null) return `call ${number} of convention ${convention.toString(16)}`;
  return trial.allowed.has(call) ? null : call;
}

function note(
  calls: Map<string, WouldRefuse>,
  call: string,
  one: SeccompCall & { readonly at: number },
): void {
  const program = programOf(one);
  const key = JSON.stringify([call, program]);
  const known = calls.get(key) ?? { call, program, times: 0, first: one.at, last: one.at };
  calls.set(key, {
    ...known,
    times: known.times + 1,
    first: Math.min(known.first, one.at),
    last: Math.max(known.last, one.at),
  });
}

function programOf({ exe, comm }: SeccompCall): string {
  return exe === "" ? comm : exe;
}

/** By which a runtime enters a container, with the profile in force already. */
const RUNTIME = /(?:^|[/:])(?:runc|crun|youki)/;

/** The kernel tells the program, and not the container: one that was recorded elsewhere alone may have begun here since. */
function whoseIs(call: SeccompCall, { programs }: SeccompTrial): "own" | "other" | "unknown" {
  if (call.code !== WROTE_DOWN) return "other";
  if (programs.has(call.exe) || RUNTIME.test(call.exe)) return "own";
  return "unknown";
}

function gapsOf(
  { first, last, losses, hasAudit }: KernelLog,
  { since, until, leastMs }: SeccompTrial,
): string[] {
  if (!hasAudit)
    return ["the log has no line of the audit system, so nobody knows that this kernel writes any"];
  if (first === null || last === null) return ["no line of the log tells its time"];
  const lost = losses.filter((at) => at === null || (at >= since && at <= until)).length;
  const minutes = Math.ceil(leastMs / 60_000);
  return [
    ...(first > since ? [`the log begins at ${timeText(first)}, after the profile did`] : []),
    ...(until - since < leastMs
      ? [
          `the log speaks for ${count(Math.max(0, Math.floor((until - since) / 60_000)), "minute")} of the profile, and ${count(minutes, "minute")} are asked for`,
        ]
      : []),
    ...(lost > 0 ? [`lines were left out of the log, or are damaged: ${count(lost, "time")}`] : []),
  ];
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
