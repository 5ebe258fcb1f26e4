// What this process may do beyond what anybody may (capabilities(7)), and how it gives that up: as a program that begins anew, because
// capabilities belong to threads, and those of a runtime cannot be reached from outside.
import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import { CAPABILITIES } from "../model/capabilities.data.ts";
import { codeOf } from "./error-code.ts";

/** Set where a program has begun anew: it does so once. */
const MARK = "BULWARK_PRIVILEGES";
/** linux/prctl.h */
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
/** fcntl.h */
const F_SETFD = 2;
/** linux/capability.h: two words a set. */
const CAPABILITY_VERSION = 0x20080522;

/** How giving up went, where this process still runs afterwards. */
export type GivenUp =
  /** It has no more than what is kept, and can get no more. */
  | { readonly kind: "kept" }
  /** There is nothing that it could give up: it is not root, or no process of its own. */
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly why: string };

/**
 * Keeps these capabilities, and none else, for all threads and for whatever this process starts, for ever. This program begins anew
 * for that in the same process, with the same arguments and open standard streams: call it before anything was done.
 *
 * @param kept Names without `CAP_`; what this process does not have is left out.
 */
export async function keepOnly(kept: () => Promise<readonly string[]>): Promise<GivenUp> {
  const isAgain = process.env[MARK] !== undefined;
  delete process.env[MARK];
  if (process.platform !== "linux" || !isMainThread || process.geteuid?.() !== 0)
    return { kind: "none" };
  const now = ownStatus();
  const wanted = maskOf(await kept());
  if ((now.all & ~wanted) === 0n && now.cannotGain) return { kind: "kept" };
  if (isAgain) return { kind: "failed", why: "they came back" };
  return beginAnew(wanted, now.bounding);
}

interface Status {
  /** In any of the sets from which something can be had. */
  readonly all: bigint;
  readonly bounding: bigint;
  readonly cannotGain: boolean;
}

function ownStatus(): Status {
  const text = readFileSync("/proc/thread-self/status", "utf8");
  const field = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\t([0-9a-f]+)$`, "m").exec(text)?.[1] ?? "0"}`);
  const bounding = field("CapBnd");
  const all = bounding | field("CapPrm") | field("CapEff") | field("CapInh") | field("CapAmb");
  return { all, bounding, cannotGain: field("NoNewPrivs") === 1n };
}

function maskOf(names: readonly string[]): bigint {
  let mask = 0n;
  for (const name of names) {
    const bit = CAPABILITIES.indexOf(name);
    if (bit >= 0) mask |= 1n << BigInt(bit);
  }
  return mask;
}

/** Returns only where it failed. */
function beginAnew(wanted: bigint, bounding: bigint): GivenUp {
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
  const libc = koffi.load(null);
  const prctl = libc.func("int prctl(int option, ulong a, ulong b, ulong c, ulong d)");
  const fcntl = libc.func("int fcntl(int fd, int command, int flags)");
  const capset = libc.func("int capset(void *head, void *sets)");
  const execve = libc.func("int execve(str path, const char **words, const char **environment)");
  for (let bit = 0; bit < 64; bit += 1) {
    if (((bounding & ~wanted) >> BigInt(bit)) % 2n === 0n) continue;
    if (prctl(PR_CAPBSET_DROP, bit, 0, 0, 0) !== 0)
      return { kind: "failed", why: "that takes CAP_SETPCAP" };
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  capset(...capsetWords(wanted & bounding));
  // Node closes them for whatever it starts, and gives it others.
  for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 0);
  const words = [process.argv0, ...process.execArgv, ...process.argv.slice(1)];
  const environment = Object.entries({ ...process.env, [MARK]: "given-up" }).map(
    ([name, value]) => `${name}=${value ?? ""}`,
  );
  execve(process.execPath, [...words, null], [...environment, null]);
  return { kind: "failed", why: `the program cannot begin anew (error ${koffi.errno()})` };
}

function capsetWords(mask: bigint): [Buffer, Buffer] {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(CAPABILITY_VERSION, 0);
  const sets = Buffer.alloc(24);
  for (const [at, word] of [mask & 0xffff_ffffn, mask >> 32n].entries()) {
    // Effective and permitted; nothing is inheritable.
    sets.writeUInt32LE(Number(word), 12 * at);
    sets.writeUInt32LE(Number(word), 12 * at + 4);
  }
  return [head, sets];
}

/**
 * Whether root may write there without the capability to pass over permissions: to a file or socket, or to the nearest folder above
 * where there is none. What cannot be looked at is none of root's.
 */
export function isWritableByRoot(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = lookAt(at);
    if (found === "unknown") return false;
    if (found === null) continue;
    const { uid, gid, mode } = found;
    const bit = uid === 0 ? 0o200 : gid === 0 ? 0o020 : 0o002;
    return (mode & bit) !== 0;
  }
}

/** One that leads nowhere, since it was asked. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function lookAt(path: string): Stats | null | "unknown" {
  try {
    return statSync(path);
  } catch (error) {
    return codeOf(error) === "ENOENT" && !isLink(path) ? null : "unknown";
  }
}
