import type { Container, Workload } from "../../../model/workload.ts";
import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { isConfined } from "../shared/confinement.ts";
import { pod, podWith } from "../shared/examples.ts";
import { usual } from "../shared/repairs.ts";
import { controls, isWindows, type Offence, Said, withoutSetting } from "../shared/said.ts";

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
  aspects: {
    // Nothing else confines the container either: neither AppArmor, nor SELinux, nor what it drops of capabilities.
    bare: {},
    beside: {},
    // The pod's own word, which every container replaces; Pod Security refuses it all the same.
    replaced: { severity: "low" },
  },
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
  const inheriting = containers.filter(
    (container) => container.security.seccomp.state === "absent",
  );
  const aspect = inheriting.length === 0 ? "replaced" : aspectOf(workload, inheriting);
  said.of(null, security.seccomp, unlessProfile(aspect), repair);
  for (const container of containers) {
    const { seccomp } = container.security;
    said.of(container, seccomp, unlessProfile(aspectOf(workload, [container])), repair);
  }
  const silent = withoutSetting(workload, (c) => c.security.seccomp, security.seccomp);
  const lack = { state: "no seccomp profile is set", aspect: aspectOf(workload, silent) };
  said.lackInAll(workload, silent, lack, (at) => [
    { kind: "set", at: `${at}/securityContext/seccompProfile/type`, value: "RuntimeDefault" },
  ]);
  return said.all;
}

function aspectOf(workload: Workload, containers: readonly Container[]): string {
  return containers.every((container) => isConfined(workload, container)) ? "beside" : "bare";
}

function unlessProfile(aspect: string): (type: string) => Offence {
  return (type) =>
    type === "RuntimeDefault" || type === "Localhost"
      ? null
      : { state: `has the seccomp profile ${type}`, aspect };
}
