import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { usual } from "../shared/repairs.ts";
import { controls, isWindows, Said, withoutSetting } from "../shared/said.ts";

export const seccompSet: Check = {
  id: "seccomp-set",
  title: "a seccomp profile is set",
  severity: "medium",
  why: "Kubernetes runs containers without any profile unless one is asked for",
  fix: "set seccompProfile.type: RuntimeDefault for the pod",
  controls: controls({
    "pss-restricted": ["Seccomp"],
    "cis-kubernetes-1.12": ["5.6.2"],
    "nsa-kubernetes": ["Seccomp"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({}), podWith({ seccompProfile: { type: "Unconfined" } })],
    good: [
      pod({ securityContext: { seccompProfile: { type: "RuntimeDefault" } } }),
      podWith({ seccompProfile: { type: "Localhost", localhostProfile: "app.json" } }),
      { format: "compose", document: { services: { app: { image: "app" } } } },
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
  const { security, containers } = workload;
  const said = new Said();
  const repair = usual(workload, "RuntimeDefault");
  said.of(null, security.seccomp, unlessProfile, repair);
  for (const container of containers)
    said.of(container, container.security.seccomp, unlessProfile, repair);
  const silent = withoutSetting(workload, (c) => c.security.seccomp, security.seccomp);
  said.lackInAll(workload, silent, "no seccomp profile is set", (at) => [
    { kind: "set", at: `${at}/securityContext/seccompProfile/type`, value: "RuntimeDefault" },
  ]);
  return said.all;
}

function unlessProfile(type: string): string | null {
  return type === "RuntimeDefault" || type === "Localhost"
    ? null
    : `has the seccomp profile ${type}`;
}
