import type { Opening, PolicyPort } from "../../../model/cluster-object.ts";
import type { Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { datastoreIn, mayWaitAt } from "../shared/datastores.ts";
import { type OwnPolicy, policiesFor } from "../shared/policed.ts";
import { controls, Said } from "../shared/said.ts";

const DATABASE = {
  kind: "Pod",
  metadata: { name: "db", namespace: "shop", labels: { app: "db" } },
  spec: { containers: [{ name: "db", image: "postgres:17" }] },
};
const NAMESPACE = { kind: "Namespace", metadata: { name: "shop" } };

export const datastoreNamespaceClosed: Check = {
  id: "datastore-namespace-closed",
  title: "a datastore is not reached from every namespace",
  severity: "medium",
  why: "whoever takes any pod of the cluster, however unimportant, talks to the datastore",
  fix: "add a NetworkPolicy of ingress that names the pods, or at least the namespace, that use it",
  controls: controls({
    "cis-kubernetes-1.12": ["5.3.2"],
    "nsa-kubernetes": ["Network policies"],
    attack: ["T1210"],
  }),
  aspects: { unpoliced: {}, opened: {} },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(NAMESPACE, DATABASE),
      cluster(DATABASE, ingress([{}])),
      cluster(DATABASE, ingress([{ from: [{ namespaceSelector: {} }] }])),
      cluster(DATABASE, ingress([{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }])),
      cluster(DATABASE, ingress([{ ports: [{ port: 9187 }, { port: 5000, endPort: 5999 }] }])),
    ],
    good: [
      cluster(DATABASE, ingress([{ from: [{ podSelector: {} }] }])),
      cluster(DATABASE, ingress([])),
      cluster(DATABASE, ingress([{ ports: [{ port: 9187 }] }])),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const policies = objects.filter(({ policy }) => policy !== null);
        // One manifest alone does not show which policies there are.
        const isTold = policies.length > 0 || objects.some(({ kind }) => kind === "Namespace");
        const stores = workloads.filter((one) => storeIn(one) !== null && !isOfHost(one));
        if (!isTold || stores.length === 0) return "not-applicable";
        const said = new Said();
        for (const about of stores) judge(said, about, policiesFor(about, policies, "ingress"));
        return said.all;
      },
    },
  ],
};

function storeIn({ platform, containers }: Workload): string | null {
  if (platform !== "kubernetes") return null;
  for (const { image } of containers) {
    const store = datastoreIn(image);
    if (store !== null) return store;
  }
  return null;
}

/** Policies are not for what is in the network of its node. */
function isOfHost({ host }: Workload): boolean {
  return host.network.state === "known" && host.network.value;
}

function judge(said: Said, about: Workload, policies: readonly OwnPolicy[]): void {
  const store = storeIn(about);
  if (policies.length === 0)
    said.fault(about.at, `runs ${store}, and no policy keeps pods of other namespaces from it`, {
      about,
      aspect: "unpoliced",
    });
  for (const { object, policy } of policies)
    for (const opening of policy.ingress.rules) {
      if (!isForAll(opening)) continue;
      const { at } = opening;
      const whom = `${store} of ${about.kind} ${about.name}`;
      const reached = reaches(opening, about);
      if (reached === true)
        said.fault(at, `lets pods of every namespace reach ${whom}`, {
          about: object,
          aspect: "opened",
        });
      else if (reached === null) {
        const why = `lets pods of every namespace reach ports of ${whom} that are not known`;
        said.all.push({ kind: "doubt", at, container: null, why, about: object });
      }
    }
}

/** Whether it opens a port at which a datastore waits; null where that is not known. */
function reaches({ hasPorts, ports }: Opening, workload: Workload): boolean | null {
  if (!hasPorts) return true;
  if (ports.length === 0) return null;
  const answers = ports
    .filter(({ protocol }) => protocol !== "UDP" && protocol !== "SCTP")
    .map((one) => reachesBy(one, workload));
  if (answers.includes(true)) return true;
  const isTold = workload.containers.every(({ command }) =>
    command.every(({ state }) => state !== "unknown"),
  );
  return answers.includes(null) || !isTold ? null : false;
}

function reachesBy({ port, endPort }: PolicyPort, { containers }: Workload): boolean | null {
  const isAt = (holds: (one: number) => boolean): boolean =>
    containers.some((one) => mayWaitAt(one, holds));
  if (port === null) return true;
  if (typeof port === "number") return isAt((one) => one >= port && one <= (endPort ?? port));
  if (containers.some(({ namedPorts }) => namedPorts === undefined)) return null;
  const named = containers.flatMap(({ namedPorts = [] }) =>
    namedPorts.flatMap((one) => (one.name === port ? [one.port] : [])),
  );
  return isAt((one) => named.includes(one));
}

function isForAll({ peers }: Opening): boolean {
  return (
    peers.length === 0 || peers.some(({ isAnyPod, cidr }) => isAnyPod || /\/0$/.test(cidr ?? ""))
  );
}

function ingress(rules: readonly object[]): Record<string, unknown> {
  const spec = { podSelector: {}, policyTypes: ["Ingress"], ingress: rules };
  return { kind: "NetworkPolicy", metadata: { name: "p", namespace: "shop" }, spec };
}
