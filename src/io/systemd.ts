// Services of this host, through systemd's own program.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../kit/error.ts";
import type { Environment } from "./folders.ts";
import { runProgram } from "./process.ts";
import { outputError, writeWhole } from "./write-whole.ts";

/** Who asks, and until when. */
export interface ServiceCaller {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

const READABLE = 0o644;
/** By then a service is at work, or has said why not. */
const SETTLED_MS = 3000;

const pathOf = (name: string): string => `/etc/systemd/system/${name}`;

/** Whether systemd starts the services of this host (sd_booted(3)). */
export function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

/**
 * Writes a unit and starts it, now and at each start of the host; one that is there is replaced.
 *
 * @throws {AppError} `output-unwritable`, `disk-full`; `service-failed` when it ends as soon as it is started.
 */
export async function startService(
  name: string,
  unit: string,
  caller: ServiceCaller,
): Promise<void> {
  const path = pathOf(name);
  try {
    await writeWhole(path, unit, READABLE);
  } catch (error) {
    throw outputError("unit", path, error);
  }
  await systemctl(["daemon-reload"], caller);
  await systemctl(["enable", name], caller);
  await systemctl(["restart", name], caller);
  // One that ends is started again and again, and called active in between.
  await pause(SETTLED_MS, undefined, { signal: caller.signal });
  const state = await systemctl(["show", "--property=ActiveState,NRestarts", name], caller);
  if (state.includes("ActiveState=active") && state.includes("NRestarts=0")) return;
  throw new AppError("service-failed", `${name} ends as soon as it is started`, {
    hint: `journalctl --unit ${name} says why`,
  });
}

/**
 * Stops a service and removes its unit.
 *
 * @returns false when there is none.
 * @throws {AppError} `service-failed`.
 */
export async function removeService(name: string, caller: ServiceCaller): Promise<boolean> {
  const path = pathOf(name);
  if (!existsSync(path)) return false;
  await systemctl(["disable", "--now", name], caller);
  await rm(path);
  await systemctl(["daemon-reload"], caller);
  return true;
}

async function systemctl(args: readonly string[], { env, signal }: ServiceCaller): Promise<string> {
  const run = await runProgram("systemctl", args, { env, signal });
  if (run.kind === "ended" && run.exitCode === 0) return run.stdout.toString("utf8");
  const said = run.kind === "ended" ? run.stderr.toString("utf8").trim() : `it is ${run.kind}`;
  throw new AppError("service-failed", `systemctl ${args.join(" ")} failed: ${said}`, {
    hint: "systemctl status says more",
  });
}
