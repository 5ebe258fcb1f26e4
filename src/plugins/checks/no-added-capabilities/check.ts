import { USUAL_CAPABILITIES } from "../../../model/capabilities.data.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { podWith } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noAddedCapabilities: Check = {
  id: "no-added-capabilities",
  title: "a container adds no capabilities beyond the usual ones",
  severity: "high",
  why: "capabilities such as SYS_ADMIN, SYS_PTRACE or NET_ADMIN each undo a part of what keeps a container from its host",
  fix: "remove the capability from add, and change the program so that it works without",
  controls: controls({
    "pss-baseline": ["Capabilities"],
    "cis-docker-1.6": ["5.4"],
    "nsa-kubernetes": ["Capabilities"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ capabilities: { add: ["NET_RAW"] } }),
      podWith({ capabilities: { add: ["CHOWN", "SYS_ADMIN"] } }),
      { format: "compose", document: { services: { app: { image: "app", cap_add: ["ALL"] } } } },
    ],
    good: [
      podWith({ capabilities: { add: ["NET_BIND_SERVICE", "CHOWN"] } }),
      podWith({ capabilities: { drop: ["ALL"] } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers)
          for (const added of container.security.capabilitiesAdded)
            said.of(container, added, (name) =>
              ALLOWED.has(name) ? null : `adds the capability ${name}`,
            );
        return said.all;
      },
    },
  ],
};

/** What Pod Security allows to be added: what container runtimes give by themselves, but for raw sockets. */
const ALLOWED: ReadonlySet<string> = new Set(
  USUAL_CAPABILITIES.filter((name) => name !== "NET_RAW"),
);
