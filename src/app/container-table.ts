import { type CgroupContainer, containersOfCgroup } from "../formats/cgroups/container-cgroup.ts";
import type { RecordedContainer } from "../formats/sensor/recorded-facts.ts";
import type { Container } from "../model/container.ts";

/** How a container is found: by what the path of its cgroup says and a process in it; null where no runtime knows of one. */
export type FindContainer = (
  candidates: readonly CgroupContainer[],
  pid: number,
) => Container | null;

/** The containers of a host by cgroup. One that is made is looked up until everything of it is known, and told to whoever records. */
export class ContainerTable {
  readonly #containers = new Map<number, Container | null>();
  readonly #paths: Map<number, string>;
  /** What the paths say, of cgroups that are looked for again. */
  readonly #candidates = new Map<number, readonly CgroupContainer[]>();
  readonly #find: FindContainer;
  readonly #record: (fact: RecordedContainer) => void;
  readonly #pathOf: (cgroup: number, pid: number) => string | null;

  constructor(parts: {
    readonly paths: Map<number, string>;
    readonly find: FindContainer;
    /** The path of a cgroup that was not told, by a process that was in it; null when that is there no more. */
    readonly pathOf: (cgroup: number, pid: number) => string | null;
    readonly record: (fact: RecordedContainer) => void;
  }) {
    this.#paths = parts.paths;
    this.#find = parts.find;
    this.#pathOf = parts.pathOf;
    this.#record = parts.record;
  }

  made(cgroup: number, path: string): void {
    this.gone(cgroup);
    this.#paths.set(cgroup, path);
  }

  gone(cgroup: number): void {
    this.#paths.delete(cgroup);
    this.#candidates.delete(cgroup);
    this.#containers.delete(cgroup);
  }

  containerOf(cgroup: number, pid: number): Container | null {
    return this.#look(cgroup, pid).container;
  }

  /** Whether everything is known of the container of a cgroup, or the cgroup is the host's for certain. */
  isSettled(cgroup: number, pid: number): boolean {
    return this.#look(cgroup, pid).isSettled;
  }

  /** Whether its path cannot be a container's: one that may be is the host's only until a runtime knows it. */
  isHostForGood(cgroup: number): boolean {
    return this.#containers.get(cgroup) === null;
  }

  /** What is not settled is looked for at each question: whoever finds it says how often that is worth a look. */
  #look(cgroup: number, pid: number): { container: Container | null; isSettled: boolean } {
    const known = this.#containers.get(cgroup);
    if (known !== undefined && (known === null || known.problems.length === 0)) {
      return { container: known, isSettled: true };
    }
    const path = this.#path(cgroup, pid);
    if (path === null) return { container: NOWHERE, isSettled: false };
    const candidates = this.#candidates.get(cgroup) ?? containersOfCgroup(path);
    this.#candidates.set(cgroup, candidates);
    const container = this.#find(candidates, pid);
    // A path that may be a container's is the host's until a runtime knows it: that is asked again each time.
    if (container === null && candidates.length > 0) return { container, isSettled: true };
    const isSettled = container === null || container.problems.length === 0;
    if (known === undefined || isSettled) {
      this.#record({ kind: "container", cgroup, path, container });
    }
    this.#containers.set(cgroup, container);
    return { container, isSettled };
  }

  #path(cgroup: number, pid: number): string | null {
    const known = this.#paths.get(cgroup);
    if (known !== undefined) return known;
    const path = this.#pathOf(cgroup, pid);
    if (path !== null) this.#paths.set(cgroup, path);
    return path;
  }

  /** Cgroups that are there, with their paths. */
  paths(): Iterable<readonly [cgroup: number, path: string]> {
    return this.#paths;
  }

  /** Every cgroup that is known, with its container. */
  *entries(): Iterable<readonly [number, Container]> {
    for (const [cgroup, container] of this.#containers) {
      if (container !== null) yield [cgroup, container];
    }
  }
}

/** Of a cgroup whose making was lost and that nobody is in any more: it is not the host's because nothing is known of it. */
const NOWHERE: Container = {
  id: "unknown",
  engine: "unknown",
  name: null,
  image: null,
  labels: {},
  isPrivileged: null,
  pod: null,
  mounts: null,
  startedAt: null,
  problems: [
    { code: "container-unknown", detail: "it is not known which cgroup this happened in" },
  ],
};
