import type { Container, Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { dropped, isNotRoot, type Repair } from "../shared/repairs.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const dropNetRaw: Check = {
  id: "drop-net-raw",
  title: "a container drops the capability NET_RAW",
  severity: "medium",
  why: "with NET_RAW a container can forge packets, and so answer for its neighbours and read what is meant for them",
  fix: "add NET_RAW, or better ALL, to capabilities.drop (in Compose: cap_drop; in Quadlet: DropCapability)",
  controls: controls({
    "cis-kubernetes-1.12": ["5.2.8"],
    "nsa-kubernetes": ["Capabilities"],
    attack: ["T1557"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podWith({ capabilities: { drop: ["CHOWN"] } }),
      { format: "compose", document: { services: { app: { image: "app:1.2" } } } },
      podWith({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }),
    ],
    good: [
      podWith({ capabilities: { drop: ["NET_RAW"] } }),
      podWith({ capabilities: { drop: ["ALL"] } }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", cap_drop: ["ALL"] } } },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        if (isWindows(workload)) return "not-applicable";
        const said = new Said();
        for (const container of workload.containers) {
          const { capabilitiesAdded, capabilitiesDropped } = container.security;
          const names = capabilitiesDropped.map((fact) =>
            fact.state === "known" ? fact.value.toUpperCase() : "",
          );
          const isDropped = names.includes("ALL") || names.includes("NET_RAW");
          if (!isDropped)
            for (const fact of capabilitiesDropped) said.of(container, fact, () => null);
          if (!isDropped && !capabilitiesDropped.some(({ state }) => state === "unknown"))
            said.lack(container, "keeps the capability NET_RAW", repairFor(workload, container));
          for (const added of capabilitiesAdded)
            said.of(container, added, (name) =>
              name === "NET_RAW" ? "adds the capability NET_RAW" : null,
            );
        }
        return said.all;
      },
    },
  ],
};

function repairFor(workload: Workload, container: Container): Repair {
  return dropped(workload, isNotRoot(workload, container) ? "ALL" : "NET_RAW");
}
