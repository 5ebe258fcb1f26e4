import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { inVersion, pod, podWith } from "../shared/examples.ts";
import { isNotRoot, type Repair } from "../shared/repairs.ts";
import { controls, Said, withoutSetting } from "../shared/said.ts";

export const runAsNonRoot: Check = {
  id: "run-as-non-root",
  title: "containers must not run as root",
  severity: "high",
  why: "root in a container is root on the host for every flaw that leads out of it",
  fix: "set runAsNonRoot: true, and a numeric user in the image or in runAsUser (in Compose: user)",
  controls: controls({
    "pss-restricted": ["Running as Non-root"],
    "cis-kubernetes-1.12": ["5.2.7"],
    "cis-docker-1.6": ["4.1"],
    "nsa-kubernetes": ["Non-root containers"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({}),
      podWith({ runAsNonRoot: false }),
      inVersion(34, pod({ hostUsers: false })),
      { format: "compose", document: { services: { app: { image: "app", user: "root" } } } },
      { format: "engine", document: { Image: "app", User: "0:0", HostConfig: {} } },
    ],
    good: [
      pod({ securityContext: { runAsNonRoot: true } }),
      podWith({ runAsNonRoot: true }),
      pod({ hostUsers: false }),
      { format: "compose", document: { services: { app: { image: "app", user: "1000:1000" } } } },
    ],
  },
  versions: [
    { from: 0, run: everywhere },
    { from: 35, run: unlessOwnUsers },
  ],
};

function everywhere(workload: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const { security, containers } = workload;
  const said = new Said();
  said.of(null, security.runAsNonRoot, unlessRefused);
  for (const container of containers)
    said.of(container, container.security.runAsNonRoot, unlessRefused);
  const silent = withoutSetting(workload, (c) => c.security.runAsNonRoot, security.runAsNonRoot);
  const areKnown = silent.every((container) => isNotRoot(workload, container));
  const what = "no user other than root is demanded";
  said.lackInAll(workload, silent, what, areKnown ? demanded : undefined);
  return said.all;
}

/** Where the user has a number that is not 0 already, this only says so. */
const demanded: Repair = (at) => [
  { kind: "set", at: `${at}/securityContext/runAsNonRoot`, value: true },
];

/** In a user namespace of its own, root is nobody outside. */
function unlessOwnUsers(workload: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const { users } = workload.host;
  return users.state === "known" && !users.value ? [] : everywhere(workload);
}

function unlessRefused(is: boolean): string | null {
  return is ? null : "may run as root";
}
