import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { inVersion, pod, podWith } from "../shared/examples.ts";
import { usual } from "../shared/repairs.ts";
import { controls, Said } from "../shared/said.ts";

export const seccompKept: Check = {
  id: "seccomp-kept",
  title: "no seccomp profile is switched off",
  severity: "high",
  why: "without a profile every system call can be tried, and most escapes from containers begin with one that is never needed",
  fix: "remove the profile Unconfined, or set RuntimeDefault",
  controls: controls({
    "pss-baseline": ["Seccomp"],
    "cis-docker-1.6": ["5.22"],
    "nsa-kubernetes": ["Seccomp"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ seccompProfile: { type: "Unconfined" } }),
      inVersion(
        18,
        pod({}, { annotations: { "seccomp.security.alpha.kubernetes.io/pod": "unconfined" } }),
      ),
      {
        format: "compose",
        document: { services: { app: { image: "app", security_opt: ["seccomp:unconfined"] } } },
      },
    ],
    good: [pod({}), podWith({ seccompProfile: { type: "RuntimeDefault" } })],
  },
  versions: [
    { from: 0, run: annotated },
    { from: 19, run: inFields },
  ],
};

function annotated({ annotations, containers }: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const said = new Said();
  for (const { container, value } of annotations.seccomp) {
    const known = containers.find(({ name }) => name === container) ?? null;
    if (container !== null && known === null) continue;
    said.of(known, value, (profile) =>
      isProfile(profile) ? null : `has the seccomp profile ${profile}`,
    );
  }
  return said.all;
}

function isProfile(text: string): boolean {
  return ["runtime/default", "docker/default"].includes(text) || text.startsWith("localhost/");
}

function inFields(workload: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const { security, containers } = workload;
  const said = new Said();
  const repair = usual(workload, "RuntimeDefault");
  said.of(null, security.seccomp, unlessKept, repair);
  for (const container of containers)
    said.of(container, container.security.seccomp, unlessKept, repair);
  return said.all;
}

function unlessKept(type: string): string | null {
  return type === "RuntimeDefault" || type === "Localhost"
    ? null
    : `has the seccomp profile ${type}`;
}
