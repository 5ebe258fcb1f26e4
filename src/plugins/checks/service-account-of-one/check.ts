import { firstOf } from "../../../kit/phrase.ts";
import { DEFAULT_NAMESPACE, Rbac } from "../../../model/rbac.ts";
import type { Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { boundEverywhere, cluster, runsAs } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const TOLD_MAX = 5;

export const serviceAccountOfOne: Check = {
  id: "service-account-of-one",
  title: "a service account with grants is the account of one workload",
  severity: "low",
  why: "each of the workloads has what all of them need, and a log does not tell which of them did something",
  fix: "make an account for each workload and bind to it what that one needs",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1078"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(
        runsAs("Deployment", "web", "app"),
        runsAs("Deployment", "worker", "app"),
        boundEverywhere("view", "app"),
      ),
    ],
    good: [
      cluster(
        runsAs("Deployment", "web", "web"),
        runsAs("Deployment", "worker", "worker"),
        boundEverywhere("view", "worker"),
      ),
      // Nothing is granted to it.
      cluster(runsAs("Deployment", "web", "app"), runsAs("Deployment", "worker", "app")),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const byAccount = sharersOf(workloads);
        if (byAccount.size === 0) return "not-applicable";
        const rbac = new Rbac(objects);
        const said = new Said();
        for (const [account, sharers] of byAccount) {
          const [about] = sharers;
          const [namespace = "", name = ""] = account.split("/", 2);
          if (about === undefined || sharers.length < 2) continue;
          if (rbac.grantsTo({ kind: "ServiceAccount", name, namespace }).length === 0) continue;
          const names = firstOf(
            sharers.map((one) => `${one.kind} ${one.name}`),
            TOLD_MAX,
          );
          const { at } = about.account.name.state === "known" ? about.account.name : about;
          said.fault(at, `${account}, to which roles are bound, is the account of ${names}`, {
            about,
            value: name,
          });
        }
        return said.all;
      },
    },
  ],
};

/** What runs by itself: what a controller has made has its account. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  "CronJob",
  "DaemonSet",
  "Deployment",
  "StatefulSet",
]);

/** Controllers by the account that they name. The default one is another check's: it is everybody's by its nature. */
function sharersOf(workloads: readonly Workload[]): Map<string, Workload[]> {
  const found = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const { name } = workload.account;
    if (!CONTROLLERS.has(workload.kind) || name.state !== "known") continue;
    if (name.value === "default" || name.value === "") continue;
    const key = `${workload.namespace ?? DEFAULT_NAMESPACE}/${name.value}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [workload]);
    else known.push(workload);
  }
  return found;
}
