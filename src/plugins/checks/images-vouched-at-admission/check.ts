import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { gapIn, type PodJudge, podJudgesIn } from "../shared/admission.ts";
import { cluster, webhook } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const NODE = { kind: "Node", metadata: { name: "a" } };
const JUDGES = "ValidatingWebhookConfiguration";

export const imagesVouchedAtAdmission: Check = {
  id: "images-vouched-at-admission",
  title: "something asks who vouches for an image before a pod runs it",
  severity: "medium",
  why: "whoever may make a pod, or replace an image in a registry, runs whatever they like, signed or not",
  fix: "let a policy decide at admission: bulwark admit install, with a rule that wants signatures or verdicts",
  controls: controls({ "cis-kubernetes-1.12": ["5.5.1"], attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      cluster(NODE, webhook(JUDGES, "configmaps")),
      cluster(NODE, webhook("MutatingWebhookConfiguration", "pods")),
    ],
    good: [cluster(NODE, webhook(JUDGES, "pods", "policy.sigstore.dev"))],
  },
  versions: [
    {
      from: 0,
      run: ({ objects }) => {
        // Only a cluster that runs has nodes: files of a repository are a part of one.
        const [about] = objects.filter(({ kind }) => kind === "Node");
        if (about === undefined) return "not-applicable";
        const judges = podJudgesIn(objects);
        const verifiers = judges.filter(({ hook }) => VERIFIERS.has(hook.name));
        if (verifiers.some(({ hook }) => gapIn(hook) === null)) return [];
        const [judge = judges[0]] = verifiers;
        if (judge !== undefined) return [doubtOf(judge.object, whyOf(judge, verifiers))];
        const read = objects.find(({ admission }) => admission !== null);
        if (read === undefined)
          return [
            doubtOf(about, "no webhook of admission was read: there is none, or it was not told"),
          ];
        const said = new Said();
        said.fault(read.at, "no webhook is asked before a pod is made", { about: read });
        return said.all;
      },
    },
  ],
};

function whyOf({ hook }: PodJudge, verifiers: readonly PodJudge[]): string {
  return verifiers.length > 0
    ? `the webhook ${hook.name} verifies images, but ${gapIn(hook)}: whether others do stands in no object`
    : `whether the webhook ${hook.name} asks who vouches for an image stands in no object`;
}

function doubtOf(about: ClusterObject, why: string): Said["all"][number] {
  return { kind: "doubt", at: about.at, container: null, why, about };
}

/** Webhooks of programs that do nothing but verify images: Sigstore's policy controller, Portieris. */
const VERIFIERS: ReadonlySet<string> = new Set([
  "policy.sigstore.dev",
  "trust.hooks.securityenforcement.admission.cloud.ibm.com",
]);
