// Reports as Kubernetes' policy working group writes them: one object a namespace, in which tools look for what is objected to.
// @see https://github.com/kubernetes-sigs/wg-policy-prototypes, PolicyReport v1alpha2

export const POLICY_REPORT_API = "wgpolicyk8s.io/v1alpha2";

/** One objection to one object. */
export interface PolicyReportResult {
  readonly source: string;
  readonly policy: string;
  readonly rule: string;
  readonly result: "fail" | "warn" | "error";
  readonly message: string;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
  readonly resources: readonly [PolicyReportResource];
}

export interface PolicyReportResource {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface PolicyReportFacts {
  readonly name: string;
  readonly namespace: string;
  /** null for one that is new. */
  readonly resourceVersion: string | null;
  /** The newest first. */
  readonly results: readonly PolicyReportResult[];
}

/** Reports of ours have these: those of other programs may lie beside them. */
export function reportLabelsOf(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/managed-by": "bulwark", "app.kubernetes.io/instance": name };
}

/** So many are kept in one object; etcd holds them all. */
export const REPORT_RESULTS_MAX = 200;

/** The object, with the newest results that it has room for. */
export function policyReport(facts: PolicyReportFacts): Readonly<Record<string, unknown>> {
  const { name, namespace, resourceVersion } = facts;
  const results = facts.results.slice(0, REPORT_RESULTS_MAX);
  const count = (wanted: PolicyReportResult["result"]): number =>
    results.filter(({ result }) => result === wanted).length;
  return {
    apiVersion: POLICY_REPORT_API,
    kind: "PolicyReport",
    metadata: {
      name,
      namespace,
      ...(resourceVersion === null ? {} : { resourceVersion }),
      labels: reportLabelsOf(name),
    },
    summary: { pass: 0, fail: count("fail"), warn: count("warn"), error: count("error"), skip: 0 },
    results,
  };
}

/** What stands in a report already; what is not like ours is left out. */
export function resultsIn(report: Readonly<Record<string, unknown>>): PolicyReportResult[] {
  const { results } = report;
  if (!Array.isArray(results)) return [];
  return results.slice(0, REPORT_RESULTS_MAX).filter(isResult);
}

function isResult(value: unknown): value is PolicyReportResult {
  const result = membersOf(value);
  const [resource] = Array.isArray(result?.["resources"]) ? result["resources"] : [];
  const named = membersOf(resource);
  const seconds = membersOf(result?.["timestamp"])?.["seconds"];
  const texts = [result?.["policy"], result?.["rule"], result?.["message"]];
  return (
    [...texts, named?.["kind"], named?.["name"]].every((text) => typeof text === "string") &&
    typeof seconds === "number"
  );
}

/** The version by which an object is replaced. */
export function resourceVersionOf(object: Readonly<Record<string, unknown>>): string | null {
  const version = membersOf(object["metadata"])?.["resourceVersion"];
  return typeof version === "string" ? version : null;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
