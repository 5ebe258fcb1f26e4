// One writer at a time, of whatever process, without a system call that Node does not have.
//
// The lock is a number that only grows. `held-17` exists: somebody is writing. `free-17` exists: nobody is. Whoever finds the
// highest number free, or its holder gone, creates the next one as held, which only one can; whoever then sees a higher number
// came late and steps back. There is always a highest number on disk, so nobody can take a number from before for a new one, as
// happens with a single lock file that two waiters find abandoned at once.
import { randomUUID } from "node:crypto";
import {
  linkSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../error-code.ts";
import { makeFolder } from "../make-folder.ts";

/** How long to wait for others. An append takes a few milliseconds. */
const WAIT_MS = 15_000;
/** A holder of whom nothing can be known (another machine, another container) is taken for gone after this time. */
const UNKNOWN_HOLDER_MS = 60_000;

/** Nobody let go of the lock in time. */
export class LockTimeout extends Error {}

/**
 * Runs an action while nobody else does.
 *
 * @param folder Of the lock alone; it is made when it is missing.
 * @throws {LockTimeout} And the errors of the file system, and what the action throws.
 */
export async function withLock<T>(
  folder: string,
  action: () => Promise<T>,
  waitMs: number = WAIT_MS,
): Promise<T> {
  const deadline = Date.now() + waitMs;
  let number = attempt(folder);
  while (number === null) {
    if (Date.now() > deadline)
      throw new LockTimeout(`another process has held its lock for ${Math.round(waitMs / 1000)} s`);
    // By chance, so that waiters do not meet again.
    await sleep(1 + Math.random() * 6);
    number = attempt(folder);
  }
  try {
    return await action();
  } finally {
    release(folder, number);
  }
}

interface Mark {
  readonly name: string;
  readonly number: number;
  readonly isHeld: boolean;
}

/** @returns The number that is now ours; null when somebody else has the lock. */
function attempt(folder: string): number | null {
  const top = highest(marksIn(folder));
  if (top?.isHeld === true && !isAbandoned(join(folder, top.name))) return null;
  const number = (top?.number ?? 0) + 1;
  const path = join(folder, `held-${number}`);
  if (!created(path)) return null;
  const others = marksIn(folder).filter((mark) => mark.name !== `held-${number}`);
  if (others.some((mark) => mark.number >= number)) {
    rmSync(path, { force: true });
    return null;
  }
  for (const { name } of others) rmSync(join(folder, name), { force: true });
  removeDrafts(folder);
  return number;
}

/** Drafts of processes that ended before their mark was made; nobody takes that long over one. */
function removeDrafts(folder: string): void {
  for (const name of namesIn(folder)) {
    if (!name.startsWith("draft-")) continue;
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && Date.now() - found.mtimeMs > UNKNOWN_HOLDER_MS)
      rmSync(path, { force: true });
  }
}

function release(folder: string, number: number): void {
  try {
    renameSync(join(folder, `held-${number}`), join(folder, `free-${number}`));
  } catch {
    // Somebody held us for gone. What matters, the entry, was written or reported before.
  }
}

function marksIn(folder: string): Mark[] {
  return namesIn(folder).flatMap((name) => {
    const match = /^(held|free)-(\d{1,15})$/.exec(name);
    return match === null ? [] : [{ name, number: Number(match[2]), isHeld: match[1] === "held" }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    makeFolder(folder, 0o700);
    return [];
  }
}

function highest(marks: readonly Mark[]): Mark | undefined {
  let top: Mark | undefined;
  for (const mark of marks) {
    if (top === undefined || mark.number > top.number) top = mark;
    else if (mark.number === top.number && mark.isHeld) top = mark;
  }
  return top;
}

/**
 * The mark is whole from its first moment on, or is not there: one of a process that ended while it wrote would tell of nobody, and
 * hold everybody up until it is old.
 */
function created(path: string): boolean {
  const draft = join(dirname(path), `draft-${process.pid}-${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(thisProcess()), { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
    return createdInPlace(path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What a file system says that knows no second names. */
const NO_LINKS: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

function createdInPlace(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(thisProcess()), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** By what a process is known as long as the machine runs: numbers alone come again. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  /** Of process numbers: containers have their own. */
  readonly space: string;
  readonly started: string;
}

let self: Holder | null = null;

function thisProcess(): Holder {
  self ??= {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    space: processSpace(),
    started: startOf(process.pid),
  };
  return self;
}

/** Whether who holds the lock ended without letting go. */
function isAbandoned(path: string): boolean {
  const us = thisProcess();
  const holder = holderOf(path);
  const isOurs =
    holder !== null &&
    holder.host === us.host &&
    holder.boot === us.boot &&
    holder.space === us.space;
  if (isOurs) return !isAlive(holder);
  try {
    return Date.now() - statSync(path).mtimeMs > UNKNOWN_HOLDER_MS;
  } catch {
    // It was let go a moment ago: the next look will show.
    return false;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
  return startOf(pid) === started;
}

function holderOf(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8").slice(0, 2000));
    return typeof value === "object" && value !== null && "pid" in value ? (value as Holder) : null;
  } catch {
    // It is being written, or its writer was ended before it could.
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Field 22, in ticks since the machine started; empty where there is no /proc. The name before it may hold anything. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
