import { expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import { exposures } from "./exposures.ts";

type Members = Readonly<Record<string, unknown>>;

const POD: Members = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "web" }] },
};

function service(annotations: Members, spec: Members = {}): Members {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop", annotations },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ...spec },
  };
}

function ingress(annotations: Members): Members {
  const defaultBackend = { service: { name: "web", port: { number: 80 } } };
  const metadata = { name: "web", namespace: "shop", annotations };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata,
    spec: { defaultBackend },
  };
}

const inside = service({}, { type: "ClusterIP" });
const AWS = "service.beta.kubernetes.io/aws-load-balancer-internal";
const AZURE = "service.beta.kubernetes.io/azure-load-balancer-internal";
const ALB = "alb.ingress.kubernetes.io/scheme";

function gateway(gatewayClassName: string): Members[] {
  const group = "gateway.networking.k8s.io/v1";
  const metadata = { name: "web", namespace: "shop" };
  const listeners = [{ name: "web", port: 80, protocol: "HTTP" }];
  const rules = [{ backendRefs: [{ name: "web", port: 80 }] }];
  return [
    inside,
    { apiVersion: group, kind: "Gateway", metadata, spec: { gatewayClassName, listeners } },
    {
      apiVersion: group,
      kind: "HTTPRoute",
      metadata,
      spec: { parentRefs: [{ name: "web" }], rules },
    },
  ];
}

test.each<[string, Members[], string[]]>([
  ["a balancer", [service({})], ["internet 7"]],
  ["an internal one", [service({ [AWS]: "true" })], ["network 7"]],
  ["what is not internal", [service({ [AWS]: "false" })], ["internet 7"]],
  ["Azure's", [service({ [AZURE]: "true" })], ["network 7"]],
  ["GKE's", [service({ "networking.gke.io/load-balancer-type": "Internal" })], ["network 7"]],
  [
    "an internal one with an address besides",
    [service({ [AWS]: "true" }, { externalIPs: ["203.0.113.7"] })],
    ["internet 7"],
  ],
  ["a service within", [inside], []],
  ["an ingress", [inside, ingress({})], ["internet 7"]],
  ["an internal ingress", [inside, ingress({ [ALB]: "internal" })], ["network 7"]],
  ["one for the internet", [inside, ingress({ [ALB]: "internet-facing" })], ["internet 7"]],
  ["a gateway", gateway("nginx"), ["internet 7"]],
  ["an internal gateway", gateway("gke-l7-rilb"), ["network 7"]],
])("%s", (_, documents, wanted) => {
  const objects = documents.flatMap(readClusterObjects);
  const found = exposures({ objects, workloads: readKubernetes(POD) }, [7]);
  expect(
    found.map(({ isInternal, pods }) => `${isInternal ? "network" : "internet"} ${pods.join(" ")}`),
  ).toEqual(wanted);
});
