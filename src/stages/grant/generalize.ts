// Permitting more than was seen, because it was asked for: what is added is told, each with its reason.
import type { ApiRequest } from "../../model/audit-event.ts";

/**
 * `names`: several names of one kind in one namespace stand for all names there. `namespaces`: the same in several namespaces stands
 * for all namespaces. `verbs`: who lists gets and watches, who updates gets and patches, and the other way round.
 */
export const GENERALIZATIONS = ["names", "namespaces", "verbs"] as const;
export type Generalization = (typeof GENERALIZATIONS)[number];

export interface Generalized {
  readonly requests: readonly ApiRequest[];
  /** What is permitted that was not seen, each once. */
  readonly added: readonly { readonly request: ApiRequest; readonly by: Generalization }[];
}

/** Requests with what is to be permitted beside them. */
export function generalized(
  seen: readonly ApiRequest[],
  by: ReadonlySet<Generalization>,
): Generalized {
  let requests = seen;
  const added: { request: ApiRequest; by: Generalization }[] = [];
  for (const name of GENERALIZATIONS) {
    if (!by.has(name)) continue;
    const known = new Set(requests.map(keyOf));
    const wider = distinct(STEPS[name](requests)).filter((one) => !known.has(keyOf(one)));
    added.push(...wider.map((request) => ({ request, by: name })));
    requests = [...requests, ...wider];
  }
  return { requests: requests.filter(uncovered(requests)), added };
}

const STEPS: Readonly<Record<Generalization, (requests: readonly ApiRequest[]) => ApiRequest[]>> = {
  names: (requests) =>
    several(requests, ({ name }) => name, { name: "" }).map((one) => ({ ...one, name: "" })),
  namespaces: (requests) =>
    several(requests, ({ namespace }) => namespace, { namespace: "" }).map((one) => ({
      ...one,
      namespace: "",
    })),
  verbs: (requests) =>
    requests
      .filter(({ path }) => path === "")
      .flatMap((one) => (WITH[one.verb] ?? []).map((verb) => ({ ...one, verb }))),
};

const WITH: Readonly<Record<string, readonly string[]>> = {
  watch: ["get", "list"],
  list: ["get", "watch"],
  update: ["get", "patch"],
  patch: ["get", "update"],
};

/** Requests that differ from another in one part alone, and have that part. */
function several(
  requests: readonly ApiRequest[],
  part: (request: ApiRequest) => string,
  without: Partial<ApiRequest>,
): ApiRequest[] {
  const parts = new Map<string, Set<string>>();
  const having = requests.filter((one) => part(one) !== "");
  for (const one of having) {
    const key = keyOf({ ...one, ...without });
    const known = parts.get(key);
    if (known === undefined) parts.set(key, new Set([part(one)]));
    else known.add(part(one));
  }
  return having.filter((one) => (parts.get(keyOf({ ...one, ...without }))?.size ?? 0) > 1);
}

/** What another request with less in it stands for need not be written. */
function uncovered(requests: readonly ApiRequest[]): (request: ApiRequest) => boolean {
  const known = new Set(requests.map(keyOf));
  return (one) =>
    ![{ name: "" }, { namespace: "" }, { name: "", namespace: "" }].some((without) => {
      const wider = { ...one, ...without };
      return (
        (wider.name !== one.name || wider.namespace !== one.namespace) && known.has(keyOf(wider))
      );
    });
}

function distinct(requests: readonly ApiRequest[]): ApiRequest[] {
  return [...new Map(requests.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ verb, group, resource, subresource, namespace, name, path }: ApiRequest): string {
  return JSON.stringify([verb, group, resource, subresource, namespace, name, path]);
}
