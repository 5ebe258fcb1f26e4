// Which programs nodes say they run, and which of their versions advisories can be matched with.
import { expect, test } from "vitest";
import { readClusterObjects } from "./cluster-object.ts";
import { clusterPackages } from "./cluster-packages.ts";

function nodes(...told: readonly (readonly [kubelet: string, runtime: string])[]) {
  return told.flatMap(([kubeletVersion, containerRuntimeVersion], i) =>
    readClusterObjects({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: `n${i}` },
      status: { nodeInfo: { kubeletVersion, containerRuntimeVersion } },
    }),
  );
}

test("each version once, with whatever runs it", () => {
  const all = nodes(["v1.30.4", "containerd://1.7.20"], ["v1.30.4", "containerd://2.0.1"]);
  const { packages, problems } = clusterPackages(all, "v1.30.4");
  expect(packages.map(({ purl, locations }) => [purl, locations.map(({ path }) => path)])).toEqual([
    ["pkg:golang/k8s.io/kubernetes@v1.30.4", ["the API server", "node n0", "node n1"]],
    ["pkg:golang/github.com/containerd/containerd@v1.7.20", ["node n0"]],
    ["pkg:golang/github.com/containerd/containerd/v2@v2.0.1", ["node n1"]],
  ]);
  expect(problems).toEqual([RUNC("node n0 and 1 more")]);
});

/** No object tells it, which must not look like a pass. */
const RUNC = (on: string) => ({
  code: "nothing-recognised",
  detail: `which runc runs on ${on} is in no object, so its flaws are not known: bulwark audit host, on the node, tells`,
});

test.each([
  ["v1.30.4+k3s1", true],
  ["v1.30.4+rke2r1", true],
  ["v1.31.0-rc.1", true],
  ["v1.30.4-eks-a737599", false],
  ["v1.30.4-gke.1348000", false],
  ["1.6.20~ds1", false],
  ["", false],
])("Kubernetes %s", (version, isMatched) => {
  const { packages, problems } = clusterPackages(nodes([version, "cri-o://1.30.0"]), "v1.30.0");
  const own = packages.filter(({ locations }) => locations[0]?.path === "node n0");
  expect(own.map(({ name }) => name)).toEqual([
    ...(isMatched ? ["k8s.io/kubernetes"] : []),
    "github.com/cri-o/cri-o",
  ]);
  const others = problems.filter(({ code }) => code !== "nothing-recognised");
  expect(others.map(({ code }) => code)).toEqual(isMatched ? [] : ["ecosystem-unsupported"]);
});

test("what nothing tells is said", () => {
  expect(clusterPackages([], null).problems.map(({ detail }) => detail)).toEqual([
    "nothing tells which version the API server is",
    "no nodes were told of, so their versions are not known",
  ]);
});

test.each([
  [{ gitVersion: "v1.30.4", goVersion: "go1.22" }, "v1.30.4"],
  [
    { clientVersion: { gitVersion: "v1.33.0" }, serverVersion: { gitVersion: "v1.30.4" } },
    "v1.30.4",
  ],
])("%j tells the version of the API server", (document, release) => {
  expect(readClusterObjects(document).map((one) => one.release)).toEqual([release]);
});
