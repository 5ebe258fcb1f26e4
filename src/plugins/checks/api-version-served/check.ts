import type { Cluster } from "../../../model/cluster.ts";
import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { Said } from "../shared/said.ts";
import { REMOVED } from "./removed.data.ts";

/** For a minor version of Kubernetes: what it no longer serves. */
function servedBy(version: number): CheckRun<Cluster> {
  return ({ workloads, objects }) => {
    const said = new Said();
    for (const about of [...workloads, ...objects]) {
      const written = about.apiVersion ?? "";
      const gone = REMOVED.get(`${written} ${about.kind}`);
      if (gone === undefined || gone.in > version) continue;
      const state = `${written} of ${about.kind} is not served since Kubernetes 1.${gone.in}; ${gone.instead}`;
      said.fault(about.at, state, { about, value: written });
    }
    return said.all;
  };
}

const BOUNDS = [...new Set([...REMOVED.values()].map((gone) => gone.in))].sort((a, b) => a - b);

export const apiVersionServed: Check = {
  id: "api-version-served",
  title: "an object is written in a version of its API that the cluster still serves",
  severity: "low",
  why: "what the API server refuses is not there: a policy or budget in an old version protects nothing after an upgrade",
  fix: "write the object in the version that is served, and look for fields that moved",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster({ apiVersion: "apps/v1beta1", kind: "Deployment", metadata: { name: "app" } }),
      cluster({
        apiVersion: "policy/v1beta1",
        kind: "PodDisruptionBudget",
        metadata: { name: "app" },
      }),
    ],
    good: [
      cluster({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "app" } }),
      {
        ...cluster({
          apiVersion: "policy/v1beta1",
          kind: "PodDisruptionBudget",
          metadata: { name: "app" },
        }),
        version: 24,
      },
    ],
  },
  versions: [
    { from: 0, run: servedBy(0) },
    ...BOUNDS.map((from) => ({ from, run: servedBy(from) })),
  ],
};
