// Facts of a recording out of JSON. A recording may come from a stranger, so nothing in it is believed to have the form it ought to.
import type {
  Container,
  ContainerImage,
  ContainerMount,
  ContainerPod,
} from "../../model/container.ts";
import type { EventType } from "../../model/event.ts";
import type { Problem } from "../../model/problem.ts";
import type { Hook } from "../../model/watching.ts";
import { asObject, type JsonObject, member, object, objects, texts } from "../json-object.ts";
import { NAMES_BY_CODE } from "./kinds.ts";
import { type ProcessState, unseenProcess } from "./processes.ts";

/** What is said first: when the machine started, and what was not seen. */
export interface RecordingStart {
  readonly kind: "start";
  /** Nanoseconds since 1970 of the machine's start. */
  readonly bootedAt: { readonly seconds: number; readonly nanoseconds: number };
  readonly architecture: string;
  readonly kernel: string;
  /** Kinds of events that this kernel does not tell of. */
  readonly blind: readonly Hook["type"][];
}

/** One that was there already. */
export interface RecordedProcess {
  readonly kind: "process";
  readonly process: ProcessState;
}

/** Which container a cgroup is: null for one of the host. */
export interface RecordedContainer {
  readonly kind: "container";
  readonly cgroup: number;
  readonly path: string;
  readonly container: Container | null;
}

/** Events that were lost by then, of all since the start. */
export interface RecordedLoss {
  readonly kind: "lost";
  readonly counts: readonly { readonly type: EventType; readonly dropped: number }[];
}

export type RecordedFact = RecordingStart | RecordedProcess | RecordedContainer | RecordedLoss;

/** @returns Null for what is no fact that we know. */
export function factOf(value: unknown): RecordedFact | null {
  const of = asObject(value);
  switch (member(of, "kind")) {
    case "start":
      return {
        kind: "start",
        bootedAt: bootedAt(object(of, "bootedAt")),
        architecture: word(of, "architecture"),
        kernel: word(of, "kernel"),
        blind: texts(of, "blind").filter(isEventType),
      };
    case "process":
      return { kind: "process", process: processOf(object(of, "process")) };
    case "container":
      return {
        kind: "container",
        cgroup: whole(of, "cgroup"),
        path: word(of, "path"),
        container: containerOf(object(of, "container")),
      };
    case "lost":
      return {
        kind: "lost",
        counts: objects(of, "counts").flatMap((count) => {
          const type = word(count, "type");
          return isEventType(type) ? [{ type, dropped: whole(count, "dropped") }] : [];
        }),
      };
    default:
      return null;
  }
}

function isEventType(text: string): text is EventType {
  return text === "unknown" || NAMES_BY_CODE.includes(text);
}

/** A text as it stands, blanks at its ends too; names of files and processes have them. */
function word(of: JsonObject | null, name: string): string {
  const value = member(of, name);
  return typeof value === "string" ? value : "";
}

function wordOrNull(of: JsonObject | null, name: string): string | null {
  return typeof member(of, name) === "string" ? word(of, name) : null;
}

/** Of what is exact; negative ones, too (`loginUid`). */
function whole(of: JsonObject | null, name: string): number {
  const value = member(of, name);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

/** Nanoseconds since 1970 are beyond what is exact. */
function time(of: JsonObject | null, name: string): number {
  const value = member(of, name);
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function yes(of: JsonObject | null, name: string): boolean {
  return member(of, name) === true;
}

/** Dates end in the year 275760, and JavaScript's throw after that. */
const SECONDS_MAX = 8_000_000_000_000;
const BILLION = 1_000_000_000;

function bootedAt(of: JsonObject | null): { seconds: number; nanoseconds: number } {
  const seconds = whole(of, "seconds");
  const nanoseconds = whole(of, "nanoseconds");
  return {
    seconds: seconds >= 0 && seconds < SECONDS_MAX ? seconds : 0,
    nanoseconds: nanoseconds >= 0 && nanoseconds < BILLION ? nanoseconds : 0,
  };
}

function processOf(of: JsonObject | null): ProcessState {
  const file = object(of, "file");
  return {
    ...unseenProcess(whole(of, "pid")),
    vpid: whole(of, "vpid"),
    pgid: whole(of, "pgid"),
    vpgid: whole(of, "vpgid"),
    sid: whole(of, "sid"),
    parentPid: whole(of, "parentPid"),
    name: word(of, "name"),
    exe: word(of, "exe"),
    exePath: word(of, "exePath"),
    arguments: texts(of, "arguments"),
    environment: texts(of, "environment"),
    cwd: word(of, "cwd"),
    tty: whole(of, "tty"),
    uid: whole(of, "uid"),
    gid: whole(of, "gid"),
    loginUid: whole(of, "loginUid"),
    effective: bits(of, "effective"),
    permitted: bits(of, "permitted"),
    inheritable: bits(of, "inheritable"),
    file: {
      device: whole(file, "device"),
      inode: whole(file, "inode"),
      changedAt: time(file, "changedAt"),
      modifiedAt: time(file, "modifiedAt"),
      isUpperLayer: yes(file, "isUpperLayer"),
      isLowerLayer: yes(file, "isLowerLayer"),
      isMemory: yes(file, "isMemory"),
      isWritable: yes(file, "isWritable"),
      isDeleted: yes(file, "isDeleted"),
      isOfHost: yes(file, "isOfHost"),
    },
    startedAt: time(of, "startedAt"),
  };
}

function bits(of: JsonObject | null, name: string): bigint {
  const digits = word(of, name);
  return /^[0-9a-f]{1,16}$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
}

const ENGINES: readonly Container["engine"][] = [
  "docker",
  "containerd",
  "cri-o",
  "podman",
  "lxc",
  "unknown",
];

function containerOf(of: JsonObject | null): Container | null {
  if (of === null) return null;
  const isPrivileged = member(of, "isPrivileged");
  return {
    id: word(of, "id"),
    engine: ENGINES.find((engine) => engine === word(of, "engine")) ?? "unknown",
    name: wordOrNull(of, "name"),
    image: imageOf(object(of, "image")),
    labels: labelsOf(object(of, "labels")),
    isPrivileged: typeof isPrivileged === "boolean" ? isPrivileged : null,
    pod: podOf(object(of, "pod")),
    mounts: Array.isArray(member(of, "mounts")) ? objects(of, "mounts").map(mountOf) : null,
    startedAt: member(of, "startedAt") === null ? null : time(of, "startedAt"),
    problems: objects(of, "problems").flatMap(problemOf),
  };
}

function imageOf(of: JsonObject | null): ContainerImage | null {
  if (of === null) return null;
  return {
    reference: word(of, "reference"),
    repository: word(of, "repository"),
    tag: wordOrNull(of, "tag"),
    digest: wordOrNull(of, "digest"),
    id: wordOrNull(of, "id"),
  };
}

function podOf(of: JsonObject | null): ContainerPod | null {
  if (of === null) return null;
  return {
    name: word(of, "name"),
    namespace: word(of, "namespace"),
    uid: wordOrNull(of, "uid"),
    labels: labelsOf(object(of, "labels")),
  };
}

function mountOf(of: JsonObject): ContainerMount {
  return {
    source: word(of, "source"),
    destination: word(of, "destination"),
    isWritable: yes(of, "isWritable"),
  };
}

function problemOf(of: JsonObject): Problem[] {
  // The only one that a container has.
  return word(of, "code") === "container-unknown"
    ? [{ code: "container-unknown", detail: word(of, "detail") }]
    : [];
}

/** Names are chosen by strangers, so nothing is inherited. */
function labelsOf(of: JsonObject | null): Readonly<Record<string, string>> {
  const labels = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(of ?? {}))
    if (typeof value === "string") labels[name] = value;
  return labels;
}
