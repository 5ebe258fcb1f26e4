// What the kernel gathers of each cgroup while somebody learns: sensor/learn.h.
import { CAPABILITIES } from "../../model/capabilities.data.ts";
import type { Libbpf } from "./libbpf.ts";
import { SYSCALL_NAMES } from "./syscall-names.data.ts";

/** What was seen of a cgroup since the sensor learns. */
export interface Learnt {
  readonly syscalls: readonly string[];
  /** Asked for and had; SYS_ADMIN is asked for by all that take memory. */
  readonly used: readonly string[];
  /** Asked for and refused, without SYS_ADMIN. */
  readonly refused: readonly string[];
  /** Calls were made by another convention, as 32-bit programs do: they are not named. */
  readonly isForeign: boolean;
}

const CALL_WORDS = 8;
/** `struct learnt`. */
const LEARNT_BYTES = 8 * (CALL_WORDS + 3);
/** `struct asked`. */
const ASKED_BYTES = 136;
/** Of each map; more is of the time since. */
const ENTRIES_MAX = 4096;

/**
 * CAP_SYS_ADMIN. Whenever memory is reserved (`mmap`, `brk`, `execve`) the kernel asks for it itself, to give who has it a little
 * more: that it was refused says nothing of any program. @see cap_vm_enough_memory, security/commoncap.c
 */
const ASKED_FOR_MEMORY = 1n << 21n;

const NAMES = namesByNumber(process.arch === "arm64" ? "arm64" : "amd64");

/** Names of system calls by their numbers, as they are in the architecture's own convention. */
export function namesByNumber(architecture: "amd64" | "arm64"): ReadonlyMap<number, string> {
  return new Map(
    SYSCALL_NAMES[architecture].flatMap(([first, names]) =>
      names.split(" ").map((name, i): [number, string] => [first + i, name]),
    ),
  );
}

/** By cgroup. */
export function readLearnt(lib: Libbpf, map: number): Map<number, Learnt> {
  const found = new Map<number, Learnt>();
  const value = Buffer.alloc(LEARNT_BYTES);
  for (const key of keysOf(lib, map, 8)) {
    if (lib.lookupElement(map, key, value) === 0) {
      found.set(Number(key.readBigUInt64LE()), learntOf(value));
    }
  }
  return found;
}

function learntOf(value: Buffer): Learnt {
  const word = (at: number): bigint => value.readBigUInt64LE(8 * at);
  const calls = Array.from({ length: CALL_WORDS }, (_, at) => bitsOf(word(at), 64 * at)).flat();
  const capability = (bit: number): string => CAPABILITIES[bit] ?? `UNKNOWN_${bit}`;
  return {
    // Newer than this list: runtimes pass over names that they do not know.
    syscalls: calls.map((number) => NAMES.get(number) ?? `unknown_${number}`),
    used: bitsOf(word(CALL_WORDS), 0).map(capability),
    refused: bitsOf(word(CALL_WORDS + 1) & ~ASKED_FOR_MEMORY, 0).map(capability),
    isForeign: word(CALL_WORDS + 2) !== 0n,
  };
}

function bitsOf(word: bigint, first: number): number[] {
  const bits: number[] = [];
  for (let rest = word, bit = first; rest !== 0n; rest >>= 1n, bit += 1)
    if (rest & 1n) bits.push(bit);
  return bits;
}

/** Names that were asked for, by cgroup; each is told once, and then again when it is asked for again. */
export function takeAsked(lib: Libbpf, map: number): (readonly [cgroup: number, name: string])[] {
  return keysOf(lib, map, ASKED_BYTES).flatMap((key) => {
    lib.deleteElement(map, key);
    const name = nameOf(key.subarray(8));
    return name === null ? [] : [[Number(key.readBigUInt64LE()), name] as const];
  });
}

/** RFC 1035, 4.1.2: labels, each after its length. null for what is no name. */
function nameOf(bytes: Buffer): string | null {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const length = bytes[at] ?? 0;
    const label = bytes.toString("latin1", at + 1, at + 1 + length);
    if (length > 63 || !/^[\w-]+$/.test(label)) return null;
    labels.push(label.toLowerCase());
    at += 1 + length;
  }
  return labels.length === 0 ? null : labels.join(".");
}

function keysOf(lib: Libbpf, map: number, bytes: number): Buffer[] {
  const keys: Buffer[] = [];
  let key: Buffer | null = null;
  while (keys.length < ENTRIES_MAX) {
    const next = Buffer.alloc(bytes);
    if (lib.nextKey(map, key, next) !== 0) break;
    keys.push(next);
    key = next;
  }
  return keys;
}
