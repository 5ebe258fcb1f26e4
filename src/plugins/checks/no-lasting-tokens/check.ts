import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const TOKEN = "kubernetes.io/service-account-token";
/** Kubernetes notes the day of its last use, and names of those that it would take away. */
const LAST_USED = "kubernetes.io/legacy-token-last-used";

export const noLastingTokens: Check = {
  id: "no-lasting-tokens",
  title: "no token of a service account lasts for ever",
  severity: "medium",
  why: "a token in a Secret holds until the Secret is deleted, whoever has copied it and wherever it is used from",
  fix: "ask for tokens that end: a projected volume in pods, kubectl create token elsewhere; then delete the Secret",
  controls: controls({ "cis-kubernetes-1.12": ["3.1.2"], attack: ["T1528"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("v1", "Secret", { type: TOKEN }),
      kubernetesObject("v1", "Secret", { type: TOKEN }, { labels: { [LAST_USED]: "2026-01-31" } }),
    ],
    good: [
      kubernetesObject("v1", "Secret", { type: "Opaque" }),
      kubernetesObject("v1", "Secret", {}),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ kind, secretType, labels }) => {
        if (kind !== "Secret") return "not-applicable";
        const used = labels.find(({ name }) => name === LAST_USED)?.value;
        const when = used === undefined ? "" : `, last used on ${used}`;
        const said = new Said();
        said.of(null, secretType, (type) =>
          type === TOKEN ? `holds a token of a service account that does not end${when}` : null,
        );
        return said.all;
      },
    },
  ],
};
