// The least that a container can be given and still do what it was seen to do: capabilities, system calls, writable folders.
import { USUAL_CAPABILITIES } from "../../model/capabilities.data.ts";
import type { Container } from "../../model/workload.ts";
import { declaredPorts } from "./network-proof.ts";
import type { Coverage, Listener, ObservedUse } from "./observed-use.ts";

/** A proposal, with what it rests on. */
export interface LeastContainer {
  readonly use: ObservedUse;
  /** Of the window, in which it was looked at: a whole percentage, never rounded up to all of it. */
  readonly coverage: number;
  /** Why what was not seen may be needed all the same; empty when nothing speaks for that but time. */
  readonly doubts: readonly string[];
  readonly capabilities: {
    /** To be added after all are dropped. */
    readonly add: readonly string[];
    /** Granted today and not seen; null when it is not known what is granted. */
    readonly unseen: readonly string[] | null;
  };
  /** Where it listens beside what it declares, and what it declares and was not seen to listen at; null where neither is known. */
  readonly ports: {
    readonly undeclared: readonly Listener[];
    readonly unseen: readonly Listener[];
  } | null;
  readonly seccomp: SeccompProfile;
  readonly folders: {
    /** In which nothing of an image lies: they become volumes in memory. */
    readonly scratch: readonly string[];
    /** In which something of the image may lie, which an empty volume would hide: somebody has to decide. */
    readonly byHand: readonly string[];
  };
}

/** The form in which engines and the kubelet read it. Source: OCI runtime-spec, config-linux.md, "Seccomp". */
export interface SeccompProfile {
  readonly defaultAction: "SCMP_ACT_LOG" | "SCMP_ACT_ERRNO";
  readonly architectures: readonly string[];
  readonly syscalls: readonly {
    readonly names: readonly string[];
    readonly action: "SCMP_ACT_ALLOW";
  }[];
}

/** Days below which a window says nothing of what happens once a week. */
const DAYS_MIN = 7;
const COVERAGE_MIN = 0.9;
const DAY_MS = 86_400_000;

/**
 * The proposal for one container. Its profile writes down what it would refuse: to refuse is a stage of its own.
 *
 * @param declared How it is declared today; null when that was not given.
 */
export function leastContainer(use: ObservedUse, declared: Container | null): LeastContainer {
  const add = use.capabilities.used;
  const granted = declared === null ? null : grantedCapabilities(declared);
  return {
    use,
    coverage: coveragePercent(use.coverage),
    doubts: doubtsOf(use),
    capabilities: {
      add,
      unseen: granted === null ? null : granted.filter((name) => !add.includes(name)),
    },
    ports: declared === null ? null : portsOf(use.listeners, declared),
    seccomp: seccompOf(use),
    folders: foldersOf(use.writes),
  };
}

/** A declared port of which nobody knows the number may be any, and a recording without listeners may be one that has none. */
function portsOf(seen: readonly Listener[], declared: Container): LeastContainer["ports"] {
  if (seen.length === 0 || declared.ports.some(({ state }) => state === "unknown")) return null;
  const said = declaredPorts(declared);
  const without = (all: readonly Listener[], others: readonly Listener[]): Listener[] =>
    all.filter(
      (one) => !others.some((other) => one.port === other.port && one.protocol === other.protocol),
    );
  return { undeclared: without(seen, said), unseen: without(said, seen) };
}

function coveragePercent({ observedMs, windowMs }: Coverage): number {
  return windowMs === 0 ? 0 : Math.floor((100 * observedMs) / windowMs);
}

function doubtsOf({ coverage, syscalls }: ObservedUse): string[] {
  const { windowMs, observedMs, starts, ends, lost } = coverage;
  return [
    lost > 0 ? `${lost} events were lost` : null,
    windowMs < DAYS_MIN * DAY_MS ? `it was recorded for less than ${DAYS_MIN} days` : null,
    observedMs < COVERAGE_MIN * windowMs ? "it was looked at for a part of that time only" : null,
    starts === 0 ? "it was never seen to start" : null,
    ends === 0 ? "it was never seen to end" : null,
    syscalls.length === 0 ? "no system calls were recorded" : null,
  ].filter((doubt) => doubt !== null);
}

/** What a container is granted; null when its declaration does not tell. Privileged is said as `ALL`. */
function grantedCapabilities({ security }: Container): readonly string[] | null {
  const { privileged, capabilitiesAdded, capabilitiesDropped } = security;
  const facts = [privileged, ...capabilitiesAdded, ...capabilitiesDropped];
  if (facts.some(({ state }) => state === "unknown")) return null;
  if (privileged.state === "known" && privileged.value) return ["ALL"];
  const [added, dropped] = [capabilitiesAdded, capabilitiesDropped].map((list) =>
    list.flatMap((fact) => (fact.state === "known" ? [fact.value.toUpperCase()] : [])),
  ) as [string[], string[]];
  const usual = dropped.includes("ALL")
    ? []
    : USUAL_CAPABILITIES.filter((name) => !dropped.includes(name));
  return [...new Set([...usual, ...added])].sort();
}

/**
 * What runc and crun need between the moment the filter counts and the program's first instruction: a profile without it starts
 * nothing. Seen with runc 1.4 and crun 1.19, by the Security Profiles Operator.
 */
const OF_THE_RUNTIME =
  "arch_prctl brk capget capset chdir clone close close_range dup2 epoll_ctl epoll_pwait execve exit_group faccessat2 fchdir fcntl fstat fstatfs futex getcwd getdents64 getpid getppid getuid ioctl lseek mmap mprotect munmap nanosleep newfstatat openat openat2 prctl pread64 read recvfrom rt_sigaction rt_sigprocmask rt_sigreturn sched_yield seccomp set_robust_list set_tid_address setgid setgroups setresgid setresuid setsid setuid sigaltstack statfs statx tgkill umask write".split(
    " ",
  );

const ARCHITECTURES = {
  amd64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
} as const;

function seccompOf({ syscalls, architecture }: ObservedUse): SeccompProfile {
  const names = [...new Set([...OF_THE_RUNTIME, ...syscalls])].sort();
  return {
    defaultAction: "SCMP_ACT_LOG",
    architectures: ARCHITECTURES[architecture],
    syscalls: [{ names, action: "SCMP_ACT_ALLOW" }],
  };
}

/** Folders that are made for what comes and goes. */
const SCRATCH = ["/tmp", "/run", "/var/run", "/var/tmp", "/var/cache", "/var/log", "/var/lock"];

function foldersOf(writes: readonly string[]): LeastContainer["folders"] {
  const scratch = new Set<string>();
  const byHand = new Set<string>();
  for (const path of writes) {
    const of = SCRATCH.find((folder) => path === folder || path.startsWith(`${folder}/`));
    if (of === undefined) byHand.add(parentOf(path));
    else scratch.add(shallow(of, path));
  }
  return { scratch: outermost(scratch), byHand: outermost(byHand) };
}

/** `/var/cache/nginx` of `/var/cache/nginx/a/b`: as narrow as one folder of a program's own. */
function shallow(of: string, path: string): string {
  const [first, ...deeper] = path.slice(of.length + 1).split("/");
  const isOwn =
    (of === "/var/cache" || of === "/var/log") && first !== undefined && deeper.length > 0;
  return isOwn ? `${of}/${first}` : of;
}

function parentOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end <= 0 ? "/" : path.slice(0, end);
}

/** Without those that lie in another one. */
function outermost(folders: ReadonlySet<string>): string[] {
  const sorted = [...folders].sort();
  return sorted.filter(
    (folder) =>
      !sorted.some(
        (other) => other !== folder && folder.startsWith(other === "/" ? "/" : `${other}/`),
      ),
  );
}
