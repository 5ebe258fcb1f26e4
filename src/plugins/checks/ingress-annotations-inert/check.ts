import type { EnvironmentVariable } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ingressAnnotationsInert: Check = {
  id: "ingress-annotations-inert",
  title: "annotations of an ingress put no configuration into the controller",
  severity: "high",
  why: "ingress-nginx wrote annotations into its configuration, so that whoever may make an ingress reads all secrets that the controller may (CVE-2021-25742, CVE-2025-1974)",
  fix: "remove snippets and odd letters from annotations, update the controller, and switch allow-snippet-annotations off",
  controls: controls({ attack: ["T1190", "T1552.007"] }),
  aspects: { allowed: { severity: "medium" }, snippet: {}, injection: {} },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject(
        "networking.k8s.io/v1",
        "Ingress",
        { spec: { rules: [] } },
        {
          annotations: { "nginx.ingress.kubernetes.io/auth-url": "http://a.example/#;\ninjected" },
        },
      ),
      kubernetesObject(
        "networking.k8s.io/v1",
        "Ingress",
        { spec: { rules: [] } },
        { annotations: { "nginx.ingress.kubernetes.io/server-snippet": "return 200;" } },
      ),
      kubernetesObject("v1", "ConfigMap", { data: { "allow-snippet-annotations": "true" } }),
    ],
    good: [
      kubernetesObject(
        "networking.k8s.io/v1",
        "Ingress",
        { spec: { rules: [] } },
        {
          annotations: {
            "nginx.ingress.kubernetes.io/auth-url":
              "https://login.example/auth?rd=$escaped_request_uri",
          },
        },
      ),
      kubernetesObject("v1", "ConfigMap", { data: { "allow-snippet-annotations": "false" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ ingress, annotations, settings }) => {
        if (ingress === null && settings === null) return "not-applicable";
        const said = new Said();
        for (const { name, value } of settings ?? [])
          if (name === "allow-snippet-annotations")
            said.of(null, value, (is) =>
              is === "true" ? { state: "allows snippets in annotations", aspect: "allowed" } : null,
            );
        if (ingress !== null) for (const annotation of annotations) judge(said, annotation);
        return said.all;
      },
    },
  ],
};

function judge(said: Said, { name, value, at }: EnvironmentVariable): void {
  const short = /^nginx\.ingress\.kubernetes\.io\/(.+)$/.exec(name)?.[1] ?? "";
  if (short.endsWith("snippet"))
    said.fault(at, `puts text of its own into nginx by ${short}`, { aspect: "snippet" });
  if (!INJECTABLE.test(short)) return;
  const state = `has letters in ${short} that end a line of nginx`;
  said.of(null, value, (text) => (ENDING.test(text) ? { state, aspect: "injection" } : null));
}

/** What ends a value in the configuration of nginx, or may begin another. */
const ENDING = /[|;#{}\n\r\\`]/;
const INJECTABLE = /^(?:auth-url|auth-tls-match-cn|mirror-target|mirror-host|auth-signin)$/;
