// Annotations and classes by which a cloud gives a service, an ingress or a gateway an address of its own network only.
import type { ClusterObject } from "../../model/cluster-object.ts";

/** A value as an annotation may have it, by the annotation's name. */
const INTERNAL: ReadonlyMap<string, RegExp> = new Map([
  // https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer
  ["service.beta.kubernetes.io/aws-load-balancer-internal", /^(?!false$|$)/],
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
  ["service.beta.kubernetes.io/aws-load-balancer-scheme", /^internal$/],
  ["alb.ingress.kubernetes.io/scheme", /^internal$/],
  ["service.beta.kubernetes.io/azure-load-balancer-internal", /^true$/],
  ["networking.gke.io/load-balancer-type", /^internal$/i],
  ["cloud.google.com/load-balancer-type", /^internal$/i],
  ["service.beta.kubernetes.io/openstack-internal-load-balancer", /^true$/],
  ["service.beta.kubernetes.io/oci-load-balancer-internal", /^true$/],
  ["oci-network-load-balancer.oraclecloud.com/internal", /^true$/],
  ["service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", /^intranet$/],
  ["service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", /^private$/],
  ["service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", /./],
  // https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balance-ingress
  ["kubernetes.io/ingress.class", /^gce-internal$/],
]);

/** https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass */
const CLASSES = /^gke-l7-(?:rilb|cross-regional-internal-managed)(?:-mc)?$/;

/** Whether its balancer answers within the cloud's own network alone. */
export function isInternal({ annotations, gateway }: ClusterObject): boolean {
  if (gateway?.part === "gateway" && CLASSES.test(gateway.className)) return true;
  return annotations.some(({ name, value }) => value.state === "known" && INTERNAL.get(name)?.test(value.value));
}
