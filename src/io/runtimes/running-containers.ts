// The containers that run now, found by the cgroups of all processes: also those of runtimes that have no socket to ask.
import { containersOfProcess } from "../../formats/cgroups/cgroup-file.ts";
import type { Container } from "../../model/container.ts";
import type { KnownContainers } from "./known-containers.ts";
import { processes, textOf } from "./runtime-roots.ts";

/** A container with processes of its own. */
export interface ContainerWithProcesses {
  readonly container: Container;
  /** By their numbers on the host; the first is most often the container's first. */
  readonly pids: readonly number[];
}

/** Looks through all processes of this host, in the order of their numbers. A process that ends meanwhile is left out. */
export function runningContainers(known: KnownContainers): readonly ContainerWithProcesses[] {
  known.roots.learnFromHost();
  const found = new Map<string, { container: Container; pids: number[] }>();
  for (const pid of processes().sort((a, b) => a - b)) {
    const container = known.ofCgroups(containersOfProcess(textOf(pid, "cgroup")), pid);
    if (container === null) continue;
    const before = found.get(container.id);
    if (before === undefined) found.set(container.id, { container, pids: [pid] });
    else before.pids.push(pid);
  }
  return [...found.values()];
}
