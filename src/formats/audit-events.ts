// Events of an API server's audit log, alone, in lists, and as others pass them on: CloudWatch (EKS) and Azure wrap each event as a
// text. Source: audit.k8s.io/v1; Amazon CloudWatch Logs, GetLogEvents, FilterLogEvents, subscription filters; AKS, kube-audit.
import type { ApiRequest, ApiUser, AuditEvent, AuditOrigin } from "../model/audit-event.ts";
import { credentialOf } from "./audit-credential.ts";
import { impersonatorOf, refusedImpersonation } from "./audit-impersonation.ts";
import { asObject, type JsonObject, list, member, object, text, texts } from "./json-object.ts";

/** Members of a document whose lists hold events: of EventList, CloudWatch, Azure. */
export const AUDIT_LISTS: readonly string[] = [
  "items",
  "events",
  "logEvents",
  "records",
  "results",
];

/** What one value of a log turned out to be. */
export interface AuditSink {
  /**
   * @param source The event as text, where it was wrapped as one; null when the value itself is what it came from.
   * @param json The event as it was written.
   */
  event(event: AuditEvent, source: string | null, json: JsonObject): void;
  /** Of the event that comes next. */
  origin?(origin: AuditOrigin): void;
  /** An event that lacks what every event has. */
  damage(detail: string): void;
  /** Something else, such as a line of another component. */
  stranger(): void;
}

/** Wrappers in wrappers; more is nobody's. */
const DEPTH_MAX = 4;
const VERSIONS: readonly string[] = ["audit.k8s.io/v1", "audit.k8s.io/v1beta1"];

/** Takes the events out of a value of a log. */
export function auditEvents(value: unknown, sink: AuditSink): void {
  unwrap(value, { sink, source: null, isList: false, depth: 0, cluster: "" });
}

interface Wrapping {
  readonly sink: AuditSink;
  readonly source: string | null;
  /** Whether the list that it is out of is one of events, whose items need not say their kind. */
  readonly isList: boolean;
  readonly depth: number;
  /** As for {@link AuditOrigin}. */
  readonly cluster: string;
}

function unwrap(value: unknown, wrapping: Wrapping): void {
  const { sink, depth } = wrapping;
  if (depth > DEPTH_MAX) {
    sink.stranger();
    return;
  }
  const inner = { ...wrapping, depth: depth + 1 };
  if (Array.isArray(value)) {
    const message = insightsMessage(value);
    if (message !== null) unwrapText(message, inner);
    else for (const one of value) unwrap(one, inner);
    return;
  }
  const top = asObject(value);
  const kind = text(top, "kind");
  if (top === null) sink.stranger();
  else if (kind === "Event" || (wrapping.isList && kind === "")) event(top, wrapping);
  else if (kind === "EventList") eventList(top, inner);
  else wrapper(top, inner);
}

function eventList(top: JsonObject, inner: Wrapping): void {
  if (!VERSIONS.includes(text(top, "apiVersion"))) inner.sink.stranger();
  else for (const one of list(top, "items")) unwrap(one, { ...inner, isList: true });
}

/** A row of an Insights query: `[{"field": "@message", "value": "{…"}]`. */
function insightsMessage(value: readonly unknown[]): string | null {
  const row = value.map(asObject).find((one) => text(one, "field") === "@message");
  const message = member(row ?? null, "value");
  return typeof message === "string" ? message : null;
}

/** Groups of logs of CloudWatch, with the account where it is told; resources of Azure. */
function clusterOf(top: JsonObject): string {
  const group = text(top, "logGroup");
  const owner = text(top, "owner");
  if (group !== "") return owner === "" ? group : `${owner}:${group}`;
  return text(top, "@log") || text(top, "resourceId").toLowerCase();
}

function wrapper(top: JsonObject, outer: Wrapping): void {
  const inner = { ...outer, cluster: clusterOf(top) || outer.cluster };
  const stream = text(top, "logStreamName") || text(top, "logStream") || text(top, "@logStream");
  if (stream !== "" && !/kube-apiserver-audit/.test(stream)) {
    inner.sink.stranger();
    return;
  }
  const message = ["message", "@message", "log"]
    .map((name) => member(top, name))
    .find((found) => typeof found === "string" || asObject(found) !== null);
  const wrapped = message ?? member(object(top, "properties"), "log");
  const lists = AUDIT_LISTS.find((name) => Array.isArray(member(top, name)));
  if (typeof wrapped === "string") unwrapText(wrapped, inner);
  else if (asObject(wrapped) !== null) unwrap(wrapped, inner);
  else if (lists === undefined) inner.sink.stranger();
  else for (const one of list(top, lists)) unwrap(one, inner);
}

function unwrapText(message: string, inner: Wrapping): void {
  const start = message.indexOf("{");
  if (start === -1 || message.slice(0, start).trim() !== "") {
    inner.sink.stranger();
    return;
  }
  try {
    unwrap(JSON.parse(message), { ...inner, source: message });
  } catch {
    // CloudWatch cuts messages at its limit of 256 KiB (1 MiB since 2025).
    if (message.includes("audit.k8s.io")) inner.sink.damage("the event in it is cut off");
    else inner.sink.stranger();
  }
}

function event(top: JsonObject, { sink, source, isList, cluster }: Wrapping): void {
  const version = text(top, "apiVersion");
  if (VERSIONS.includes(version) || (isList && version === "")) {
    const read = eventOf(top);
    // Requests that nobody could be told of have no user, and no permission either.
    if (typeof read !== "string") {
      const user = object(top, "user");
      const account = exact(user, "username");
      const uid = account.startsWith("system:serviceaccount:") ? text(user, "uid") : "";
      const credential = credentialOf(user, account);
      sink.origin?.({ cluster, account, uid, ...objectOf(top, read), credential, at: read.at });
      sink.event(read, source, top);
    } else if (statusOf(top) !== 401) sink.damage(`the event has no ${read} that can be read`);
    return;
  }
  // Events of the core group are a workload's news, and no audit.
  if (version.startsWith("audit.k8s.io/")) sink.damage(`it is of version ${version}`);
  else sink.stranger();
}

/** What a client sends names a uid, and the server lets it in only where that is the uid of the object. */
function objectOf(
  top: JsonObject,
  { request, status }: AuditEvent,
): Pick<AuditOrigin, "object" | "objectUid"> {
  const objectUid = text(object(top, "objectRef"), "uid");
  const isTold = objectUid !== "" && request.name !== "" && status >= 200 && status < 300;
  if (!isTold) return { object: "", objectUid: "" };
  const { group, resource, namespace, name } = request;
  const kind = group === "" ? resource : `${resource}.${group}`;
  return { object: `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`, objectUid };
}

/** @returns the member that is missing, or is of another kind than it ought to be. */
function eventOf(top: JsonObject): AuditEvent | string {
  const verb = exact(top, "verb");
  const stage = text(top, "stage");
  const request = refusedImpersonation(top) ?? requestOf(top, verb);
  const user = userOf(object(top, "user"));
  if (verb === "") return "verb";
  if (stage === "") return "stage";
  if (user === null) return "user";
  if (request === null) return "objectRef or path";
  const impersonated = userOf(object(top, "impersonatedUser"));
  const annotations = object(top, "annotations");
  return {
    at: timeOf(top),
    stage,
    level: text(top, "level"),
    user: impersonated ?? user,
    impersonator: impersonated === null ? null : impersonatorOf(top, user, impersonated),
    request,
    status: statusOf(top),
    decision: decisionOf(annotations),
    reason: text(annotations, "authorization.k8s.io/reason"),
  };
}

/** Names as they are written: blanks at an end belong to them. */
function exact(of: JsonObject | null, name: string): string {
  const value = member(of, name);
  return typeof value === "string" && value.length <= NAME_MAX ? value : "";
}

/** Paths and names of objects are bounded by what servers accept. */
const NAME_MAX = 8192;
const GROUPS_MAX = 1000;

function userOf(user: JsonObject | null): ApiUser | null {
  const name = exact(user, "username");
  return name === "" ? null : { name, groups: texts(user, "groups").slice(0, GROUPS_MAX) };
}

/** null when it is neither for a resource nor for a path. */
function requestOf(top: JsonObject, verb: string): ApiRequest | null {
  const ref = object(top, "objectRef");
  if (ref === null) {
    if (member(top, "objectRef") !== undefined && member(top, "objectRef") !== null) return null;
    const uri = exact(top, "requestURI");
    const query = uri.indexOf("?");
    const path = query === -1 ? uri : uri.slice(0, query);
    if (!path.startsWith("/")) return null;
    return { verb, group: "", resource: "", subresource: "", namespace: "", name: "", path };
  }
  const resource = exact(ref, "resource");
  if (resource === "" || !WRITTEN.every((field) => isText(ref, field))) return null;
  const subresource = exact(ref, "subresource");
  return {
    verb,
    group: exact(ref, "apiGroup"),
    resource,
    subresource,
    namespace: exact(ref, "namespace"),
    // Servers add the name that the new object has; what was authorized had none, but for a subresource.
    name: isNameless(verb, subresource) ? "" : exact(ref, "name"),
    path: "",
  };
}

const WRITTEN = ["apiGroup", "subresource", "namespace", "name"] as const;

function isText(ref: JsonObject, field: string): boolean {
  const value = member(ref, field);
  return (
    value === undefined || value === null || (typeof value === "string" && value.length <= NAME_MAX)
  );
}

function isNameless(verb: string, subresource: string): boolean {
  return (verb === "create" && subresource === "") || verb === "deletecollection";
}

function statusOf(top: JsonObject): number {
  const code = member(object(top, "responseStatus"), "code");
  return typeof code === "number" && Number.isInteger(code) && code >= 0 ? code : 0;
}

function decisionOf(annotations: JsonObject | null): AuditEvent["decision"] {
  const decision = text(annotations, "authorization.k8s.io/decision");
  return decision === "allow" || decision === "forbid" ? decision : null;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** Kubernetes is no older, and no log from later will be read by this. */
const FIRST = Date.UTC(2014, 0);
const LAST = Date.UTC(2100, 0);

function timeOf(top: JsonObject): number | null {
  const written =
    text(top, "stageTimestamp") ||
    text(top, "requestReceivedTimestamp") ||
    text(top, "timestamp") ||
    text(object(top, "metadata"), "creationTimestamp");
  const time = RFC3339.test(written) ? Date.parse(written) : Number.NaN;
  return time >= FIRST && time < LAST ? time : null;
}
