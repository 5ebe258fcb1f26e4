import type { RecordedContainer } from "../formats/sensor/recording.ts";
import type { Container } from "../model/container.ts";

/** How a container is found: by the path of its cgroup and a process in it; null for a cgroup of the host. */
export type FindContainer = (path: string, pid: number) => Container | null;

/** The containers of a host by cgroup. One that is made is looked up once, and told to whoever records. */
export class ContainerTable {
  readonly #containers = new Map<number, Container | null>();
  readonly #paths: Map<number, string>;
  readonly #find: FindContainer;
  readonly #record: (fact: RecordedContainer) => void;
  /** The path of the cgroup of a process, for a cgroup that was not told. */
  readonly #pathOf: (pid: number) => string;

  constructor(parts: {
    readonly paths: Map<number, string>;
    readonly find: FindContainer;
    readonly pathOf: (pid: number) => string;
    readonly record: (fact: RecordedContainer) => void;
  }) {
    this.#paths = parts.paths;
    this.#find = parts.find;
    this.#pathOf = parts.pathOf;
    this.#record = parts.record;
  }

  made(cgroup: number, path: string): void {
    this.#paths.set(cgroup, path);
    this.#containers.delete(cgroup);
  }

  gone(cgroup: number): void {
    this.#paths.delete(cgroup);
    this.#containers.delete(cgroup);
  }

  containerOf(cgroup: number, pid: number): Container | null {
    const known = this.#containers.get(cgroup);
    // One of which something is not known is asked for again: whoever finds it says how often that is worth a look.
    if (known !== undefined && (known === null || known.problems.length === 0)) return known;
    const path = this.#paths.get(cgroup) ?? this.#pathOf(pid);
    const container = this.#find(path, pid);
    if (container === known) return container;
    this.#containers.set(cgroup, container);
    this.#record({ kind: "container", cgroup, path, container });
    return container;
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
