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
