import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ownServiceAccount: Check = {
  id: "own-service-account",
  title: "a pod that gets a token has a service account of its own",
  severity: "medium",
  why: "whatever is granted to a namespace's default account is granted to every pod that names none",
  fix: "make a service account for the workload and name it in serviceAccountName, or set automountServiceAccountToken: false",
  controls: controls({
    "cis-kubernetes-1.12": ["5.1.5"],
    "nsa-kubernetes": ["Service account tokens"],
    attack: ["T1078.001"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({}), pod({ serviceAccountName: "default" })],
    good: [pod({ serviceAccountName: "app" }), pod({ automountServiceAccountToken: false })],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, account, podAt }) => {
        const { name, mountsToken } = account;
        if (platform !== "kubernetes") return "not-applicable";
        const said = new Said();
        if (mountsToken.state === "known" && !mountsToken.value) return said.all;
        said.of(null, mountsToken, () => null);
        said.of(null, name, (is) =>
          is === "default" || is === "" ? "runs as the default service account" : null,
        );
        if (name.state === "absent")
          said.fault(podAt, "names no service account, so it runs as the default one");
        return said.all;
      },
    },
  ],
};
