// Everything of one container that can be compared with its image: what was written, and what runs now.
import { closeSync, existsSync, fstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Mount } from "../../formats/proc/mountinfo.ts";
import type { ContainerObservation, WrittenEntry } from "../../model/drift.ts";
import type { Problem } from "../../model/problem.ts";
import { codeOf } from "../error-code.ts";
import type { FoundContainer } from "./find-container.ts";
import { openFolder, openInside } from "./open-inside.ts";
import { mountsOf, placeOf, type RunningNow, runningNow } from "./processes.ts";
import { FileReader } from "./read-file.ts";
import { WHYS, type WrittenPlace, type WrittenSink, walkWritten } from "./walk-written.ts";

/** An observation, and what is missing from it. */
export interface ObservedContainer {
  readonly observation: ContainerObservation;
  readonly problems: readonly Problem[];
  /** Nothing that runs was missed. */
  readonly sawAllThatRuns: boolean;
}

/** What observing needs of its surroundings. */
export interface ObserveContext {
  readonly signal: AbortSignal;
  progress(line: string | null): void;
}

/**
 * Looks at a container from outside; nothing in it is changed, stopped or asked. Needs root.
 *
 * @throws the signal's reason. What cannot be looked at is a problem.
 */
export async function observeContainer(
  container: FoundContainer,
  { signal, progress }: ObserveContext,
): Promise<ObservedContainer> {
  const look = new ContainerLook(container, new FileReader(signal));
  progress(`${container.name}: looking at what runs`);
  const { running, processes, missed } = await look.running();
  progress(`${container.name}: looking at what was written`);
  await look.written();
  progress(null);
  const problems = [...look.problems, ...missed.map(({ what, why }) => unread(what, why))];
  return {
    observation: { written: look.entries, running, processes },
    problems,
    sawAllThatRuns: container.pid !== null && missed.length === 0,
  };
}

function unread(what: string, why: string): Problem {
  const path = what.startsWith("/") ? { path: what.slice(1) } : {};
  return { code: "container-unread", detail: `cannot look at ${what}: ${why}`, ...path };
}

class ContainerLook {
  readonly entries: WrittenEntry[] = [];
  readonly problems: Problem[] = [];
  readonly #container: FoundContainer;
  readonly #reader: FileReader;
  readonly #mounts: readonly Mount[];

  constructor(container: FoundContainer, reader: FileReader) {
    this.#container = container;
    this.#reader = reader;
    this.#mounts = this.#mountsNow();
  }

  #mountsNow(): readonly Mount[] {
    const { pid } = this.#container;
    if (pid === null) return [];
    try {
      return mountsOf(pid);
    } catch (error) {
      this.#failed("its mounts", error);
      return [];
    }
  }

  async running(): Promise<RunningNow> {
    const { pid, id } = this.#container;
    if (pid === null) return { running: [], processes: 0, missed: [] };
    return runningNow({ pid, id }, this.#reader);
  }

  async written(): Promise<void> {
    await this.#rootWritten();
    const { pid } = this.#container;
    if (pid === null) return;
    for (const mount of this.#mounts) {
      if (!isLookedInto(mount)) continue;
      await this.#opened(
        `/${mount.point.slice(1)}`,
        () => mountedFolder(pid, mount.point),
        (fd) =>
          this.#walk({
            names: fd,
            whole: fd,
            at: mount.point.slice(1),
            place: placeOf(mount.point, this.#mounts),
            programsOnly: true,
            skip: this.#pointsBut(mount.point),
            namesMax: VOLUME_NAMES_MAX,
          }),
      );
    }
  }

  async #rootWritten(): Promise<void> {
    const { storage, pid } = this.#container;
    const upper = storage.upper ?? this.#upperMounted();
    if (upper !== null) return this.#upperWritten(upper);
    if (pid === null) {
      const detail = `cannot look at what was written: the storage driver ${storage.driver} keeps no layer of its own, and the container does not run`;
      this.problems.push({ code: "container-unread", detail });
      return;
    }
    // Nothing tells what was written: everything is compared.
    await this.#opened(
      "its root",
      () => openFolder(`/proc/${pid}/root/.`),
      (fd) => this.#walk({ names: fd, whole: fd, ...ROOT, skip: this.#pointsBut("/") }),
    );
  }

  async #upperWritten(upper: string): Promise<void> {
    const { merged } = this.#container.storage;
    await this.#opened(
      "its writable layer",
      () => openFolder(upper),
      async (names) => {
        const whole = merged !== null && isMounted(merged) ? openFolder(merged) : null;
        try {
          await this.#walk({ names, whole, ...ROOT, skip: NOTHING });
        } finally {
          if (whole !== null) closeSync(whole);
        }
      },
    );
  }

  /** Engines with a store of containerd's do not say it; the kernel does. */
  #upperMounted(): string | null {
    const root = this.#mounts.findLast(({ point }) => point === "/");
    if (root?.type !== "overlay") return null;
    const upper = /(?:^|,)upperdir=(\/[^,]*)/.exec(root.options)?.[1] ?? null;
    return upper !== null && existsSync(upper) ? upper : null;
  }

  async #walk(place: WrittenPlace): Promise<void> {
    const points = this.#pointsBut("/");
    const sink: WrittenSink = {
      entry: (entry) => {
        // Engines put an empty file where they mount one.
        const isPoint =
          entry.kind === "file" && entry.file.sizeBytes === 0 && points.has(entry.file.path);
        if (!isPoint) this.entries.push(entry);
      },
      miss: (path, why) => {
        this.problems.push(unread(`/${path}`, why));
      },
    };
    await walkWritten(place, this.#reader, sink);
  }

  async #opened(
    what: string,
    open: () => number | null,
    use: (fd: number) => Promise<void>,
  ): Promise<void> {
    let fd: number | null = null;
    try {
      fd = open();
      if (fd !== null) await use(fd);
    } catch (error) {
      this.#failed(what, error);
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  #failed(what: string, error: unknown): void {
    const code = codeOf(error);
    if (code === "") throw error;
    this.problems.push(unread(what, WHYS[code] ?? code));
  }

  #pointsBut(own: string): ReadonlySet<string> {
    const others = this.#mounts.filter(({ point }) => point !== own && point !== "/");
    return new Set(others.map(({ point }) => point.slice(1)));
  }
}

/** Names below one volume; whoever mounts a whole disk has more, and is told so. */
const VOLUME_NAMES_MAX = 200_000;

const ROOT = { at: "", place: "root", programsOnly: false, namesMax: 1_000_000 } as const;
const NOTHING: ReadonlySet<string> = new Set();

/** What the kernel makes up has no files of anybody's. */
const KERNELS_OWN: ReadonlySet<string> = new Set([
  "autofs",
  "binfmt_misc",
  "bpf",
  "cgroup",
  "cgroup2",
  "configfs",
  "debugfs",
  "devpts",
  "efivarfs",
  "fusectl",
  "hugetlbfs",
  "mqueue",
  "nsfs",
  "proc",
  "pstore",
  "rpc_pipefs",
  "securityfs",
  "sysfs",
  "tracefs",
]);

/** What nobody in the container can write is nobody's drift. */
function isLookedInto({ point, type, isReadOnly }: Mount): boolean {
  const isOwn = point === "/" || KERNELS_OWN.has(type) || /^\/(?:proc|sys)(?:\/|$)/.test(point);
  return !isOwn && !isReadOnly;
}

/** null for a single file that is mounted. */
function mountedFolder(pid: number, point: string): number | null {
  const root = openFolder(`/proc/${pid}/root/.`);
  try {
    const { fd } = openInside(root, point);
    if (fstatSync(fd).isDirectory()) return fd;
    closeSync(fd);
    return null;
  } finally {
    closeSync(root);
  }
}

/** Something is mounted where it lies on another device than its folder. */
function isMounted(path: string): boolean {
  try {
    return statSync(path).dev !== statSync(dirname(path)).dev;
  } catch {
    return false;
  }
}
