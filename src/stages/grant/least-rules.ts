// Rules that permit requests and nothing else. A rule permits every verb on every resource for every name in it, so things are put
// into one rule only where all combinations were asked for. Source: Kubernetes, "Using RBAC Authorization".
import type { ApiRequest } from "../../model/audit-event.ts";

/** As Roles have them. */
export type PolicyRule = ResourceRule | PathRule;

export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** All names when absent. */
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface PathRule {
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
}

/** What is permitted in one namespace, or (null) in the cluster. */
export interface ScopedRules {
  readonly namespace: string | null;
  readonly rules: readonly PolicyRule[];
}

/**
 * Whether no rule permits exactly this request: names of resources and groups and ends of paths have a wildcard, and there is no way
 * to write the character itself.
 */
export function isInexpressible({ verb, group, resource, path }: ApiRequest): boolean {
  return [verb, group, resource].includes("*") || path.endsWith("*");
}

/** The rules for requests, by namespace; those of the cluster first. The order of the requests does not matter. */
export function leastRules(requests: readonly ApiRequest[]): ScopedRules[] {
  const scopes = grouped(
    requests.filter((request) => !isInexpressible(request)),
    ({ namespace }) => namespace,
  );
  return [...scopes]
    .sort(([a], [b]) => order(a, b))
    .map(([namespace, all]) => ({
      namespace: namespace === "" ? null : namespace,
      rules: [...resourceRules(all.filter(isOfResource)), ...pathRules(all)],
    }));
}

function isOfResource({ path }: ApiRequest): boolean {
  return path === "";
}

/** Verbs on one resource, for all names or for some. */
interface Row {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Empty for all. */
  readonly names: readonly string[];
}

function resourceRules(requests: readonly ApiRequest[]): ResourceRule[] {
  const byResource = grouped(requests, ({ group, resource, subresource }) =>
    key([group, subresource === "" ? resource : `${resource}/${subresource}`]),
  );
  const rows = [...byResource].flatMap(([written, all]) => {
    const [group = "", resource = ""] = JSON.parse(written) as string[];
    return rowsOf(all).map((row) => ({ group, resource, ...row }));
  });
  const alike = grouped(rows, ({ group, verbs, names }) => key([group, key(verbs), key(names)]));
  return [...alike.values()]
    .flatMap((all) => (all[0] === undefined ? [] : [ruleOf(all[0], all)]))
    .sort((a, b) => order(key(sortKey(a)), key(sortKey(b))));
}

function sortKey({ apiGroups, resources, resourceNames = [], verbs }: ResourceRule): string[] {
  return [...apiGroups, ...resources, "", ...resourceNames, "", ...verbs];
}

function ruleOf({ group, verbs, names }: Row, all: readonly Row[]): ResourceRule {
  return {
    apiGroups: [group],
    resources: all.map(({ resource }) => resource).sort(order),
    ...(names.length === 0 ? {} : { resourceNames: names }),
    verbs,
  };
}

/** Of one resource: what is for all names, and for each other set of verbs the names that have just these. */
function rowsOf(requests: readonly ApiRequest[]): Pick<Row, "verbs" | "names">[] {
  const forAll = verbsOf(requests.filter(({ name }) => name === ""));
  const covered = new Set(forAll);
  const byName = grouped(
    requests.filter(({ name, verb }) => name !== "" && !covered.has(verb)),
    ({ name }) => name,
  );
  const byVerbs = grouped([...byName], ([, all]) => key(verbsOf(all)));
  return [
    ...(forAll.length === 0 ? [] : [{ verbs: forAll, names: [] }]),
    ...[...byVerbs].map(([verbs, named]) => ({
      verbs: JSON.parse(verbs) as string[],
      names: named.map(([name]) => name).sort(order),
    })),
  ];
}

function pathRules(requests: readonly ApiRequest[]): PathRule[] {
  const byPath = grouped(
    requests.filter(({ path }) => path !== ""),
    ({ path }) => path,
  );
  const byVerbs = grouped([...byPath], ([, all]) => key(verbsOf(all)));
  return [...byVerbs]
    .map(([verbs, paths]) => ({
      nonResourceURLs: paths.map(([path]) => path).sort(order),
      verbs: JSON.parse(verbs) as string[],
    }))
    .sort((a, b) => order(key(a.nonResourceURLs), key(b.nonResourceURLs)));
}

function verbsOf(requests: readonly ApiRequest[]): string[] {
  return [...new Set(requests.map(({ verb }) => verb))].sort(order);
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const name = keyOf(one);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return groups;
}

function key(parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** By code units: the same on every machine. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
