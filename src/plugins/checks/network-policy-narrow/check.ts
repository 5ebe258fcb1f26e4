import type { Direction, Opening, Peer } from "../../../model/cluster-object.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { kubernetesObject } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const networkPolicyNarrow: Check = {
  id: "network-policy-narrow",
  title: "a network policy lets through less than everything",
  severity: "medium",
  why: "a policy that allows everybody looks like protection, and is none",
  fix: "name in from and to who may come and where it may go, and leave 169.254.169.254 out of every range",
  controls: controls({ "nsa-kubernetes": ["Network policies"], attack: ["T1046"] }),
  aspects: {
    selector: {},
    open: { controls: controls({ "cis-kubernetes-1.12": ["5.3.2"] }) },
    metadata: { severity: "high", controls: controls({ attack: ["T1552.005"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "object",
  examples: {
    bad: [
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: { policyTypes: ["Ingress"] },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: { podSelector: {}, ingress: [{}] },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
        },
      }),
    ],
    good: [
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: {
          podSelector: { matchLabels: { app: "a" } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: "b" } } }] }],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              ports: [{ port: 443 }],
              to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }],
            },
          ],
        },
      }),
      kubernetesObject("networking.k8s.io/v1", "NetworkPolicy", {
        spec: {
          podSelector: {},
          ingress: [{ ports: [{ port: 8080 }], from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
        },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ policy, at }) => {
        if (policy === null) return "not-applicable";
        const said = new Said();
        if (!policy.hasSelector)
          said.fault(at, "does not say for which pods it is", { aspect: "selector" });
        judgeOpenings(said, policy.ingress, "from");
        judgeOpenings(said, policy.egress, "to");
        for (const { peers } of policy.egress.rules)
          for (const peer of peers) judgeMetadata(said, peer);
        return said.all;
      },
    },
  ],
};

function judgeOpenings(said: Said, { isPoliced, rules }: Direction, word: string): void {
  for (const rule of isPoliced ? rules : []) {
    const open = openingIn(rule);
    if (open !== null) said.fault(open, `allows traffic ${word} everybody`, { aspect: "open" });
  }
}

function judgeMetadata(said: Said, { at, cidr, except }: Peer): void {
  if (cidr === null || !holdsMetadata(cidr) || except.some(holdsMetadata)) return;
  const state = `allows traffic to the cloud's metadata in ${cidr}`;
  said.fault(at, state, { aspect: "metadata", value: cidr });
}

/** Where a rule lets everybody through; null when it names ports or peers. */
function openingIn({ at, peers, hasPorts }: Opening): string | null {
  if (hasPorts) return null;
  if (peers.length === 0) return at;
  return (
    peers.find(
      ({ cidr, except, isAnyPod }) => isAnyPod || (except.length === 0 && /\/0$/.test(cidr ?? "")),
    )?.at ?? null
  );
}

/** Whether a range of IPv4 or IPv6 holds the address of clouds' metadata. */
function holdsMetadata(cidr: string): boolean {
  if (/^(?:::\/0|fd00:ec2::254)/.test(cidr)) return true;
  const [, address = "", bits = "32"] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr) ?? [];
  if (address === "") return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf("169.254.169.254") / size);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
