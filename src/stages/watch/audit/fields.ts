// Fields of audit events of an API server, by the names of Falco's plugins k8saudit (`ka.*`) and json (`jevt.*`, `json.*`).
// Source: audit.k8s.io/v1; falcosecurity/plugins, plugins/k8saudit/README.md.
import { pointerKeys } from "../../../kit/json-pointer.ts";
import type { Field, FieldTable } from "../contract.ts";
import { described, indexOf, keyed, number, text } from "../field.ts";
import { isoTime, timeOfDay } from "../times.ts";

/** One stage of one request, as the API server wrote it down. */
export interface AuditRecord {
  /** Counted from 1. */
  readonly number: number;
  /** When the stage was reached, since 1970, UTC. */
  readonly seconds: number;
  /** Of that second. */
  readonly nanoseconds: number;
  /** The event as JSON. */
  readonly json: unknown;
}

type F = Field<AuditRecord>;

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const index = indexOf(key);
    return index === null ? undefined : value[index];
  }
  const isObject = typeof value === "object" && value !== null;
  return isObject && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce(member, value);
}

/** A text as it is, anything else as JSON; null for nothing. */
function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function texts(values: readonly unknown[]): string[] | null {
  const all = values.map(shown).filter((one) => one !== null);
  return all.length === 0 ? null : all;
}

function one(...keys: readonly string[]): F {
  return text((event) => shown(at(event.json, keys)), { cost: 2 });
}

/** A list, whose argument is the place of one of its items. */
function many(read: (json: unknown) => readonly unknown[] | null): F {
  return described("text", { cost: 3 }, (argument) => {
    if (argument === null) return { kind: "list", read: ({ json }) => texts(read(json) ?? []) };
    const index = indexOf(argument);
    if (index === null) return "takes the number of an item";
    return { kind: "list", read: ({ json }) => texts((read(json) ?? []).slice(index, index + 1)) };
  });
}

function listAt(json: unknown, ...keys: readonly string[]): readonly unknown[] | null {
  const value = at(json, keys);
  return Array.isArray(value) ? value : null;
}

/** Of all items of a list: what has nothing there is left out, so that it hides no other. */
function ofItems(list: readonly string[], ...keys: readonly string[]): F {
  return many((json) => (listAt(json, ...list) ?? []).map((item) => at(item, keys)));
}

const SPEC = ["requestObject", "spec"];
const RULES = ["requestObject", "rules"];

/** An image without its tag and digest. */
function repository(image: unknown): string | null {
  if (typeof image !== "string") return null;
  const [name = ""] = image.split("@");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

function ofRules(key: string): F {
  return many((json) => (listAt(json, ...RULES) ?? []).flatMap((rule) => listAt(rule, key) ?? []));
}

function hostPorts(container: unknown): readonly unknown[] {
  return (listAt(container, "ports") ?? []).map(
    (port) => member(port, "hostPort") ?? member(port, "containerPort"),
  );
}

/** The value in the security context of a container, else that of its pod, else 0. */
function effective(list: readonly string[], key: string): F {
  return many((json) => {
    const ofPod = at(json, [...SPEC, "securityContext", key]) ?? 0;
    return (listAt(json, ...list) ?? []).map((item) => at(item, ["securityContext", key]) ?? ofPod);
  });
}

/** Fields of one of the three lists of containers. */
function containerFields(name: string): [string, F][] {
  const list = [...SPEC, name];
  const all = (read: (container: unknown) => unknown): F =>
    many((json) => (listAt(json, ...list) ?? []).map(read));
  const ofContext = (key: string): F => ofItems(list, "securityContext", key);
  const fields: [string, F][] = [
    ["image", ofItems(list, "image")],
    ["image.repository", all((container) => repository(member(container, "image")))],
    ["host_port", many((json) => (listAt(json, ...list) ?? []).flatMap(hostPorts))],
    ["privileged", ofContext("privileged")],
    ["allow_privilege_escalation", ofContext("allowPrivilegeEscalation")],
    ["read_only_fs", ofContext("readOnlyRootFilesystem")],
    ["run_as_user", ofContext("runAsUser")],
    ["eff_run_as_user", effective(list, "runAsUser")],
    ["run_as_group", ofContext("runAsGroup")],
    ["eff_run_as_group", effective(list, "runAsGroup")],
    ["proc_mount", ofContext("procMount")],
    [
      "add_capabilities",
      many((json) =>
        (listAt(json, ...list) ?? []).flatMap(
          (item) => listAt(item, "securityContext", "capabilities", "add") ?? [],
        ),
      ),
    ],
  ];
  return fields.map(([field, how]) => [`ka.req.pod.${name}.${field}`, how]);
}

function volumeTypes(json: unknown): readonly unknown[] {
  return (listAt(json, ...SPEC, "volumes") ?? []).flatMap((volume) =>
    typeof volume === "object" && volume !== null
      ? Object.keys(volume).filter((key) => key !== "name")
      : [],
  );
}

/** A parameter of the query of a path. */
function queryParameter(uri: unknown, name: string): string | null {
  if (typeof uri !== "string") return null;
  const query = uri.slice(uri.indexOf("?") + 1).split("#")[0] ?? "";
  if (!uri.includes("?")) return null;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (decoded(key) === name) return decoded(equals === -1 ? "" : pair.slice(equals + 1));
  }
  return null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

const firstOf = (list: readonly string[], read: (item: unknown) => unknown): F =>
  text(({ json }) => shown(read((listAt(json, ...list) ?? [])[0])), { cost: 2 });

const CONTAINERS = [...SPEC, "containers"];

const REQUEST_FIELDS: readonly (readonly [string, F])[] = [
  ["ka.req.binding.subjects", many((json) => listAt(json, "requestObject", "subjects"))],
  ["ka.req.binding.role", one("requestObject", "roleRef", "name")],
  ["ka.req.configmap.name", one("objectRef", "name")],
  ["ka.req.configmap.obj", one("requestObject", "data")],
  ["ka.req.container.image", firstOf(CONTAINERS, (item) => member(item, "image"))],
  [
    "ka.req.container.image.repository",
    firstOf(CONTAINERS, (item) => repository(member(item, "image"))),
  ],
  ["ka.req.container.host_network", one(...SPEC, "hostNetwork")],
  [
    "ka.req.container.privileged",
    text(({ json }) => {
      const containers = listAt(json, ...CONTAINERS);
      return containers === null
        ? null
        : String(containers.some((item) => at(item, ["securityContext", "privileged"]) === true));
    }),
  ],
  ["ka.req.pod.host_ipc", one(...SPEC, "hostIPC")],
  ["ka.req.pod.host_network", one(...SPEC, "hostNetwork")],
  ["ka.req.pod.host_pid", one(...SPEC, "hostPID")],
  ["ka.req.pod.run_as_user", one(...SPEC, "securityContext", "runAsUser")],
  ["ka.req.pod.run_as_group", one(...SPEC, "securityContext", "runAsGroup")],
  ["ka.req.pod.fs_group", one(...SPEC, "securityContext", "fsGroup")],
  [
    "ka.req.pod.supplemental_groups",
    many((json) => listAt(json, ...SPEC, "securityContext", "supplementalGroups")),
  ],
  ...["containers", "initContainers", "ephemeralContainers"].flatMap(containerFields),
  ["ka.req.pod.volumes.hostpath", ofItems([...SPEC, "volumes"], "hostPath", "path")],
  ["ka.req.pod.volumes.flexvolume_driver", ofItems([...SPEC, "volumes"], "flexVolume", "driver")],
  ["ka.req.pod.volumes.volume_type", many(volumeTypes)],
  [
    "ka.req.volume.hostpath",
    keyed(
      (wanted) =>
        ({ json }) => {
          const paths = texts(
            (listAt(json, ...SPEC, "volumes") ?? []).map((volume) =>
              at(volume, ["hostPath", "path"]),
            ),
          );
          if (paths === null) return null;
          const fits = (path: string): boolean =>
            wanted.endsWith("*") ? path.startsWith(wanted.slice(0, -1)) : path === wanted;
          return String(paths.some(fits));
        },
      { expects: "a path, with * at its end for all that begin so" },
    ),
  ],
  ["ka.req.role.rules", many((json) => listAt(json, ...RULES))],
  ["ka.req.role.rules.apiGroups", ofRules("apiGroups")],
  ["ka.req.role.rules.nonResourceURLs", ofRules("nonResourceURLs")],
  ["ka.req.role.rules.verbs", ofRules("verbs")],
  ["ka.req.role.rules.resources", ofRules("resources")],
  ["ka.req.service.type", one(...SPEC, "type")],
  ["ka.req.service.ports", many((json) => listAt(json, ...SPEC, "ports"))],
];

const pointed: F = keyed(
  (pointer) => {
    const keys = pointerKeys(pointer);
    return ({ json }) => shown(at(json, keys));
  },
  { expects: "a JSON pointer, such as /requestObject/spec", cost: 3 },
);
const whole: F = text(({ json }) => JSON.stringify(json), { cost: 20 });
const rawTime: F = text(
  ({ seconds, nanoseconds }) => `${seconds}${String(nanoseconds).padStart(9, "0")}`,
);
const time: F = text((event) => timeOfDay(event, true), { cost: 3 });
const iso: F = text((event) => isoTime(event), { cost: 3 });

const FIELDS: ReadonlyMap<string, F> = new Map<string, F>([
  ["evt.num", number((event) => event.number)],
  ["evt.source", text(() => "k8s_audit")],
  ["evt.type", text(() => AUDIT_EVENT)],
  ["evt.time", time],
  ["evt.time.iso8601", iso],
  [
    "evt.rawtime",
    number(({ seconds, nanoseconds }) => BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)),
  ],
  ["evt.pluginname", text(() => "k8saudit")],
  ["evt.plugininfo", whole],
  ["jevt.value", pointed],
  ["json.value", pointed],
  ["jevt.obj", whole],
  ["json.obj", whole],
  ["jevt.rawtime", rawTime],
  ["json.rawtime", rawTime],
  ["jevt.time", time],
  ["jevt.time.iso8601", iso],
  ["ka.auditid", one("auditID")],
  ["ka.stage", one("stage")],
  ["ka.auth.decision", one("annotations", "authorization.k8s.io/decision")],
  ["ka.auth.reason", one("annotations", "authorization.k8s.io/reason")],
  ["ka.user.name", one("user", "username")],
  ["ka.user.groups", many((json) => listAt(json, "user", "groups"))],
  ["ka.impuser.name", one("impersonatedUser", "username")],
  ["ka.verb", one("verb")],
  ["ka.uri", one("requestURI")],
  [
    "ka.uri.param",
    keyed(
      (name) =>
        ({ json }) =>
          queryParameter(member(json, "requestURI"), name),
      { expects: "the name of a parameter", cost: 3 },
    ),
  ],
  ["ka.useragent", one("userAgent")],
  ["ka.target.name", one("objectRef", "name")],
  ["ka.target.namespace", one("objectRef", "namespace")],
  ["ka.target.resource", one("objectRef", "resource")],
  ["ka.target.subresource", one("objectRef", "subresource")],
  ["ka.resp.name", one("responseObject", "metadata", "name")],
  ["ka.response.code", one("responseStatus", "code")],
  ["ka.response.reason", one("responseStatus", "reason")],
  ...REQUEST_FIELDS,
]);

/** The one kind of event that there is here (`evt.type`). */
export const AUDIT_EVENT = "pluginevent";

/** The table of fields of audit events. */
export function auditFields(): FieldTable<AuditRecord> {
  return {
    field: (name) => FIELDS.get(name) ?? null,
    absence: (name) =>
      name === "ka.req.binding.subject.has_name" ? "the plugin has given it up" : null,
    names: () => [...FIELDS.keys()],
  };
}
