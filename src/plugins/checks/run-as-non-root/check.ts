import { effective } from "../../../kit/fact.ts";
import type { Container, Workload } from "../../../model/workload.ts";
import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { inVersion, pod, podWith } from "../shared/examples.ts";
import { isNotRoot, type Repair } from "../shared/repairs.ts";
import { controls, type Offence, Said, withoutSetting } from "../shared/said.ts";

export const runAsNonRoot: Check = {
  id: "run-as-non-root",
  title: "containers must not run as root",
  severity: "high",
  why: "root in a container is root on the host for every flaw that leads out of it",
  fix: "set runAsNonRoot: true, and a numeric user in the image or in runAsUser (in Compose: user; in Quadlet: User)",
  controls: controls({
    "pss-restricted": ["Running as Non-root"],
    "cis-kubernetes-1.12": ["5.2.7"],
    "cis-docker-1.6": ["4.1"],
    "nsa-kubernetes": ["Non-root containers"],
    attack: ["T1611"],
  }),
  aspects: {
    root: {},
    // A user is set that is not root; Pod Security asks for the word too, since whoever edits the manifest next may drop it.
    unsaid: { severity: "low" },
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({}),
      podWith({ runAsNonRoot: false }),
      podWith({ runAsUser: 1000 }),
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
  const inheriting = containers.filter(
    (container) => container.security.runAsNonRoot.state === "absent",
  );
  said.of(null, security.runAsNonRoot, unlessRefused(workload, inheriting));
  for (const container of containers)
    said.of(container, container.security.runAsNonRoot, unlessRefused(workload, [container]));
  const silent = withoutSetting(workload, (c) => c.security.runAsNonRoot, security.runAsNonRoot);
  const areKnown = silent.every((container) => isNotRoot(workload, container));
  const state = "no user other than root is demanded";
  const aspect = areKnown ? "unsaid" : "root";
  said.lackInAll(workload, silent, { state, aspect }, areKnown ? demanded : undefined);
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

/** A refusal means nothing where every container that it is for has a user that is not root. */
function unlessRefused(
  workload: Workload,
  containers: readonly Container[],
): (is: boolean) => Offence {
  const areNumbered = containers.every((container) => isNumbered(workload, container));
  return (is) =>
    is ? null : { state: "may run as root", aspect: areNumbered ? "unsaid" : "root" };
}

function isNumbered({ security }: Workload, container: Container): boolean {
  const user = effective(container.security.runAsUser, security.runAsUser);
  return user.state === "known" && user.value > 0;
}
