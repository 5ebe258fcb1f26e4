import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const ingressHidesConsoles: Check = {
  id: "ingress-hides-consoles",
  title: "no console of operators stands behind an ingress without authentication",
  severity: "high",
  why: "consoles show what is inside and often run commands, for whoever opens the page",
  fix: "take the rule away, or put authentication before it (an auth-url annotation, an authenticating proxy)",
  controls: controls({ attack: ["T1190", "T1133"] }),
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
              http: {
                paths: [{ path: "/", backend: { service: { name: "kubernetes-dashboard" } } }],
              },
            },
          ],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "prometheus-server" } } }] },
            },
          ],
        },
      }),
    ],
    good: [
      kubernetesObject("networking.k8s.io/v1", "Ingress", {
        spec: {
          rules: [
            {
              host: "a.example",
              http: { paths: [{ path: "/", backend: { service: { name: "shop" } } }] },
            },
          ],
        },
      }),
      kubernetesObject(
        "networking.k8s.io/v1",
        "Ingress",
        {
          spec: {
            rules: [
              {
                host: "a.example",
                http: { paths: [{ path: "/", backend: { service: { name: "grafana" } } }] },
              },
            ],
          },
        },
        { annotations: { "nginx.ingress.kubernetes.io/auth-url": "https://login.example" } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ ingress, annotations }) => {
        if (ingress === null) return "not-applicable";
        const said = new Said();
        if (
          annotations.some(({ name }) =>
            /\/(?:auth-(?:url|type|signin|tls-secret|secret)|router\.middlewares)$/.test(name),
          )
        )
          return said.all;
        for (const { name, at } of ingress.backends)
          if (CONSOLES.test(name))
            said.fault(at, `leads to ${name} without authentication`, { value: name });
        return said.all;
      },
    },
  ],
};

const CONSOLES =
  /^(?:[a-z0-9-]*-)?(?:kubernetes-dashboard|prometheus(?:-server|-operated)?|alertmanager|argocd-server|argo-server|kibana|elasticsearch|weave-scope(?:-app)?|jupyter(?:hub)?|kubeflow|centraldashboard|grafana|rabbitmq-management|phpmyadmin|adminer|pgadmin|portainer|longhorn-frontend|hubble-ui|kafka-ui|jenkins|airflow-webserver|spark-ui|minio-console|vault-ui)$/;
