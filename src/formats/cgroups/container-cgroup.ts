// Which container a cgroup is: runtimes write the container's id into the name of its cgroup, each in its own way.
// @see cgroups(7), and Falco's and Tracee's matchers, whose table of paths the test reads

/** How the name of the cgroup is written: by whom, as far as a name tells. */
export type CgroupRuntime =
  | "docker"
  | "containerd"
  | "cri-o"
  | "podman"
  | "nerdctl"
  | "lxc"
  | "unknown";

/** A cgroup that is a container's, by its name. */
export interface CgroupContainer {
  readonly runtime: CgroupRuntime;
  /** Whole, as it stands in the path. */
  readonly id: string;
  /** Of containerd, where the path says it; null elsewhere. */
  readonly namespace: string | null;
  /**
   * Whether the name alone tells. A path of two parts may be a container of containerd (`/default/web`) or anything that somebody
   * called so: then it is a container only if a runtime knows it.
   */
  readonly isCertain: boolean;
}

/** Longer paths are nobody's: the kernel's own bound is the length of a path. */
const PATH_MAX = 4096;
/** Containers in containers in containers, and no further. */
const FOUND_MAX = 8;

/**
 * The containers that a path of a cgroup (`/docker/7951…`) lies in, the innermost first; empty when it lies in none.
 *
 * A process can make cgroups of any name below its own, so the inner ones are claims: whoever has the metadata believes the first
 * of which a runtime knows. Time is linear in the path, whatever it holds.
 */
export function containersOfCgroup(path: string): readonly CgroupContainer[] {
  if (path.length > PATH_MAX) return [];
  const parts = path.split("/").filter((part) => part !== "");
  const found: CgroupContainer[] = [];
  for (let at = parts.length - 1; at >= 0 && found.length < FOUND_MAX; at -= 1) {
    const container = containerAt(parts, at);
    if (container !== null) found.push(container);
  }
  if (found.length > 0) return found;
  const guess = twoParts(parts);
  return guess === null ? [] : [guess];
}

const ID = /^[0-9a-f]{64}$/;

/** The id in the part of a path; null for a part that is no container's. */
function containerAt(parts: readonly string[], at: number): CgroupContainer | null {
  const part = parts[at] ?? "";
  const before = parts[at - 1] ?? "";
  if (ID.test(part)) return certain(ownerOf(parts, at), part);
  const named = namedPart(part);
  if (named !== null) return named;
  return lxcPart(part, before);
}

function certain(runtime: CgroupRuntime, id: string): CgroupContainer {
  return { runtime, id, namespace: null, isCertain: true };
}

/** Whose a bare id is: Docker's and nerdctl's parents are called so, below `kubepods` it is the cluster's runtime. */
function ownerOf(parts: readonly string[], at: number): CgroupRuntime {
  const before = parts[at - 1] ?? "";
  if (before === "docker" || before === "actions_job") return "docker";
  if (before.startsWith("pod") && parts.some((part) => part.startsWith("kubepods")))
    return "containerd";
  return "unknown";
}

/**
 * `docker-ID.scope`, `libpod-ID`, and what runc makes of systemd's form where systemd is not (`system.slice:docker:ID`).
 * Those of monitors (`libpod-conmon-ID`) have another word before the id, and are processes of the host.
 */
const NAMED =
  /^(?:[^:]*:)?(docker|cri-containerd|crio|libpod-payload|libpod|nerdctl)[-:]([0-9a-f]{64})(?:\.scope)?$/;

const RUNTIMES: ReadonlyMap<string, CgroupRuntime> = new Map([
  ["docker", "docker"],
  ["cri-containerd", "containerd"],
  ["crio", "cri-o"],
  ["libpod", "podman"],
  ["libpod-payload", "podman"],
  ["nerdctl", "nerdctl"],
]);

function namedPart(part: string): CgroupContainer | null {
  const [, word = "", id = ""] = NAMED.exec(part) ?? [];
  const runtime = RUNTIMES.get(word);
  return runtime === undefined ? null : certain(runtime, id);
}

/** `/lxc/NAME`, `/lxc.payload/NAME`, `/lxc.payload.NAME`; the monitor is a process of the host. */
function lxcPart(part: string, before: string): CgroupContainer | null {
  if ((before === "lxc" || before === "lxc.payload") && isName(part)) return certain("lxc", part);
  if (!part.startsWith("lxc.payload.")) return null;
  const name = part.slice("lxc.payload.".length);
  return isName(name) ? certain("lxc", name) : null;
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,254})$/;
const OF_SYSTEMD = /\.(?:service|slice|scope|mount|socket|swap|timer)$/;

function isName(text: string): boolean {
  return NAME.test(text) && !OF_SYSTEMD.test(text);
}

/** Parents under which others keep their containers: what is no container there is none of containerd either. */
const OTHERS = /^(?:docker|libpod_parent|kubepods|lxc(?:\..*)?)$/;

/** `/NAMESPACE/ID`, as `ctr` and whoever embeds containerd without systemd write it. */
function twoParts(parts: readonly string[]): CgroupContainer | null {
  const [namespace = "", id = ""] = parts;
  if (parts.length !== 2 || !isName(namespace) || !isName(id) || OTHERS.test(namespace))
    return null;
  return { runtime: "containerd", id, namespace, isCertain: false };
}
