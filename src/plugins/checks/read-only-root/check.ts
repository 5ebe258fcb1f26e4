import type { Check } from "../../../stages/check/contract.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const readOnlyRoot: Check = {
  id: "read-only-root",
  title: "the root file system of a container is read-only",
  severity: "medium",
  why: "who can write into the root file system can replace its programs and leave others behind that run the next time",
  fix: "set readOnlyRootFilesystem: true (in Compose: read_only; in Quadlet: ReadOnly=true), and mount a volume or tmpfs where the program has to write",
  controls: controls({
    "cis-docker-1.6": ["5.13"],
    "nsa-kubernetes": ["Immutable file systems"],
    attack: ["T1525"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podWith({ readOnlyRootFilesystem: false }),
      { format: "compose", document: { services: { app: { image: "app:1.2" } } } },
      { format: "engine", document: { Image: "app:1.2", HostConfig: {} } },
    ],
    good: [
      podWith({ readOnlyRootFilesystem: true }),
      { format: "compose", document: { services: { app: { image: "app:1.2", read_only: true } } } },
      { format: "engine", document: { Image: "app:1.2", HostConfig: { ReadonlyRootfs: true } } },
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        if (isWindows(workload)) return "not-applicable";
        const said = new Said();
        for (const container of workload.containers) {
          const { readOnlyRoot } = container.security;
          said.of(container, readOnlyRoot, (is) =>
            is ? null : "can write to its root file system",
          );
          if (readOnlyRoot.state === "absent")
            said.lack(container, "can write to its root file system");
        }
        return said.all;
      },
    },
  ],
};
