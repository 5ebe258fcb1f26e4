// The image that steps are played in, and the scripts of each place.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Alert } from "../../../src/model/alert.ts";
import { PREPARATIONS, PROGRAMS } from "./steps.data.ts";

/** What is played in a container. */
export interface PlayedStep {
  readonly place: string;
  /** For a shell of busybox, whose programs all lie in `/bin`; empty when the container's begin is what the step is about. */
  readonly script: string;
}

/** What attackers look for. */
const FILES = [
  ...["etc/shadow", "etc/hostname", "etc/cron.d/daily", "lib/liblzma.so.5.6.1"],
  "run/secrets/kubernetes.io/serviceaccount/token",
  ...["root/.ssh/id_rsa", "root/.ssh/known_hosts", "root/.ssh/authorized_keys"],
  ...["root/.bash_history", "var/log/syslog", "var/log/wtmp"],
];

/** Fills the root of an image with busybox, and with the actor under every name that a step gives it. */
export function fillRoot(root: string, actor: string, steps: readonly PlayedStep[]): void {
  const give = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  for (const folder of ["tmp", "proc", "sys", "dev/shm"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const path of FILES) writeFileSync(give(path), "bulwark\n");
  cpSync("/etc/passwd", give("etc/passwd"));
  cpSync("/bin/busybox", give("bin/sh"));
  const applets = execFileSync("/bin/busybox", ["--list"]).toString().trim().split("\n");
  for (const name of applets) if (name !== "sh") symlinkSync("sh", give(`bin/${name}`));
  cpSync(actor, give("actor"));
  for (const name of ["mark", ...programsOf(steps)]) cpSync(actor, give(join(PROGRAMS, name)));
  for (const place of new Set(steps.map((step) => step.place))) {
    writeFileSync(give(`steps/${place}`), scriptOf(steps, place));
  }
}

/** The names under which steps run the actor. */
export function programsOf(steps: readonly PlayedStep[]): Set<string> {
  const named = steps.flatMap(({ script }) => [...script.matchAll(/usr\/local\/bin\/([\w.-]+)/g)]);
  return new Set(named.map(([, name]) => name ?? ""));
}

/** Each step behind a mark with its place in the table; what one leaves behind or fails with does not stop the next. */
function scriptOf(steps: readonly PlayedStep[], place: string): string {
  const lines = [...steps.entries()]
    .filter(([, step]) => step.place === place && step.script !== "")
    .map(([at, { script }]) => `${PROGRAMS}/mark ${at}; ${script}`);
  return `${[PREPARATIONS[place] ?? ":", ...lines].join("\n")}\n`;
}

/** Alerts of one container by the step that began last, as its place in the table; -1 is before any. Needs the rule `Step`. */
export function byMark(alerts: readonly Alert[]): Map<number, Alert[]> {
  const found = new Map<number, Alert[]>([[-1, []]]);
  let current = -1;
  for (const alert of alerts) {
    if (alert.rule === "Step") {
      current = Number(/ (\d+)$/.exec(alert.output)?.[1]);
      found.set(current, []);
    } else found.get(current)?.push(alert);
  }
  return found;
}

/** Why this kernel shows nothing of a step; null when it does. */
export function blindness({ needs }: { readonly needs?: string }): string | null {
  const tracepoint = `/sys/kernel/tracing/events/syscalls/sys_enter_${needs}`;
  return needs === undefined || existsSync(tracepoint) ? null : `this kernel has no ${needs}`;
}
