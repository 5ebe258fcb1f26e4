// Where cases are played: the root of a container whose image has the programs of its cases, and a script for each side.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PlayedCase, PROGRAMS } from "./cases.ts";

const PASSWD = readFileSync("/etc/passwd", "utf8");

/** The number of a user of this host; null when there is none of that name. */
export function uidOf(user: string): number | null {
  const uid = new RegExp(`^${user}:[^:]*:(\\d+)`, "m").exec(PASSWD)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** A line of a shell that plays a case; one that waits for something is played beside the others. */
function lineOf({ processes, calls }: PlayedCase, actor: string): string {
  const line = processes.map(
    ({ path, user, words }) => `${path}|${user === null ? 0 : uidOf(user)}|${words}`,
  );
  const beside = calls.includes("sleep|") ? " &" : "";
  return `ACTOR_LINE='${line.join(";")}' ACTOR_CALLS='${calls}' ${actor}${beside}`;
}

/** Fills the root of an image: what cases run is of the image, but where a case says that it was dropped. */
export function fillRoot(root: string, actor: string, cases: readonly PlayedCase[]): void {
  for (const path of ["bin", "tmp", "etc", "root", "dev/shm", PROGRAMS]) {
    mkdirSync(join(root, path), { recursive: true });
  }
  cpSync("/bin/busybox", join(root, "bin/sh"));
  cpSync("/etc/passwd", join(root, "etc/passwd"));
  cpSync(actor, join(root, "actor"));
  const programs = cases
    .filter(({ isDropped }) => !isDropped)
    .flatMap(({ processes }) => processes.map(({ path }) => path));
  for (const path of programs) if (!path.startsWith("/dev/")) cpSync(actor, join(root, path));
  writeFileSync(join(root, "cases"), `${cases.map((one) => lineOf(one, "/actor")).join("\n")}\n`);
}

/** Folders of the host into which cases write: what is written goes into memory, and paths stay what the cases say. */
const COVERED = ["/etc", "/root", "/var/log", PROGRAMS];

/** A script for the host, in mounts of its own. */
export function hostScript(cases: readonly PlayedCase[], actor: string): string {
  const covers = COVERED.map((path, at) => {
    const place = `/run/bulwark/${at}`;
    const layers = `lowerdir=${path},upperdir=${place}/upper,workdir=${place}/work`;
    return `mkdir -p ${place}/upper ${place}/work && mount -t overlay -o ${layers} overlay ${path}`;
  });
  const programs = cases.flatMap(({ processes }) => processes.map(({ path }) => path));
  const files = cases.flatMap(({ files: some }) => some);
  return [
    "mount -t tmpfs tmpfs /run",
    ...covers,
    ...programs.filter((path) => path.startsWith("/")).map((path) => `rm -f ${path}`),
    ...files.map((file) => `mkdir -p ${dirname(file)}; [ -e ${file} ] || touch ${file}`),
    ...cases.map((one) => lineOf(one, actor)),
    "wait",
    "",
  ].join("\n");
}
