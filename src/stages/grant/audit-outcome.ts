// Whether a request was let through, by what its audit event tells.
import type { AuditEvent } from "../../model/audit-event.ts";

/** `authorization` when no permission covered it; `later` when one did, and admission or a quota refused it. */
export type Refusal = "authorization" | "later";

export type Outcome = "allowed" | Refusal | "untold";

/** Of answers that are given before anybody is asked whether it is allowed, or by which that cannot be told. */
const TELLING = new Set([404, 405, 409, 410, 415, 422]);

/**
 * What an event says of permission.
 *
 * A request that was allowed and failed needed its permission as well: a program that gets 403 where it got 404 does something else.
 *
 * @returns null when there was no answer yet; `untold` when the event does not say.
 */
export function outcomeOf({ stage, status, decision }: AuditEvent): Outcome | null {
  if (stage === "RequestReceived") return null;
  if (decision === "forbid" || status === 401) return status === 401 ? null : "authorization";
  if (status === 403) return decision === "allow" ? "later" : "authorization";
  if (decision === "allow") return "allowed";
  if ((status >= 100 && status < 400) || TELLING.has(status)) return "allowed";
  return "untold";
}
