import type { Sensor } from "../io/sensor/sensor.ts";
import { type Container, isMeantBy } from "../model/container.ts";
import type { ContainerTable } from "./container-table.ts";

/** Who else looks at containers than who asked for one of them. */
interface Asked {
  /** A name, or the beginning of an id; null for all. */
  readonly only: string | null;
  /** Other containers are looked at, too, whichever is meant. */
  readonly areAllNeeded: boolean;
}

/**
 * Cgroups of which nobody wants to know more than which processes there are: those of the host, and of containers that are not
 * meant. The kernel is told at the first event that nobody asked for, and leaves out the rest of them.
 */
export class Unwatched {
  readonly #cgroups = new Set<number>();
  readonly #sensor: Pick<Sensor, "unwatch" | "rewatch">;
  readonly #containers: Pick<ContainerTable, "isHostForGood">;
  readonly #asked: Asked;

  constructor(
    sensor: Pick<Sensor, "unwatch" | "rewatch">,
    containers: Pick<ContainerTable, "isHostForGood">,
    asked: Asked,
  ) {
    this.#sensor = sensor;
    this.#containers = containers;
    this.#asked = asked;
  }

  /** @returns whether what happened in this cgroup is meant at all. */
  isMeant(cgroup: number, container: Container | null): boolean {
    const { only } = this.#asked;
    const isMeant = only === null || (container !== null && isMeantBy(container, only));
    if ((!isMeant || container === null) && !this.#cgroups.has(cgroup)) {
      if (this.#isKnown(cgroup, container)) this.#leave(cgroup);
    }
    return isMeant;
  }

  /** What is not known for certain stays watched. */
  #isKnown(cgroup: number, container: Container | null): boolean {
    if (container === null) return this.#containers.isHostForGood(cgroup);
    return !this.#asked.areAllNeeded && container.problems.length === 0;
  }

  #leave(cgroup: number): void {
    this.#cgroups.add(cgroup);
    this.#sensor.unwatch(cgroup);
  }

  /** Cgroups that are no more, or that have another path from here on. */
  forget(cgroup: number): void {
    if (this.#cgroups.delete(cgroup)) this.#sensor.rewatch(cgroup);
  }
}
