// What an API server asks its authorizers before somebody may speak for another, told from the audit event of the request itself:
// these questions have no events of their own. Source: k8s.io/apiserver, endpoints/filters/impersonation.
import type { ApiRequest, ApiUser, Impersonator } from "../model/audit-event.ts";
import { type JsonObject, list, object, text } from "./json-object.ts";

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** Added by the server, and not asked for. */
const ADDED = new Set(["system:authenticated", "system:unauthenticated"]);
const AUTHENTICATION = "authentication.k8s.io";
/** What extra fields and groups of one request are looked at. */
const QUESTIONS_MAX = 200;

export function impersonatorOf(event: JsonObject, user: ApiUser, as: ApiUser): Impersonator {
  const constraint = text(object(event, "authenticationMetadata"), "impersonationConstraint");
  const requests =
    constraint === ""
      ? questions(object(event, "impersonatedUser"), as).slice(0, QUESTIONS_MAX)
      : [];
  return { user, requests, constraint };
}

function questions(impersonated: JsonObject | null, { name, groups }: ApiUser): ApiRequest[] {
  const account = ACCOUNT.exec(name);
  const [, namespace = "", accountName = ""] = account ?? [];
  const implied = new Set([
    ...ADDED,
    ...(account === null ? [] : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`]),
  ]);
  const extra = object(impersonated, "extra");
  const uid = text(impersonated, "uid");
  return [
    account === null
      ? question({ resource: "users", name })
      : question({ resource: "serviceaccounts", namespace, name: accountName }),
    ...groups
      .filter((group) => !implied.has(group))
      .map((group) => question({ resource: "groups", name: group })),
    ...Object.keys(extra ?? {}).flatMap((key) =>
      list(extra, key)
        .filter((value) => typeof value === "string")
        .map((value) =>
          question({
            group: AUTHENTICATION,
            resource: "userextras",
            subresource: key.toLowerCase(),
            name: value,
          }),
        ),
    ),
    ...(uid === "" ? [] : [question({ group: AUTHENTICATION, resource: "uids", name: uid })]),
  ];
}

function question(parts: Partial<ApiRequest> & Pick<ApiRequest, "resource" | "name">): ApiRequest {
  return { verb: "impersonate", group: "", subresource: "", namespace: "", path: "", ...parts };
}

const REFUSED =
  /cannot impersonate resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

/**
 * What was refused when the impersonation was: then the event still speaks of the request that was never looked at.
 *
 * @returns null for every other event.
 */
export function refusedImpersonation(event: JsonObject): ApiRequest | null {
  const status = object(event, "responseStatus");
  if (status?.["code"] !== 403) return null;
  const found = REFUSED.exec(text(status, "message"));
  if (found === null) return null;
  const [, written = "", group = "", namespace = ""] = found;
  const [resource = "", ...sub] = written.split("/");
  const name = text(object(status, "details"), "name");
  return question({ group, resource, subresource: sub.join("/"), namespace, name });
}
