import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ingressEncrypted: Check = {
  id: "ingress-encrypted",
  title: "every host of an ingress has a certificate",
  severity: "medium",
  why: "without TLS passwords and sessions can be read and changed by everything on the way",
  fix: "name the host and a secret with its certificate under tls",
  controls: controls({ "nsa-kubernetes": ["Encryption in transit"], attack: ["T1040"] }),
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "app" } } }] },
            },
          ],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "app" } } }] },
            },
          ],
          tls: [{ hosts: ["b.example"] }],
        },
      }),
    ],
    good: [
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "app" } } }] },
            },
          ],
          tls: [{ hosts: ["a.example"], secretName: "c" }],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "app" } } }] },
            },
          ],
          tls: [{ secretName: "c" }],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: { rules: [{ host: "a.b.example" }], tls: [{ hosts: ["*.b.example"] }] },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ ingress }) => {
        if (ingress === null) return "not-applicable";
        const said = new Said();
        const isEncrypted = (host: string): boolean =>
          ingress.encrypted.some(
            (name) =>
              name === "" ||
              name === host ||
              (name.startsWith("*.") && host.split(".").slice(1).join(".") === name.slice(2)),
          );
        for (const { host, at } of ingress.hosts)
          if (!(host === "" ? ingress.encrypted.length > 0 : isEncrypted(host)))
            said.fault(at, host === "" ? "is reached without TLS" : `serves ${host} without TLS`);
        return said.all;
      },
    },
  ],
};
