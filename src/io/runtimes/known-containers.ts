// Who a container is, by the cgroup of a process: remembered within bounds, so that each is read once and not at each event.
import { statSync } from "node:fs";
import { containersOfProcess } from "../../formats/cgroups/cgroup-file.ts";
import type { CgroupContainer } from "../../formats/cgroups/container-cgroup.ts";
import type { Container } from "../../model/container.ts";
import { byId, readContainer } from "./read-container.ts";
import { RuntimeRoots, textOf } from "./runtime-roots.ts";

export interface KnownOptions {
  /** Containers that are remembered; the one that was asked for longest ago is forgotten first. */
  readonly sizeMax?: number;
  readonly roots?: RuntimeRoots;
  /** Milliseconds that only go up; for tests. */
  readonly clock?: () => number;
}

const SIZE_MAX = 10_000;
/** After this, one look tells whether the runtime wrote something else since (a rename, a restart). */
const FRESH_MS = 5_000;
/** What was not found is looked for again after this, then after twice as long each time. */
const RETRY_MS = 10;
const RETRY_MS_MAX = 30_000;

interface Known {
  /** Null for what is no container of any runtime. */
  readonly container: Container | null;
  /** The file that changes when it does; `""` for one that was not found. */
  readonly source: string;
  readonly modifiedMs: number;
  /** When to look again. */
  dueMs: number;
  readonly waitMs: number;
}

/**
 * The containers of this host, looked up without waiting: a look-up reads a few small files, once for each container.
 *
 * Runtimes write these files before the first process of a container starts, but not all before the first process of their own enters
 * its cgroup: what has problems is looked for again. A container of which nothing can be read is known by its id alone, with a problem
 * that says why.
 */
export class KnownContainers {
  readonly #known = new Map<string, Known>();
  readonly #keys = new WeakMap<CgroupContainer, string>();
  readonly #roots: RuntimeRoots;
  readonly #sizeMax: number;
  readonly #clock: () => number;

  constructor({ sizeMax, roots, clock }: KnownOptions = {}) {
    this.#sizeMax = sizeMax ?? SIZE_MAX;
    this.#roots = roots ?? new RuntimeRoots();
    this.#clock = clock ?? (() => performance.now());
  }

  /** Where the runtimes keep their files, as far as it is known by now. */
  get roots(): RuntimeRoots {
    return this.#roots;
  }

  /** The container of a process that runs; null for one of the host, and for one that ended. */
  ofProcess(pid: number): Container | null {
    return this.ofCgroups(containersOfProcess(textOf(pid, "cgroup")), pid);
  }

  /**
   * The container that a process is in.
   *
   * Of containers in containers it is the outermost that a runtime of this host knows: inner names are claims that a process can make
   * up, and an inner engine's containers are known to that engine alone.
   *
   * @param candidates Of its cgroup, the innermost first.
   * @param pid The process, from whose shim or monitor places are learned; null when it is not known.
   * @returns Null for a process of the host.
   */
  ofCgroups(candidates: readonly CgroupContainer[], pid: number | null): Container | null {
    let known: Known | null = null;
    for (let at = candidates.length - 1; at >= 0; at -= 1) {
      known = this.#of(candidates[at] as CgroupContainer, pid);
      if (known.source !== "") break;
    }
    // That of the innermost, when none is known.
    return known === null ? null : known.container;
  }

  #of(asked: CgroupContainer, pid: number | null): Known {
    const key = this.#keyOf(asked);
    const before = this.#known.get(key);
    const now = this.#clock();
    if (before !== undefined && now < before.dueMs) return before;
    if (before !== undefined && isUnchanged(before)) {
      before.dueMs = now + FRESH_MS;
      // The last to have been asked for is the last to be forgotten.
      this.#known.delete(key);
      this.#known.set(key, before);
      return before;
    }
    const known = this.#read(asked, { pid, before, now });
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > this.#sizeMax) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return known;
  }

  /** Made once for each, as it may be asked for at every event. */
  #keyOf(asked: CgroupContainer): string {
    let key = this.#keys.get(asked);
    if (key === undefined) {
      key = asked.namespace === null ? asked.id : `${asked.namespace}/${asked.id}`;
      this.#keys.set(asked, key);
    }
    return key;
  }

  #read(
    asked: CgroupContainer,
    { pid, before, now }: { pid: number | null; before: Known | undefined; now: number },
  ): Known {
    let read = readContainer(asked, this.#roots);
    if (isThin(read) && pid !== null && this.#roots.learnFromProcess(pid))
      read = readContainer(asked, this.#roots) ?? read;
    if (read !== null && isWhole(read)) return { ...read, dueMs: now + FRESH_MS, waitMs: RETRY_MS };
    // One whose files went away while it ends is still who it was.
    if (before !== undefined && isWhole(before)) return { ...before, dueMs: now + FRESH_MS };
    const waitMs = Math.min(RETRY_MS_MAX, before === undefined ? RETRY_MS : before.waitMs * 2);
    if (read !== null && read.source !== "") return { ...read, dueMs: now + waitMs, waitMs };
    const container = read?.container ?? (asked.isCertain ? notFound(asked) : null);
    return { container, source: "", modifiedMs: 0, dueMs: now + waitMs, waitMs };
  }
}

/** Whether everything that its runtime writes down was found. */
function isWhole({ container, source }: Pick<Known, "container" | "source">): boolean {
  return source !== "" && container !== null && container.problems.length === 0;
}

/** Nothing, or a bundle of Docker's whose own files were not found: another place may have them. */
function isThin(read: ReturnType<typeof readContainer>): boolean {
  return read === null || read.source === "" || read.container.startedAt === null;
}

function isUnchanged(known: Known): boolean {
  if (!isWhole(known)) return false;
  const { source, modifiedMs } = known;
  try {
    return statSync(source, { throwIfNoEntry: false })?.mtimeMs === modifiedMs;
  } catch {
    return false;
  }
}

function notFound(asked: CgroupContainer): Container {
  const detail = `no runtime of this host wrote of container ${asked.id.slice(0, 12)} where it is looked for`;
  return byId(asked, [{ code: "container-unknown", detail }]);
}
