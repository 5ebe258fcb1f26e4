import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const secretsAsFiles: Check = {
  id: "secrets-as-files",
  title: "secrets are mounted as files rather than put into variables",
  severity: "low",
  why: "variables are inherited by every child process, and printed by crash reports, debuggers and an engine's inspection",
  fix: "mount the secret as a volume, and let the program read the file",
  controls: controls({ "cis-kubernetes-1.12": ["5.4.1"], attack: ["T1552.007"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }] }),
      podOf({ envFrom: [{ secretRef: { name: "db" } }] }),
    ],
    good: [podOf({}), podOf({ envFrom: [{ configMapRef: { name: "settings" } }] })],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers) {
          for (const secret of container.secretsInEnvironment)
            said.of(container, secret, (name) => `has the secret ${name} in its environment`);
        }
        return said.all;
      },
    },
  ],
};
