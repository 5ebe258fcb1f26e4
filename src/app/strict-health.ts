// Whether the strict mode can be had on this host, in words.
import type { StrictReport } from "../formats/sensor/strict-report.ts";
import { checkStrict } from "../io/sensor/responder.ts";
import { AppError, reasonOf } from "../kit/error.ts";
import type { WorkloadMode } from "../model/sighting.ts";

type Failed = Extract<StrictReport, { kind: "failed" }>;

const EPERM = 1;
const ENOSYS = 38;

/** What stands in its way, lower case, no full stop. */
export function strictHindrance({ step, error }: Failed): string {
  if (step === "fanotify" && error === EPERM)
    return "the kernel lets nobody decide about programs without CAP_SYS_ADMIN";
  if (step === "fanotify" && error === ENOSYS)
    return "this kernel has no fanotify (CONFIG_FANOTIFY)";
  if (step === "permission" || step === "mark")
    return `this kernel asks nobody before a program begins (error ${error}; Linux 5.0 or later with CONFIG_FANOTIFY_ACCESS_PERMISSIONS does)`;
  if (step === "timer")
    return "this kernel does not end a process that has stopped, and so a stopped one would hold up the container";
  if (step === "hasher") return "whoever reads files for it is stuck, or was ended from outside";
  return `its responder failed at ${step} (error ${error})`;
}

/** @returns null when it can be had. */
export async function strictHealth(signal: AbortSignal): Promise<string | null> {
  try {
    const report = await checkStrict(signal);
    if (report?.kind === "ready") return null;
    return report?.kind === "failed"
      ? strictHindrance(report)
      : "its responder (sensor/strict) cannot be started: it has lost its permission to be executed, or lies on a file system without one";
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return reasonOf(thrown);
  }
}

export function isStrict(modes: readonly WorkloadMode[]): boolean {
  return modes.some(({ mode }) => mode === "strict");
}

/** @throws {AppError} `sensor-unavailable` with what stands in its way, where something is to be strict. */
export async function demandStrict(
  modes: readonly WorkloadMode[],
  signal: AbortSignal,
): Promise<void> {
  const hindrance = isStrict(modes) ? await strictHealth(signal) : null;
  if (hindrance === null) return;
  throw new AppError("sensor-unavailable", `cannot be strict: ${hindrance}`, {
    hint: "--enforce needs none of that, and ends such programs before their first instruction",
  });
}
