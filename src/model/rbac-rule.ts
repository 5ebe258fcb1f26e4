// What is asked of the API server, and whether a rule of RBAC lets it through, as its authorizer compares them.
// Source: k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go
import type { Rule } from "./cluster-object.ts";

/** What somebody asks the API server for. */
export type AccessRequest = ResourceRequest | UrlRequest;

export interface ResourceRequest {
  readonly kind: "resource";
  readonly verb: string;
  /** `""` for the core group. */
  readonly group: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  /** null where none is named: what is created, and what is listed or deleted as a whole. */
  readonly name: string | null;
  /** null for what is in none, and for all namespaces at once. */
  readonly namespace: string | null;
}

export interface UrlRequest {
  readonly kind: "url";
  readonly verb: string;
  /** `/metrics`. */
  readonly url: string;
}

/** Whether a rule lets a request through, wherever it holds. */
export function ruleAllows(rule: Rule, request: AccessRequest): boolean {
  if (request.kind === "url")
    return has(rule.verbs, request.verb) && rule.urls.some((url) => meansUrl(url, request.url));
  const { verb, group, resource, name } = request;
  if (!ruleNames(rule, verb, group, resource)) return false;
  return rule.names.length === 0 || rule.names.includes(name ?? "");
}

/** Whether a rule is about a verb of a resource, whichever objects it is limited to. */
export function ruleNames(rule: Rule, verb: string, group: string, resource: string): boolean {
  return (
    has(rule.verbs, verb) &&
    has(rule.groups, group) &&
    rule.resources.some((written) => meansResource(written, resource))
  );
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes("*") || list.includes(wanted);
}

// `*` is every resource and subresource, `*/scale` that one of every resource; `pods` is not `pods/exec`.
function meansResource(written: string, wanted: string): boolean {
  if (written === "*" || written === wanted) return true;
  const slash = wanted.indexOf("/");
  return slash !== -1 && written === `*${wanted.slice(slash)}`;
}

function meansUrl(written: string, wanted: string): boolean {
  if (written === "*" || written === wanted) return true;
  return written.endsWith("*") && wanted.startsWith(written.replace(/\*+$/, ""));
}
