import { describe, expect, it } from "vitest";
import { ownerOf } from "./owner.ts";

const BY = "system:serviceaccount:kube-system:replicaset-controller";
const made = (kind: string, name: string, hash?: string): object => ({
  metadata: {
    ownerReferences: [
      { kind: "Node", name: "n1" },
      { kind, name, controller: true },
    ],
    labels: hash === undefined ? {} : { "pod-template-hash": hash },
  },
});

const CASES: readonly (readonly [string, object | null, string, string | null])[] = [
  ["a pod of a Deployment", made("ReplicaSet", "web-5d4f", "5d4f"), BY, "Deployment/web"],
  ["a pod of a ReplicaSet of its own", made("ReplicaSet", "web"), BY, "ReplicaSet/web"],
  [
    "a hash that its name does not have",
    made("ReplicaSet", "web-1", "5d4f"),
    BY,
    "ReplicaSet/web-1",
  ],
  [
    "a pod of a DaemonSet",
    made("DaemonSet", "agent"),
    "system:kube-controller-manager",
    "DaemonSet/agent",
  ],
  ["somebody's word", made("DaemonSet", "agent"), "ann", null],
  [
    "an account of that name elsewhere",
    made("Job", "a"),
    "system:serviceaccount:shop:job-controller",
    null,
  ],
  ["no owner", { metadata: {} }, BY, null],
  ["owners that are no list", { metadata: { ownerReferences: { kind: "Job" } } }, BY, null],
  [
    "an owner without a name",
    { metadata: { ownerReferences: [{ kind: "Job", controller: true }] } },
    BY,
    null,
  ],
  [
    "one that is no controller",
    { metadata: { ownerReferences: [{ kind: "Job", name: "a" }] } },
    BY,
    null,
  ],
  ["no object", null, BY, null],
];

describe("what made an object", () => {
  it.each(CASES)("%s", (_, object, user, wanted) => {
    const owner = ownerOf(object, user);
    expect(owner === null ? null : `${owner.kind}/${owner.name}`).toBe(wanted);
  });
});
