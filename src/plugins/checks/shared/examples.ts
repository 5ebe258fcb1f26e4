// Examples in few words: a pod that nobody could object to, but for what is given.
import type { Example } from "../../../stages/check/contract.ts";

type Members = Readonly<Record<string, unknown>>;

/** A pod with these members of its `spec`. */
export function pod(spec: Members, metadata: Members = {}): Example {
  return {
    format: "kubernetes",
    document: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "example", ...metadata },
      spec: { containers: [{ name: "app", image: "registry.example/app:1.2" }], ...spec },
    },
  };
}

/** A pod whose container has these members. */
export function podOf(container: Members): Example {
  return pod({ containers: [{ name: "app", image: "registry.example/app:1.2", ...container }] });
}

/** A pod whose container has this `securityContext`. */
export function podWith(securityContext: Members): Example {
  return podOf({ securityContext });
}

/** The same example for a minor version of Kubernetes. */
export function inVersion(version: number, example: Example): Example {
  return { ...example, version };
}
