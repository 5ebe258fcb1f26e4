import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const resourcesLimited: Check = {
  id: "resources-limited",
  title: "a container has limits of memory, processor and processes",
  severity: "medium",
  why: "one container without limits can starve everything else on its host, by an attack or by a mistake",
  fix: "set resources.limits (in Compose: mem_limit, cpus and pids_limit, or deploy.resources.limits; in Quadlet: Memory, PidsLimit and CPUQuota)",
  controls: controls({ "nsa-kubernetes": ["Resource policies"], attack: ["T1499"] }),
  aspects: {
    memory: { controls: controls({ "cis-docker-1.6": ["5.11"] }) },
    cpu: { severity: "low", controls: controls({ "cis-docker-1.6": ["5.12"], attack: ["T1496"] }) },
    processes: { controls: controls({ "cis-docker-1.6": ["5.29"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podOf({ resources: { limits: { cpu: "1" } } }),
      podOf({ resources: { limits: { memory: "1Gi" } } }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", mem_limit: "1g", cpus: 1 } } },
      },
      {
        format: "engine",
        document: { Image: "app:1.2", HostConfig: { Memory: 1e9, NanoCpus: 1e9, PidsLimit: 0 } },
      },
    ],
    good: [
      podOf({ resources: { limits: { cpu: 1, memory: "1Gi" } } }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", mem_limit: "1g", cpus: 1, pids_limit: 100 } },
        },
      },
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              deploy: { resources: { limits: { memory: "1g", cpus: "0.5", pids: 100 } } },
            },
          },
        },
      },
      {
        format: "engine",
        document: { Image: "app:1.2", HostConfig: { Memory: 1e9, CpuShares: 512, PidsLimit: 100 } },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers, platform }) => {
        const said = new Said();
        for (const container of containers.filter(({ kind }) => kind !== "ephemeral"))
          for (const [name, aspect] of LIMITS) {
            const fact = container.limits[aspect];
            said.of(container, fact, () => null);
            // How many processes a pod may have is for the kubelet to say.
            if (fact.state === "absent" && !(aspect === "processes" && platform === "kubernetes"))
              said.fault(container.at, `has no limit of ${name}`, {
                container: container.name,
                aspect,
              });
          }
        return said.all;
      },
    },
  ],
};

const LIMITS = [
  ["memory", "memory"],
  ["the processor", "cpu"],
  ["processes", "processes"],
] as const;
