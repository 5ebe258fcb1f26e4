// What the kernel wrote of system calls that a seccomp profile writes down or refuses, out of any log that has such lines: dmesg,
// journalctl in its forms, audit.log. Sources: audit_seccomp() of kernel/auditsc.c and printk of Linux; auditd's and journald's forms.
import { utf8 } from "../kit/text.ts";

/** A call that met a profile. */
export interface SeccompCall {
  /** Milliseconds since 1970; null where the line does not tell. */
  readonly at: number | null;
  readonly pid: number;
  readonly comm: string;
  /** The program, as its container sees it; `""` where there is none. */
  readonly exe: string;
  /** Of the audit system: `0xc000003e` is x86-64. */
  readonly convention: number;
  readonly number: number;
  /** What the profile did: `0x7ffc0000` is that it wrote it down. */
  readonly code: number;
}

export interface KernelLog {
  readonly lines: number;
  /** Of the oldest and the newest line with a time, milliseconds since 1970; null when no line tells. */
  readonly first: number | null;
  readonly last: number | null;
  readonly calls: readonly SeccompCall[];
  /** When something was left out: by the log, as it says itself, or here; null where the time is not known. */
  readonly losses: readonly (number | null)[];
  /** Whether the audit system wrote anything: where it writes nothing, that no call is there means nothing. */
  readonly hasAudit: boolean;
}

/** What is beyond it is lost, and told as that. */
const CALLS_MAX = 100_000;
const LINE_MAX = 16 << 10;
const NEWLINE = 0x0a;

/** @param bytes Any log; lines that are not understood are passed over. */
export function readKernelLog(bytes: Uint8Array): KernelLog {
  const reading = new Reading();
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    reading.add(utf8(bytes.subarray(start, Math.min(end, start + LINE_MAX))));
    start = end + 1;
  }
  return reading.read();
}

/** Milliseconds, of 1970 or of the start of the machine. */
interface Moment {
  readonly ms: number;
  readonly isSinceBoot: boolean;
}

class Reading {
  #lines = 0;
  #hasAudit = false;
  readonly #calls: { readonly call: Omit<SeccompCall, "at">; readonly at: Moment | null }[] = [];
  readonly #losses: (Moment | null)[] = [];
  #isCut = false;
  readonly #spans = { epoch: new Span(), boot: new Span() };
  /** When the machine started, by the first line with both times, and by the newest one: clocks are set meanwhile. */
  #firstBoot: number | null = null;
  #boot: number | null = null;

  add(line: string): void {
    if (line === "") return;
    this.#lines += 1;
    const at = this.#momentOf(line);
    if (at !== null) this.#spans[at.isSinceBoot ? "boot" : "epoch"].add(at.ms);
    if (!/audit|SECCOMP|Missed/.test(line)) return;
    if (LOSS.test(line)) this.#losses.push(at);
    if (!AUDIT.test(line)) return;
    this.#hasAudit = true;
    if (CALL.test(line)) this.#addCall(callOf(line), at);
  }

  /** @param call null for a line that is damaged: it may have been of anybody. */
  #addCall(call: Omit<SeccompCall, "at"> | null, at: Moment | null): void {
    if (this.#calls.length + this.#losses.length >= CALLS_MAX) this.#isCut = true;
    else if (call === null) this.#losses.push(at);
    else this.#calls.push({ call, at });
  }

  #momentOf(line: string): Moment | null {
    const [, seconds, milliseconds] = STAMP.exec(line) ?? [];
    const stamp = seconds === undefined ? null : Number(seconds) * 1000 + Number(milliseconds);
    const [, up] = SINCE_BOOT.exec(line) ?? [];
    if (stamp !== null) {
      if (up !== undefined) this.#boot = stamp - Number(up) * 1000;
      this.#firstBoot ??= this.#boot;
      return { ms: stamp, isSinceBoot: false };
    }
    if (up !== undefined)
      return { ms: (this.#boot ?? 0) + Number(up) * 1000, isSinceBoot: this.#boot === null };
    const ms = epochOf(line);
    return ms === null ? null : { ms, isSinceBoot: false };
  }

  read(): KernelLog {
    const { epoch, boot } = this.#spans;
    const msOf = (at: Moment | null): number | null => {
      if (at === null || !at.isSinceBoot) return at?.ms ?? null;
      return this.#firstBoot === null ? null : this.#firstBoot + at.ms;
    };
    const edges = [epoch.first, epoch.last].filter((ms) => ms !== null);
    for (const ms of [boot.first, boot.last]) {
      const known = ms === null ? null : msOf({ ms, isSinceBoot: true });
      if (known !== null) edges.push(known);
    }
    return {
      lines: this.#lines,
      first: edges.length === 0 ? null : Math.min(...edges),
      last: edges.length === 0 ? null : Math.max(...edges),
      calls: this.#calls.map(({ call, at }) => ({ ...call, at: msOf(at) })),
      losses: [...this.#losses.map(msOf), ...(this.#isCut ? [null] : [])],
      hasAudit: this.#hasAudit,
    };
  }
}

class Span {
  first: number | null = null;
  last: number | null = null;

  add(ms: number): void {
    if (this.first === null || ms < this.first) this.first = ms;
    if (this.last === null || ms > this.last) this.last = ms;
  }
}

/** `audit(1700000000.123:45)`: the clock of the machine. */
const STAMP = /\baudit\((\d{9,11})\.(\d{3}):\d+\)/;
/** `[   12.345678]`, with a priority before it. */
const SINCE_BOOT = /^(?:<\d+>)?\[\s*(\d+\.\d+)\]/;
/** Lines of dmesg and the journal, of auditd, and of auditd in the journal (`audit[42]: SECCOMP`). */
const AUDIT = /\baudit(?:\[\d+\])?: |\baudit\(\d|"_TRANSPORT"\s*:\s*"audit"/;
const CALL = /\btype=(?:1326|SECCOMP)\b|\baudit(?:\[\d+\])?: SECCOMP |"MESSAGE"\s*:\s*"SECCOMP /;
const LOSS =
  /auditd?_printk_skb: \d+ callbacks suppressed|audit: (?:rate|backlog) limit exceeded|audit_lost=[1-9]|Missed \d+ kernel messages/;

/** The forms of journalctl: `short-iso`, `short-unix`, `json`; and of dmesg `iso`. A time without a zone may be of any. */
function epochOf(line: string): number | null {
  const [, micros] = /"__REALTIME_TIMESTAMP"\s*:\s*"(\d{16})"/.exec(line) ?? [];
  if (micros !== undefined) return Math.floor(Number(micros) / 1000);
  const [, unix] = /^(\d{10}\.\d{3,9}) /.exec(line) ?? [];
  if (unix !== undefined) return Math.floor(Number(unix) * 1000);
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)/.exec(line) ?? [];
  if (day === undefined || time === undefined || zone === undefined) return null;
  const offset = zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const ms = Date.parse(`${day}T${time.replace(",", ".")}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}

/** null where the fields that make it a call are not there. */
function callOf(line: string): Omit<SeccompCall, "at"> | null {
  const word = (name: string): string =>
    new RegExp(`[ "]${name}=("[^"]*"|\\\\"[^"\\\\]*\\\\"|[^ "]+)`).exec(line)?.[1] ?? "";
  const number = Number(word("syscall") || "x");
  const convention = Number.parseInt(word("arch"), 16);
  const code = Number(word("code") || "x");
  if (![number, convention, code].every(Number.isInteger)) return null;
  return {
    pid: Number(word("pid") || 0),
    comm: textOf(word("comm")),
    exe: textOf(word("exe")),
    convention,
    number,
    code,
  };
}

/** Between quotes, or in hexadecimal where it could be mistaken for something else. */
function textOf(written: string): string {
  const [, quoted] = /^\\?"(.*?)\\?"$/.exec(written) ?? [];
  if (quoted !== undefined) return quoted;
  if (!/^(?:[0-9A-F]{2})+$/.test(written)) return written === "(null)" ? "" : written;
  const bytes = written.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return utf8(Uint8Array.from(bytes));
}
