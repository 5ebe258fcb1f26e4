import type { Check, CheckRun } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const runAsUserNotRoot: Check = {
  id: "run-as-user-not-root",
  title: "no user id 0 is asked for",
  severity: "high",
  why: "runAsUser 0 makes root even of an image that had given it up",
  fix: "remove runAsUser: 0, or write another number",
  controls: controls({
    "pss-restricted": ["Running as Non-root user"],
    "cis-kubernetes-1.12": ["5.2.7"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [podWith({ runAsUser: 0 }), pod({ securityContext: { runAsUser: 0 } })],
    good: [podWith({ runAsUser: 1000 }), pod({})],
  },
  versions: [
    { from: 0, run: everywhere },
    {
      from: 35,
      run: (workload) => {
        const { users } = workload.host;
        return users.state === "known" && !users.value ? [] : everywhere(workload);
      },
    },
  ],
};

function everywhere({ security, containers }: Parameters<CheckRun>[0]): ReturnType<CheckRun> {
  const said = new Said();
  said.of(null, security.runAsUser, unlessOther);
  for (const container of containers) said.of(container, container.security.runAsUser, unlessOther);
  return said.all;
}

function unlessOther(id: number): string | null {
  return id === 0 ? "asks for user id 0, which is root" : null;
}
