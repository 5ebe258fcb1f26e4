// Where the runtimes of this host keep their containers: the usual places, and what the processes that watch over containers tell.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { containersOfProcess } from "../../formats/cgroups/cgroup-file.ts";
import { hostRoot } from "../host-root.ts";

/** Folders, each searched in turn. They only grow: a root that was seen once is searched from then on. */
export class RuntimeRoots {
  /** Of containerd's: below it lies `io.containerd.runtime.v2.task/NAMESPACE/ID`. */
  readonly states: Set<string>;
  /** Docker's data-roots: below it lies `containers/ID`. */
  readonly docker: Set<string>;
  /** Of containers/storage, for Podman and CRI-O: below it lies `DRIVER-containers/ID/userdata`. */
  readonly storage: Set<string>;

  /** Before each of them: runtimes tell paths of the host, which we may see from elsewhere. */
  readonly #host: string;

  constructor(host: string = hostRoot()) {
    this.#host = host;
    const here = (roots: readonly string[]): Set<string> =>
      new Set(roots.map((root) => host + root));
    this.states = here(STATES);
    this.docker = here(DOCKER);
    this.storage = here(STORAGE);
  }

  /**
   * Learns from the shim or monitor above a process of a container. Only those of the host are believed: what runs in a container
   * may call itself as it likes.
   *
   * @returns Whether there was one with a root that was not known.
   */
  learnFromProcess(pid: number): boolean {
    let at = pid;
    for (let steps = 0; steps < ANCESTORS_MAX && at > 1; steps += 1) {
      const { name, parent } = statusOf(at);
      if (WATCHERS.has(name)) return this.#learn(at);
      at = parent;
    }
    return false;
  }

  /**
   * Learns from the shim or monitor that a program of the host has just become, by what it was started with: it may be gone before
   * anybody could look.
   */
  learnFromProgram({ name, cwd, words }: StartedProgram): boolean {
    return WATCHERS.has(watcherName(name)) && this.#learnFrom(cwd, words);
  }

  /** Learns from every shim and monitor that runs. Reads the names of all processes: for the start, not for each event. */
  learnFromHost(): void {
    for (const pid of processes()) if (WATCHERS.has(statusOf(pid).name)) this.#learn(pid);
  }

  /** That Docker keeps its containers there, as a bundle of its showed. */
  addDocker(root: string): void {
    this.#add(this.docker, root);
  }

  #learn(watcher: number): boolean {
    if (containersOfProcess(textOf(watcher, "cgroup"))[0]?.isCertain) return false;
    return this.#learnFrom(placeOf(watcher), textOf(watcher, "cmdline").split("\0"));
  }

  /** A containerd shim stands in its bundle; conmon is told of it. */
  #learnFrom(cwd: string, words: readonly string[]): boolean {
    const told = words[words.indexOf("-b") + 1] ?? "";
    const [, state] = /^(\/.+)\/io\.containerd\.runtime\.v2\.task\//.exec(cwd) ?? [];
    const [, storage] =
      /^(\/.+)\/[a-z0-9]+-containers\/[0-9a-f]{64}\/userdata\/?$/.exec(told) ?? [];
    if (state !== undefined) return this.#add(this.states, state);
    return storage === undefined ? false : this.#add(this.storage, storage);
  }

  #add(roots: Set<string>, root: string): boolean {
    const path = this.#host + root;
    if (roots.has(path) || roots.size >= ROOTS_MAX) return false;
    roots.add(path);
    return true;
  }
}

/** A program as it began. */
export interface StartedProgram {
  /** As the kernel has it. */
  readonly name: string;
  readonly cwd: string;
  /** Of its command line. */
  readonly words: readonly string[];
}

const STATES: readonly string[] = [
  "/run/containerd",
  "/run/docker/containerd/daemon",
  "/run/k3s/containerd",
  "/var/snap/microk8s/common/run/containerd",
];
const DOCKER: readonly string[] = ["/var/lib/docker", "/var/snap/docker/common/var-lib-docker"];
const STORAGE: readonly string[] = ["/var/lib/containers/storage", "/run/containers/storage"];

/** As the kernel has their names: 15 bytes of `containerd-shim-runc-v2`. */
const WATCHERS: ReadonlySet<string> = new Set(["containerd-shim", "conmon", "conmonrs"]);
const ANCESTORS_MAX = 64;
const ROOTS_MAX = 64;

/** The numbers of all processes; empty where the system shows none. */
export function processes(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** A file of a process; `""` for one that ended. */
export function textOf(pid: number, name: "cgroup" | "cmdline" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function placeOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** @see proc(5), /proc/PID/stat: a name may hold blanks and brackets. */
function statusOf(pid: number): { readonly name: string; readonly parent: number } {
  const [, name = "", parent = "0"] = /^\d+ \((.*)\) \S (\d+) /s.exec(textOf(pid, "stat")) ?? [];
  return { name: watcherName(name), parent: Number(parent) };
}

/** What began with `containerd-shim-runc-v2` is cut after 15 bytes. */
function watcherName(name: string): string {
  return name.startsWith("containerd-shim") ? "containerd-shim" : name;
}
