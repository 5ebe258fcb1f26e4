// The cases of audit2rbac: requests, and the roles that it makes of them. It widens by default, and we when we are asked to.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ApiRequest } from "../../src/model/audit-event.ts";
import { type Generalization, generalized } from "../../src/stages/grant/generalize.ts";
import { leastRules } from "../../src/stages/grant/least-rules.ts";
import { describeShared, sharedPath } from "../shared.ts";

interface Case {
  readonly name: string;
  readonly opts: Readonly<Record<string, boolean>>;
  readonly requests: readonly Readonly<Record<string, string | boolean>>[];
  readonly expected: readonly {
    readonly list?: string;
    readonly name?: string;
    readonly namespace?: string | null;
    readonly rule?: Readonly<Record<string, readonly string[]>>;
  }[];
}

/** Discovery, which everybody may do: whoever asks for the roles takes that off before. */
const OF_EVERYBODY = /^\/(?:api|apis)(?:\/|$)/;

function requestOf(written: Case["requests"][number]): ApiRequest {
  const text = (name: string): string => String(written[name] ?? "");
  return {
    verb: text("Verb"),
    group: text("APIGroup"),
    resource: text("Resource"),
    subresource: text("Subresource"),
    namespace: text("Namespace"),
    name: text("Name"),
    path: text("Path"),
  };
}

function ruleOf({
  verbs,
  groups,
  resources,
  names,
  urls,
}: NonNullable<Case["expected"][number]["rule"]>): object {
  if (urls !== undefined) return { nonResourceURLs: urls, verbs };
  return {
    apiGroups: groups,
    resources,
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  };
}

/** Rules by namespace; those of roles that were there before are of another name. */
function wanted({ expected }: Case): Record<string, unknown[]> {
  const scopes: Record<string, unknown[]> = {};
  let scope: string | null = null;
  for (const { name, namespace, rule } of expected) {
    if (name !== undefined) scope = name === "audit2rbac" ? (namespace ?? "") : null;
    if (rule === undefined || scope === null) continue;
    const rules = scopes[scope] ?? [];
    scopes[scope] = rules;
    rules.push(ruleOf(rule));
  }
  return scopes;
}

function found({ opts, requests }: Case): Record<string, unknown[]> {
  const by = new Set<Generalization>(["verbs"]);
  if (opts["ExpandMultipleNamesToUnnamed"] !== false) by.add("names");
  if (opts["ExpandMultipleNamespacesToClusterScoped"] !== false) by.add("namespaces");
  const all = requests.map(requestOf).filter(({ path }) => !OF_EVERYBODY.test(path));
  const scopes = leastRules(generalized(all, by).requests);
  return Object.fromEntries(scopes.map(({ namespace, rules }) => [namespace ?? "", [...rules]]));
}

describeShared("audit2rbac", () => {
  const path = sharedPath("fixtures/hardening/audit2rbac/process-cases.json");
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

  test("has its cases", () => {
    expect(cases.length).toBe(13);
    expect(cases.filter((one) => Object.keys(wanted(one)).length > 0).length).toBe(11);
  });

  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    expect(found(one)).toEqual(wanted(one));
  });
});
