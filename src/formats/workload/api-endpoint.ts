// Descriptions of clusters that a cloud runs: what `aws eks describe-cluster`, `gcloud container clusters describe --format json` and
// `az aks show` answer, and the first of them as Kubescape writes it down.
// Sources: Amazon EKS API, VpcConfigResponse; GKE API, resource projects.locations.clusters; AKS API, ManagedCluster.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import type { ApiEndpoint } from "../../model/api-endpoint.ts";
import { booleanAt, isPlain, nameAt, type Place, placeAt, placesAt, textsAt } from "./facts.ts";

/** The kind of what a cloud says of a cluster. */
export const CLOUD_CLUSTER = "cluster of a cloud";
/** Kubescape's, with its groups. */
export const CLUSTER_DESCRIBE = "ClusterDescribe";
export const CLOUD_GROUP: RegExp = /^eks\.amazonaws\.com\//;

/** Whether an object that does not say what it is describes such a cluster. */
export function isCloudCluster(place: Place): boolean {
  return endpointOf(place) !== null;
}

export function cloudClusterName(place: Place): string {
  return nameAt(placeAt(place, "cluster", []), "name") || nameAt(place, "name");
}

/** null for what describes none. */
export function apiEndpointOf(kind: string, place: Place): ApiEndpoint | null {
  if (kind === CLOUD_CLUSTER) return endpointOf(place);
  if (kind !== CLUSTER_DESCRIBE) return null;
  const cluster = placeAt(placeAt(place, "data", []), "Cluster", []);
  return eksEndpoint(placeAt(cluster, "ResourcesVpcConfig", []), "E");
}

function endpointOf(place: Place): ApiEndpoint | null {
  const cluster = placeAt(place, "cluster", []);
  const isEks = nameAt(cluster, "arn").includes(":eks:");
  if (isEks) return eksEndpoint(placeAt(cluster, "resourcesVpcConfig", []), "e");
  if (/^https:\/\/container\.googleapis\.com\//.test(nameAt(place, "selfLink")))
    return gkeEndpoint(place);
  const isAks = /^microsoft\.containerservice\/managedclusters$/i.test(nameAt(place, "type"));
  return isAks ? aksEndpoint(place) : null;
}

/** @param first The letter with which names begin: the answer's own are lower, those of AWS' Go library upper case. */
function eksEndpoint(vpc: Place, first: "e" | "E"): ApiEndpoint {
  const networks = first === "e" ? "publicAccessCidrs" : "PublicAccessCidrs";
  return {
    provider: "EKS",
    at: vpc.at,
    isPublic: booleanAt(vpc, `${first}ndpointPublicAccess`),
    isPrivate: booleanAt(vpc, `${first}ndpointPrivateAccess`),
    networks: networksOf(textsAt(vpc, networks), `${vpc.at}/${networks}`),
  };
}

function gkeEndpoint(place: Place): ApiEndpoint {
  const ends = placeAt(placeAt(place, "controlPlaneEndpointsConfig", []), "ipEndpointsConfig", []);
  const isHidden = booleanAt(placeAt(place, "privateClusterConfig", []), "enablePrivateEndpoint");
  const authorized = placeAt(place, "masterAuthorizedNetworksConfig", []);
  const blocks = placesAt(authorized, "cidrBlocks", []).map((block): Fact<string> => {
    const cidr = nameAt(block, "cidrBlock");
    return cidr === "" ? unknown(block.at, "a block names no network") : known(cidr, block.at);
  });
  const isLimited = authorized.value?.["enabled"] === true;
  return {
    provider: "GKE",
    at: place.at,
    isPublic:
      isHidden.state === "known"
        ? known(!isHidden.value, isHidden.at)
        : booleanAt(ends, "enablePublicEndpoint"),
    isPrivate: ABSENT,
    networks: isLimited ? networksOf(blocks, authorized.at, true) : ABSENT,
  };
}

function aksEndpoint(place: Place): ApiEndpoint {
  const access = placeAt(place, "apiServerAccessProfile", []);
  const isPrivate = booleanAt(access, "enablePrivateCluster");
  return {
    provider: "AKS",
    at: isPlain(access.value) ? access.at : place.at,
    isPublic: isPrivate.state === "known" ? known(!isPrivate.value, isPrivate.at) : isPrivate,
    isPrivate: ABSENT,
    networks: networksOf(textsAt(access, "authorizedIpRanges"), `${access.at}/authorizedIpRanges`),
  };
}

/** @param isLimited Whether an empty list is one of nobody; else it is none. */
function networksOf(
  facts: readonly Fact<string>[],
  at: string,
  isLimited = false,
): Fact<readonly string[]> {
  const odd = facts.find((fact) => fact.state === "unknown");
  if (odd?.state === "unknown") return odd;
  const all = facts.flatMap((fact) => (fact.state === "known" ? [fact.value] : []));
  return all.length === 0 && !isLimited ? ABSENT : known(all, at);
}
