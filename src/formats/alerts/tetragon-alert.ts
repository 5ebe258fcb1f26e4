// Alerts as Tetragon exports them: one JSON object a line, of which those that a policy made are alerts.
// @see https://tetragon.io/docs/reference/grpc-api/, GetEventsResponse
import type { Alert, AlertPriority, AlertValue } from "../../model/alert.ts";
import { type JsonObject, list, object, scalar, text, texts } from "../json-object.ts";

/** Kinds of events that policies make; processes that begin and end are observations. */
const OF_POLICIES = [
  "process_kprobe",
  "process_tracepoint",
  "process_uprobe",
  "process_lsm",
  "process_usdt",
];
const OBSERVATIONS = [
  "process_exec",
  "process_exit",
  "process_loader",
  "process_throttle",
  "rate_limit_info",
];

const TEXT_MAX = 8192;

/** What a line of Tetragon's is. */
export type TetragonLine =
  | { readonly kind: "alert"; readonly alert: Alert }
  /** Well-formed, and nobody's alert. */
  | { readonly kind: "observation" };

/** @returns Null for an object that is not of Tetragon. */
export function readTetragonLine(of: JsonObject): TetragonLine | null {
  if (Number.isNaN(Date.parse(text(of, "time")))) return null;
  const kind = OF_POLICIES.find((name) => object(of, name) !== null);
  if (kind !== undefined) return fromPolicy(of, object(of, kind));
  return OBSERVATIONS.some((name) => object(of, name) !== null) ? { kind: "observation" } : null;
}

function fromPolicy(line: JsonObject, event: JsonObject | null): TetragonLine {
  const policy = text(event, "policy_name");
  if (policy === "") return { kind: "observation" };
  const action = text(event, "action").replace(/^KPROBE_ACTION_/, "");
  const call = text(event, "function_name") || text(event, "event");
  const fields = fieldsOf(event, call);
  const said = text(event, "message") || `${policy}: ${call}`;
  const command = fields["proc.cmdline"] ?? "";
  return {
    kind: "alert",
    alert: {
      rule: policy.slice(0, TEXT_MAX),
      priority: priorityOf(action),
      source: "syscall",
      time: text(line, "time"),
      hostname: text(line, "node_name").slice(0, TEXT_MAX),
      output: `${said} (${command})`.slice(0, TEXT_MAX),
      fields,
      tags: texts(event, "tags").slice(0, 100),
      sensor: "tetragon",
    },
  };
}

/** Tetragon has no priorities: what it prevented is critical, everything else a warning. */
function priorityOf(action: string): AlertPriority {
  return /^(?:SIGKILL|SIGNAL|OVERRIDE|NOTIFYENFORCER)$/.test(action) ? "Critical" : "Warning";
}

function fieldsOf(event: JsonObject | null, call: string): Readonly<Record<string, AlertValue>> {
  const process = object(event, "process");
  const parent = object(event, "parent");
  const pod = object(process, "pod");
  const container = object(pod, "container");
  const image = object(container, "image");
  const binary = text(process, "binary");
  const name = text(image, "name");
  const { repository, tag } = split(name);
  const written: readonly (readonly [string, AlertValue])[] = [
    ["evt.type", call],
    ["proc.exepath", binary],
    ["proc.name", lastPart(binary)],
    ["proc.cmdline", `${binary} ${text(process, "arguments")}`.trim()],
    ["proc.cwd", text(process, "cwd")],
    ["proc.pid", number(process, "pid")],
    ["proc.pname", lastPart(text(parent, "binary"))],
    ["user.uid", number(process, "uid")],
    ["container.id", text(container, "id").replace(/^[a-z-]+:\/\//, "") || text(process, "docker")],
    ["container.name", text(container, "name")],
    ["container.image", name],
    ["container.image.repository", repository],
    ["container.image.tag", tag],
    ["container.image.digest", /sha256:[0-9a-f]{64}/.exec(text(image, "id"))?.[0] ?? ""],
    ["k8s.ns.name", text(pod, "namespace")],
    ["k8s.pod.name", text(pod, "name")],
    ["fd.name", pathIn(event)],
  ];
  const known = written.filter(([, value]) => value !== "" && value !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, cut(value)]));
}

function cut(value: AlertValue): AlertValue {
  return typeof value === "string" ? value.slice(0, TEXT_MAX) : value;
}

function number(of: JsonObject | null, name: string): number | null {
  const value = Number(scalar(of, name) || "x");
  return Number.isSafeInteger(value) ? value : null;
}

/** The first argument that is a file or a path. */
function pathIn(event: JsonObject | null): string {
  for (const value of list(event, "args").slice(0, 20)) {
    const arg = value as JsonObject;
    const path = text(object(arg, "file_arg"), "path") || text(object(arg, "path_arg"), "path");
    if (path !== "") return path;
  }
  return "";
}

function split(name: string): { readonly repository: string; readonly tag: string } {
  const [bare = ""] = name.split("@");
  const colon = bare.lastIndexOf(":");
  if (colon <= bare.lastIndexOf("/")) return { repository: bare, tag: "" };
  return { repository: bare.slice(0, colon), tag: bare.slice(colon + 1) };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
