import { effective } from "../../../kit/fact.ts";
import type { Security } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { controls, isWindows, Said } from "../shared/said.ts";

export const ownUserNamespace: Check = {
  id: "own-user-namespace",
  title: "what may run as root has a user namespace of its own",
  severity: "low",
  why: "root of the container is root of the host's kernel unless users are mapped, so each flaw of the kernel or the runtime is worth more",
  fix: "set hostUsers: false where the cluster can (v1.33 and later), or do not run as root",
  controls: controls({ attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({}), pod({ hostUsers: true, securityContext: { runAsUser: 0 } })],
    good: [
      pod({ hostUsers: false }),
      pod({ securityContext: { runAsNonRoot: true } }),
      podWith({ runAsUser: 1000 }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        const { platform, host, security, containers, podAt } = workload;
        if (platform !== "kubernetes" || isWindows(workload)) return "not-applicable";
        const said = new Said();
        if (host.users.state === "known" && !host.users.value) return said.all;
        said.of(null, host.users, () => null);
        const isUser = (own: Security): boolean => {
          const user = effective(own.runAsUser, security.runAsUser);
          const refuses = effective(own.runAsNonRoot, security.runAsNonRoot);
          return (
            (user.state === "known" && user.value !== 0) ||
            (refuses.state === "known" && refuses.value)
          );
        };
        const roots = containers.filter((container) => !isUser(container.security));
        if (roots.length > 0 && host.users.state !== "unknown")
          said.fault(podAt, "may run as root of the host's own users");
        return said.all;
      },
    },
  ],
};
