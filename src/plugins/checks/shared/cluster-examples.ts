// Examples of objects that run nothing, in few words.
import type { Example } from "../../../stages/check/contract.ts";

type Members = Readonly<Record<string, unknown>>;

export function kubernetesObject(
  apiVersion: string,
  kind: string,
  members: Members,
  metadata: Members = {},
): Example {
  return {
    format: "kubernetes",
    document: { apiVersion, kind, metadata: { name: "example", ...metadata }, ...members },
  };
}

const VERSIONS: Readonly<Record<string, string>> = { NetworkPolicy: "networking.k8s.io/v1" };

/** Objects that are looked at together. */
export function cluster(...objects: readonly Members[]): Example {
  const items = objects.map((object) => ({
    apiVersion: VERSIONS[String(object["kind"])] ?? "v1",
    ...object,
  }));
  return { format: "cluster", document: { apiVersion: "v1", kind: "List", items } };
}
