import { dirname } from "node:path";
import { containersOfCgroup } from "../formats/cgroups/container-cgroup.ts";
import { hostOverlay } from "../io/sensor/overlay.ts";
import type { Sensor } from "../io/sensor/sensor.ts";
import type { AllowedFile, EnforcedContainer, WatchStart } from "../model/watching.ts";

/** The writable layer, memory, and what is of no layer: sensor/PROTOCOL.md, "Enforcement". */
const DENY_ALL = 7;
/** The kernel looks for a cgroup above a process's so deep: `DEEPEST_CGROUP` of sensor/enforce.h. */
const DEEPEST_CGROUP = 16;

/**
 * What is enforced, kept in the kernel. Of each container its outermost cgroup is listed; the kernel finds it from all that are made
 * below, and nothing has to be heard of them.
 */
export class Guards {
  readonly #sensor: Sensor;
  readonly #enforced: EnforcedContainer[];
  readonly #trouble: (text: string) => void;
  readonly #listed = new Set<number>();

  constructor(sensor: Sensor, start: WatchStart, trouble: (text: string) => void) {
    this.#sensor = sensor;
    this.#enforced = [...start.enforced];
    this.#trouble = trouble;
  }

  /** What may run is said before anything dies. */
  begin(files: readonly AllowedFile[], paths: Iterable<readonly [number, string]>): void {
    this.allow(files);
    for (const { allowed } of this.#enforced) this.allow(allowed);
    this.#listAll(paths, this.#enforced);
  }

  /** One more, which runs already. */
  add(container: EnforcedContainer, paths: Iterable<readonly [number, string]>): void {
    this.allow(container.allowed);
    this.#enforced.push(container);
    this.#listAll(paths, [container]);
  }

  #listAll(
    paths: Iterable<readonly [number, string]>,
    enforced: readonly EnforcedContainer[],
  ): void {
    for (const [cgroup, path] of paths) {
      const container = this.#containerOf(path, enforced);
      if (container !== null) this.#list(cgroup, path, container, container.root);
    }
  }

  allow(files: readonly AllowedFile[]): void {
    for (const file of files) {
      if (!this.#sensor.judge(file, true))
        this.#trouble(`the kernel takes no more files that may run: ${file.path} may not`);
    }
  }

  /** A container that was started again has a root of its own, which its engine has mounted by now. */
  made(cgroup: number, path: string): void {
    const container = this.#containerOf(path);
    if (container === null) return;
    const root = hostOverlay(container.merged);
    if (root === null)
      this.#trouble(
        `${container.name} was started again, and where its files lie is not known: nothing is enforced in it until you start watching again`,
      );
    else this.#list(cgroup, path, container, root);
  }

  gone(cgroup: number): void {
    if (this.#listed.delete(cgroup)) this.#sensor.unguard(cgroup);
  }

  /** Whose outermost cgroup it is. */
  #containerOf(
    path: string,
    enforced: readonly EnforcedContainer[] = this.#enforced,
  ): EnforcedContainer | null {
    const idsAt = (at: string): Set<string> => new Set(containersOfCgroup(at).map(({ id }) => id));
    const ids = idsAt(path);
    const above = idsAt(dirname(path));
    return enforced.find(({ id }) => ids.has(id) && !above.has(id)) ?? null;
  }

  #list(cgroup: number, path: string, { name }: EnforcedContainer, root: number): void {
    const isDeep = path.split("/").length - 1 > DEEPEST_CGROUP;
    if (!isDeep && this.#sensor.guard(cgroup, DENY_ALL, root)) this.#listed.add(cgroup);
    else
      this.#trouble(
        `nothing is enforced in ${name}: ${isDeep ? "its cgroup lies too deep" : "the kernel takes no more cgroups"}`,
      );
  }
}
