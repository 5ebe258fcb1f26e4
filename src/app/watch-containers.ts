import { KnownContainers } from "../io/runtimes/known-containers.ts";
import {
  type ContainerWithProcesses,
  runningContainers,
} from "../io/runtimes/running-containers.ts";

/** The containers with processes on this host, by their names and then their ids. Asks no engine, and needs none to answer. */
export function containersNow(): readonly ContainerWithProcesses[] {
  const nameOf = ({ container }: ContainerWithProcesses): string => container.name ?? "\uffff";
  return [...runningContainers(new KnownContainers())].sort(
    (a, b) => compare(nameOf(a), nameOf(b)) || compare(a.container.id, b.container.id),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
