// The image that steps are played in, and the scripts of each place.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Place, PREPARATIONS, PROGRAMS, type StockStep } from "./steps.data.ts";

/** What attackers look for. */
const FILES = [
  ...["etc/shadow", "etc/hostname", "etc/cron.d/daily", "lib/liblzma.so.5.6.1"],
  ...["root/.ssh/id_rsa", "root/.ssh/known_hosts", "root/.ssh/authorized_keys"],
  ...["root/.bash_history", "var/log/syslog"],
];

/** Fills the root of an image with busybox, and with the actor under every name that a step gives it. */
export function fillRoot(root: string, actor: string, steps: readonly StockStep[]): void {
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
export function programsOf(steps: readonly StockStep[]): Set<string> {
  const named = steps.flatMap(({ script }) => [...script.matchAll(/usr\/local\/bin\/([\w.-]+)/g)]);
  return new Set(named.map(([, name]) => name ?? ""));
}

/** Each step behind a mark with its place in the table; what one leaves behind or fails with does not stop the next. */
function scriptOf(steps: readonly StockStep[], place: Place): string {
  const lines = [...steps.entries()]
    .filter(([, step]) => step.place === place && step.script !== "")
    .map(([at, { script }]) => `${PROGRAMS}/mark ${at}; ${script}`);
  return `${[PREPARATIONS[place] ?? ":", ...lines].join("\n")}\n`;
}
