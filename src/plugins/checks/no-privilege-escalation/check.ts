import type { Container } from "../../../model/workload.ts";
import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { podOf, podWith } from "../shared/examples.ts";
import { type Repair, removed } from "../shared/repairs.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const noPrivilegeEscalation: Check = {
  id: "no-privilege-escalation",
  title: "a process cannot gain more privileges than its parent",
  severity: "medium",
  why: "with a set-user-id file in the image, whoever runs a command in the container becomes its root",
  fix: "set allowPrivilegeEscalation: false (in Compose: security_opt no-new-privileges:true; in Quadlet: NoNewPrivileges=true)",
  controls: controls({
    "pss-restricted": ["Privilege Escalation"],
    "cis-kubernetes-1.12": ["5.2.6"],
    "cis-docker-1.6": ["5.26"],
    "nsa-kubernetes": ["allowPrivilegeEscalation"],
    attack: ["T1548"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({}),
      podWith({ allowPrivilegeEscalation: true }),
      { format: "compose", document: { services: { app: { image: "app" } } } },
    ],
    good: [
      podWith({ allowPrivilegeEscalation: false }),
      {
        format: "compose",
        document: { services: { app: { image: "app", security_opt: ["no-new-privileges:true"] } } },
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

function everywhere({ containers, platform }: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const said = new Said();
  for (const container of containers) {
    const { allowPrivilegeEscalation: fact } = container.security;
    const isKubernetes = platform === "kubernetes";
    const repair = isKubernetes ? (isRefused(container) ? undefined : forbidden) : newPrivileges;
    const own: Repair = (at) => (isKubernetes ? [{ kind: "set", at, value: false }] : removed(at));
    said.of(
      container,
      fact,
      (is) => (is ? "allows privilege escalation" : null),
      repair === undefined ? undefined : own,
    );
    if (fact.state === "absent")
      said.lack(container, "does not forbid privilege escalation", repair);
  }
  return said.all;
}

/** Kubernetes takes no pod that forbids it beside a right that amounts to it. */
function isRefused({ security }: Container): boolean {
  const { privileged, capabilitiesAdded } = security;
  const isAdmin = capabilitiesAdded.some(
    (fact) => fact.state !== "known" || ["SYS_ADMIN", "ALL"].includes(fact.value),
  );
  return (
    isAdmin ||
    (privileged.state !== "absent" && (privileged.state === "unknown" || privileged.value))
  );
}

const forbidden: Repair = (at) => [
  { kind: "set", at: `${at}/securityContext/allowPrivilegeEscalation`, value: false },
];

const newPrivileges: Repair = (at) => [
  { kind: "add", at: `${at}/security_opt`, value: "no-new-privileges:true" },
];
