// What Kubernetes asks of a webhook, and what it is answered.

/** A request of the API server, as far as we look at it. */
export interface ReviewRequest {
  /** `admission.k8s.io/v1`: the answer is of the same. */
  readonly apiVersion: string;
  readonly uid: string;
  /** Of the object: `Deployment`. */
  readonly kind: string;
  readonly namespace: string | null;
  /** `""` where the server is to find one. */
  readonly name: string;
  /** `CREATE`, `UPDATE`, `DELETE`, `CONNECT`. */
  readonly operation: string;
  /** `ephemeralcontainers`, `status`, `scale`; `""` for the object itself. */
  readonly subResource: string;
  /** Nothing will come of it, whatever is answered. */
  readonly dryRun: boolean;
  /** Who asked the API server. */
  readonly user: string;
  readonly object: unknown;
  readonly oldObject: unknown;
}

/** What the API server is told. */
export interface ReviewResponse {
  readonly apiVersion: string;
  readonly uid: string;
  readonly allowed: boolean;
  /** HTTP status for whoever asked the API server; counts only when it is not allowed. */
  readonly code: number;
  /** Why not; null when allowed. */
  readonly message: string | null;
  /** Shown by kubectl, one line each. */
  readonly warnings: readonly string[];
  /** Into the API server's audit log. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** JSON patch (RFC 6902); null when nothing is changed. */
  readonly patch: readonly PatchOperation[] | null;
}

/** One step of a JSON patch. */
export interface PatchOperation {
  readonly op: "add" | "replace" | "test";
  readonly path: string;
  readonly value: unknown;
}
