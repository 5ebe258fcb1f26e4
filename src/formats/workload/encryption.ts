// How the API server encrypts what it keeps in etcd. Keys are passed over.
// Source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data and .../reference/config-api/apiserver-config.v1
import { unknown } from "../../kit/fact.ts";
import type { EncryptionProvider, EncryptionRule } from "../../model/cluster-object.ts";
import { type Gaps, itemsAt, nameAt, type Place, placeAt, placesAt } from "./facts.ts";

/** Groups of the kinds that say so; the second is what Kubernetes before v1.13 read. */
export const ENCRYPTION_KINDS: readonly (readonly [kind: string, version: RegExp])[] = [
  ["EncryptionConfiguration", /^apiserver\.config\.k8s\.io\//],
  ["EncryptionConfig", /^v1$/],
];

/** @returns null for any other kind. */
export function encryptionRulesOf(kind: string, place: Place, gaps: Gaps): EncryptionRule[] | null {
  if (!ENCRYPTION_KINDS.some(([one]) => one === kind)) return null;
  return placesAt(place, "resources", gaps).map((rule) => ({
    at: rule.at,
    resources: itemsAt(rule, "resources", gaps).filter((name) => typeof name === "string"),
    providers: placesAt(rule, "providers", gaps).flatMap((one) => providerOf(one, gaps)),
  }));
}

function providerOf(place: Place, gaps: Gaps): EncryptionProvider[] {
  const [name, ...others] = Object.keys(place.value ?? {});
  if (name === undefined || others.length > 0 || !PROVIDERS.has(name)) {
    gaps.push(unknown(place.at, "an item of providers is not one provider that is known"));
    return [];
  }
  // Without a version it is the first, as the API server has it.
  const version = name === "kms" ? nameAt(placeAt(place, "kms", gaps), "apiVersion") || "v1" : "";
  return [{ at: `${place.at}/${name}`, name, version }];
}

const PROVIDERS: ReadonlySet<string> = new Set([
  "aescbc",
  "aesgcm",
  "identity",
  "kms",
  "secretbox",
]);
