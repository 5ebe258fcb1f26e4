// What an API server wrote down of a request: who asked for what, and whether it was let through. Nothing is judged here.
// Source: audit.k8s.io/v1, type Event; k8s.io/apiserver, authorizer.Attributes.

/** What is asked of an API server, as authorizers see it. Absent parts are `""`. */
export interface ApiRequest {
  readonly verb: string;
  /** `""` for the core group, and for a path. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** `""` for what is in no namespace, and for all namespaces at once. */
  readonly namespace: string;
  /** `""` for a request that names no object: creation, and most lists. */
  readonly name: string;
  /** Of a request for no resource: `/metrics`. `""` for all others. */
  readonly path: string;
}

export interface ApiUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** One stage of one request. */
export interface AuditEvent {
  /** Milliseconds since 1970; null when it does not tell. */
  readonly at: number | null;
  /** `RequestReceived`, `ResponseStarted`, `ResponseComplete`, `Panic`. */
  readonly stage: string;
  /** `Metadata`, `Request`, `RequestResponse`. */
  readonly level: string;
  /** Whose permissions count: who was impersonated, else who asked. */
  readonly user: ApiUser;
  /** Who asked in the name of `user`; null when nobody was impersonated. */
  readonly impersonator: Impersonator | null;
  readonly request: ApiRequest;
  /** Of the answer; 0 when there was none yet. */
  readonly status: number;
  /** What authorizers decided; null when the event does not tell. */
  readonly decision: "allow" | "forbid" | null;
  /** Their reason: `RBAC: allowed by …`; `""` when they gave none. */
  readonly reason: string;
}

/**
 * How somebody proved who they are. `loose-token`: of a service account, and bound to no pod and no node, as people and pipelines
 * ask for them.
 */
export type AuditCredential = "certificate" | "pod-token" | "loose-token" | "bootstrap-token";

/** Of which cluster an event is, as far as it tells. */
export interface AuditOrigin {
  /** By whoever passed it on: a group of logs, a resource of a cloud; `""` where nobody did. */
  readonly cluster: string;
  /** Who asked. */
  readonly account: string;
  /** Of their object, which another one of the same name has not; `""` for users, who have none. */
  readonly uid: string;
  /** What was asked for: `configmaps shop/settings`; `""` where the answer was no success, or its object is not told. */
  readonly object: string;
  /** As for `uid`, of that. */
  readonly objectUid: string;
  /** null where it is not told. */
  readonly credential: AuditCredential | null;
  readonly at: number | null;
}

/** Somebody who was let to speak for another. */
export interface Impersonator {
  readonly user: ApiUser;
  /** What was asked of authorizers before that; it was allowed, or the event would tell of no impersonation. */
  readonly requests: readonly ApiRequest[];
  /** The verb of constrained impersonation (Kubernetes 1.35), whose requests are not listed; `""` for the older way. */
  readonly constraint: string;
}
