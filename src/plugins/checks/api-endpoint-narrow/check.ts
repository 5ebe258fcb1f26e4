import type { Fact } from "../../../kit/fact.ts";
import type { ApiEndpoint } from "../../../model/api-endpoint.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

export const apiEndpointNarrow: Check = {
  id: "api-endpoint-narrow",
  title: "the API server of a cloud's cluster does not answer the whole internet",
  severity: "medium",
  why: "whoever finds a token or a flaw of the API server can use it from anywhere",
  fix: "keep the endpoint within your own networks, or at least name the networks that may come from outside",
  controls: controls({
    "nsa-kubernetes": ["Control plane access"],
    attack: ["T1133"],
  }),
  aspects: { everybody: { severity: "high" }, roundabout: {} },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      eks({ endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] }),
      eks({
        endpointPublicAccess: true,
        endpointPrivateAccess: false,
        publicAccessCidrs: ["192.0.2.0/24"],
      }),
      gke({}),
      gke({
        masterAuthorizedNetworksConfig: { enabled: true, cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] },
      }),
      aks(null),
    ],
    good: [
      eks({ endpointPublicAccess: false, endpointPrivateAccess: true }),
      gke({ privateClusterConfig: { enablePrivateEndpoint: true } }),
      gke({
        masterAuthorizedNetworksConfig: {
          enabled: true,
          cidrBlocks: [{ cidrBlock: "192.0.2.0/24" }],
        },
      }),
      aks({ enablePrivateCluster: true }),
      aks({ authorizedIpRanges: ["192.0.2.0/24"] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ apiEndpoint }) => {
        if (apiEndpoint === null) return "not-applicable";
        const said = new Said();
        judge(said, apiEndpoint);
        return said.all;
      },
    },
  ],
};

function judge(said: Said, { provider, at, isPublic, isPrivate, networks }: ApiEndpoint): void {
  for (const fact of [isPublic, isPrivate, networks])
    if (fact.state === "unknown")
      said.all.push({ kind: "doubt", at: fact.at, container: null, why: fact.why });
  // Each of these clouds gives a public address unless told otherwise, and answers everybody there.
  if (isPublic.state === "unknown" || (isPublic.state === "known" && !isPublic.value)) return;
  const place = isPublic.state === "known" ? isPublic.at : at;
  const named = networks.state === "absent" ? ANYWHERE : knownOr(networks, NONE);
  if (named.some((network) => EVERYBODY.has(network)))
    said.fault(place, `${provider}: the API server answers the whole internet`, {
      aspect: "everybody",
    });
  else if (isPrivate.state === "known" && !isPrivate.value)
    said.fault(isPrivate.at, `${provider}: nodes reach the API server over the internet alone`, {
      aspect: "roundabout",
    });
}

function knownOr<T>(fact: Fact<T>, other: T): T {
  return fact.state === "known" ? fact.value : other;
}

const NONE: readonly string[] = [];
const ANYWHERE: readonly string[] = ["0.0.0.0/0"];
const EVERYBODY: ReadonlySet<string> = new Set(["0.0.0.0/0", "::/0"]);

function eks(resourcesVpcConfig: object): Example {
  const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/shop";
  return answered({ cluster: { name: "shop", arn, resourcesVpcConfig } });
}

function gke(members: object): Example {
  const selfLink = "https://container.googleapis.com/v1/projects/p/zones/z/clusters/shop";
  return answered({ name: "shop", selfLink, ...members });
}

function aks(apiServerAccessProfile: object | null): Example {
  const type = "Microsoft.ContainerService/ManagedClusters";
  return answered({ name: "shop", type, apiServerAccessProfile });
}

/** What the cloud's own program writes says nothing of Kubernetes. */
function answered(item: object): Example {
  return { format: "kubernetes", document: { apiVersion: "v1", kind: "List", items: [item] } };
}
