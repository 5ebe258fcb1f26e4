// Cilium's network policies, in the normal form of Kubernetes' own.
// Source: https://docs.cilium.io/en/stable/security/policy/language, and the comments of pkg/policy/api/rule.go in cilium/cilium: a
// direction of which the list is empty or left out is not policed, and one whose rule is empty lets nothing through.
import type { Direction, NetworkPolicy, Opening, Peer } from "../../model/cluster-object.ts";
import { type Gaps, isPlain, itemsAt, type Place, type Plain, placeAt, placesAt } from "./facts.ts";

export const CILIUM_GROUP: RegExp = /^cilium\.io\//;

export const CILIUM_KINDS: readonly string[] = [
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
];

/** A policy of Cilium may be several in one: their places. */
export function ciliumSpecs(place: Place, gaps: Gaps): Place[] {
  const one = placeAt(place, "spec", gaps);
  return [...(one.value === null ? [] : [one]), ...placesAt(place, "specs", gaps)];
}

/** @returns null for one that selects nodes. */
export function ciliumPolicyOf(kind: string, spec: Place, gaps: Gaps): NetworkPolicy | null {
  const selector = spec.value?.["endpointSelector"];
  if (!isPlain(selector)) return null;
  return {
    maker: "cilium",
    hasSelector: true,
    isClusterWide: kind === "CiliumClusterwideNetworkPolicy",
    selector: plainSelector(selector),
    ingress: directionOf(spec, { rules: "ingress", denied: "ingressDeny", side: "from" }, gaps),
    egress: directionOf(spec, { rules: "egress", denied: "egressDeny", side: "to" }, gaps),
  };
}

interface Words {
  readonly rules: string;
  readonly denied: string;
  readonly side: "from" | "to";
}

function directionOf(spec: Place, { rules, denied, side }: Words, gaps: Gaps): Direction {
  const all = placesAt(spec, rules, gaps);
  const isDefault = placeAt(spec, "enableDefaultDeny", gaps).value?.[rules];
  const hasDenials = itemsAt(spec, denied, gaps).length > 0;
  return {
    isPoliced: (all.length > 0 || hasDenials) && isDefault !== false,
    hasDenials,
    rules: all.flatMap((rule) => openingOf(rule, side, gaps)),
  };
}

function openingOf(rule: Place, side: "from" | "to", gaps: Gaps): Opening[] {
  const { value, at } = rule;
  const keys = Object.keys(value ?? {});
  const hasPorts = keys.includes(`${side === "from" ? "to" : side}Ports`) || keys.includes("icmps");
  const names = keys.filter((key) => key.startsWith(side) && key !== "toPorts");
  if (names.length === 0) return hasPorts ? [{ at, peers: [], hasPorts, ports: [] }] : [];
  const peers = names.flatMap((name) =>
    itemsAt(rule, name, gaps).map((one, i) => peerOf(name, one, `${at}/${name}/${i}`)),
  );
  return peers.length === 0 ? [] : [{ at, peers, hasPorts, ports: [] }];
}

const EVERYBODY: ReadonlySet<unknown> = new Set(["all", "world"]);

function peerOf(name: string, written: unknown, at: string): Peer {
  const nobody = { at, cidr: null, except: [], isAnyPod: false, namespaces: null, pods: null };
  if (/Entities$/.test(name))
    return { ...nobody, cidr: EVERYBODY.has(written) ? "0.0.0.0/0" : null };
  if (/CIDR$/.test(name)) return { ...nobody, cidr: typeof written === "string" ? written : null };
  if (!/CIDRSet$/.test(name) || !isPlain(written)) return nobody;
  const { cidr, except } = written;
  return {
    ...nobody,
    cidr: typeof cidr === "string" ? cidr : null,
    except: Array.isArray(except) ? except.filter((one) => typeof one === "string") : [],
  };
}

/** Labels without the word for where they come from: `k8s:app` is a label of the pod, and so is `any:app`. */
function plainSelector({ matchLabels, matchExpressions }: Plain): Plain {
  const plain = (key: string): string => key.replace(/^(?:k8s|any):/, "");
  return {
    matchLabels: isPlain(matchLabels)
      ? Object.fromEntries(Object.entries(matchLabels).map(([key, is]) => [plain(key), is]))
      : {},
    matchExpressions: (Array.isArray(matchExpressions) ? matchExpressions : []).map(
      (one: unknown) =>
        isPlain(one) && typeof one["key"] === "string" ? { ...one, key: plain(one["key"]) } : one,
    ),
  };
}
