import type { Container } from "../../../model/workload.ts";
import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { keptCapabilities } from "../shared/capabilities.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { dropped, isNotRoot } from "../shared/repairs.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const dropAllCapabilities: Check = {
  id: "drop-all-capabilities",
  title: "a container drops all capabilities, and adds back NET_BIND_SERVICE at most",
  severity: "medium",
  why: "the capabilities that runtimes give by themselves let root in a container change owners, make devices and forge packets",
  fix: "set capabilities.drop: [ALL] (in Compose: cap_drop; in Quadlet: DropCapability=all), and add back NET_BIND_SERVICE if a port below 1024 is served",
  controls: controls({
    "pss-restricted": ["Capabilities"],
    "cis-kubernetes-1.12": ["5.2.8", "5.2.9"],
    "cis-docker-1.6": ["5.4"],
    "nsa-kubernetes": ["Capabilities"],
  }),
  aspects: {
    kept: {},
    // What is dropped one by one is away; Pod Security wants the word all the same.
    written: { severity: "low" },
    added: {},
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podWith({ capabilities: { drop: ["NET_RAW"] } }),
      podWith({ capabilities: { drop: ["all"] } }),
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
        lackOf(container),
        isNotRoot(workload, container) ? dropped(workload, "ALL") : undefined,
      );
    for (const added of capabilitiesAdded)
      said.of(container, added, (name) =>
        name === "NET_BIND_SERVICE"
          ? null
          : { state: `adds the capability ${name}`, aspect: "added" },
      );
  }
  return said.all;
}

/** Runtimes read names in any case, and admission reads them as they are written. */
function lackOf(container: Container): { readonly state: string; readonly aspect: string } {
  const kept = keptCapabilities(container.security);
  return kept.length === 0
    ? { state: "drops every capability, but not by the word ALL", aspect: "written" }
    : { state: "does not drop all capabilities", aspect: "kept" };
}
