import { componentsOf } from "../../../formats/workload/component.ts";
import type { Component } from "../../../model/component.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const program = (name: string, ...flags: readonly string[]): Record<string, unknown> => ({
  kind: "Pod",
  metadata: { name, namespace: "kube-system" },
  spec: { containers: [{ name, image: `example.org/${name}:1`, command: [name, ...flags] }] },
});
const server = program("kube-apiserver", "--client-ca-file=/pki/ca.crt");

export const etcdApart: Check = {
  id: "etcd-apart",
  title: "etcd and the API server let in clients by certificates of different authorities",
  severity: "high",
  why: "with one authority every kubelet and user with a certificate may read and write etcd, past all RBAC",
  fix: "give etcd an authority of its own, and name it in --trusted-ca-file",
  controls: controls({ "cis-kubernetes-1.12": ["2.7"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [cluster(server, program("etcd", "--trusted-ca-file=/pki/ca.crt"))],
    good: [cluster(server, program("etcd", "--trusted-ca-file=/pki/etcd/ca.crt"))],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads }) => {
        const stores: [about: (typeof workloads)[number], authority: string][] = [];
        const servers = new Set<string>();
        for (const about of workloads)
          for (const component of componentsOf([about])) {
            const authority = authorityOf(component);
            if (authority === null) continue;
            if (component.component === "etcd") stores.push([about, authority]);
            else servers.add(authority);
          }
        if (stores.length === 0 || servers.size === 0) return "not-applicable";
        const said = new Said();
        for (const [about, authority] of stores)
          if (servers.has(authority))
            said.fault(about.at, `trusts ${authority}, as the API server does`, { about });
        return said.all;
      },
    },
  ],
};

const OPTIONS: Readonly<Partial<Record<Component["component"], string>>> = {
  etcd: "trusted-ca-file",
  "kube-apiserver": "client-ca-file",
};

/** The file by which a component lets in clients. */
function authorityOf({ component, options }: Component): string | null {
  const fact = options.get(OPTIONS[component] ?? "");
  return fact?.state === "known" ? fact.value : null;
}
