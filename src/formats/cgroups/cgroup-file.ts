// /proc/PID/cgroup: in which cgroups a process is. @see cgroups(7), "/proc files"
import { eachLine } from "../../kit/text.ts";
import { type CgroupContainer, containersOfCgroup } from "./container-cgroup.ts";

/** Version 1 has at most some twenty hierarchies; more are not read. */
const LINES_MAX = 64;
const TEXT_MAX = 1 << 18;

/**
 * The containers that a process is in, the innermost first; empty for one of the host.
 *
 * On version 2 there is one line (`0::/…`), on version 1 one for each hierarchy, on hybrid hosts both. They seldom differ: then the
 * first line that names a container for certain is believed, and one that only may be a container's never outdoes it.
 *
 * @param text What stands in /proc/PID/cgroup; lines of another form are passed over.
 */
export function containersOfProcess(text: string): readonly CgroupContainer[] {
  if (text.length > TEXT_MAX) return [];
  let guess: readonly CgroupContainer[] = [];
  let found: readonly CgroupContainer[] = [];
  const seen = new Set<string>();
  eachLine(text, (line, number) => {
    const path = pathOf(line);
    if (found.length > 0 || number > LINES_MAX || path === null || seen.has(path)) return;
    seen.add(path);
    const containers = containersOfCgroup(path);
    if (containers[0]?.isCertain === true) found = containers;
    else if (guess.length === 0) guess = containers;
  });
  return found.length > 0 ? found : guess;
}

/** `4:memory:/docker/…`, `1:name=systemd:/…`, `0::/…`. A cgroup that was removed ends with ` (deleted)`. */
function pathOf(line: string): string | null {
  const [, path] = /^\d{1,9}:[^:]*:(\/.*)$/.exec(line) ?? [];
  return path === undefined ? null : path.replace(/ \(deleted\)$/, "");
}
