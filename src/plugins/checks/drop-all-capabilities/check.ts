import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { dropped, isNotRoot } from "../shared/repairs.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const dropAllCapabilities: Check = {
  id: "drop-all-capabilities",
  title: "a container drops all capabilities, and adds back NET_BIND_SERVICE at most",
  severity: "medium",
  why: "the capabilities that runtimes give by themselves let root in a container change owners, make devices and forge packets",
  fix: "set capabilities.drop: [ALL], and add back NET_BIND_SERVICE if a port below 1024 is served",
  controls: controls({
    "pss-restricted": ["Capabilities"],
    "cis-kubernetes-1.12": ["5.2.8", "5.2.9"],
    "cis-docker-1.6": ["5.4"],
    "nsa-kubernetes": ["Capabilities"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podWith({ capabilities: { drop: ["NET_RAW"] } }),
      podWith({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
    ],
    good: [
      podWith({ capabilities: { drop: ["ALL"] } }),
      podWith({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      {
        format: "compose",
        document: { services: { app: { image: "app", cap_drop: ["all"] } } },
      },
    ],
  },
  versions: [
    { from: 0, run: everywhere },
    {
      from: 25,
      run: (workload) => (isWindows(workload) ? "not-applicable" : everywhere(workload)),
    },
  ],
};

function everywhere(workload: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const { containers } = workload;
  const said = new Said();
  for (const container of containers) {
    const { capabilitiesAdded, capabilitiesDropped } = container.security;
    const isAll = capabilitiesDropped.some(
      (fact) => fact.state === "known" && fact.value === "ALL",
    );
    // What cannot be read may be ALL.
    if (!isAll) for (const fact of capabilitiesDropped) said.of(container, fact, () => null);
    if (!isAll && !capabilitiesDropped.some((fact) => fact.state === "unknown"))
      said.lack(
        container,
        "does not drop all capabilities",
        isNotRoot(workload, container) ? dropped(workload, "ALL") : undefined,
      );
    for (const added of capabilitiesAdded)
      said.of(container, added, (name) =>
        name === "NET_BIND_SERVICE" ? null : `adds the capability ${name}`,
      );
  }
  return said.all;
}
