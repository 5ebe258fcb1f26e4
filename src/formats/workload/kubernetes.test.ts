import { describe, expect, test } from "vitest";
import { ABSENT, known } from "../../kit/fact.ts";
import { readKubernetes } from "./kubernetes.ts";

const SPEC = { containers: [{ name: "app", image: "app:1" }] };

describe("where the pod is", () => {
  test.each<[string, object, string]>([
    ["Pod", { spec: SPEC }, "/spec"],
    ["Deployment", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    ["StatefulSet", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    ["DaemonSet", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    ["ReplicaSet", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    ["ReplicationController", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    ["Job", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
    [
      "CronJob",
      { spec: { jobTemplate: { spec: { template: { spec: SPEC } } } } },
      "/spec/jobTemplate/spec/template/spec",
    ],
    ["PodTemplate", { template: { spec: SPEC } }, "/template/spec"],
    ["Rollout", { spec: { template: { spec: SPEC } } }, "/spec/template/spec"],
  ])("%s", (kind, rest, podAt) => {
    const object = {
      apiVersion: "v1",
      kind,
      metadata: { name: "web", namespace: "shop" },
      ...rest,
    };
    const [workload] = readKubernetes(object);
    expect([workload?.kind, workload?.name, workload?.namespace, workload?.podAt]).toEqual([
      kind,
      "web",
      "shop",
      podAt,
    ]);
    expect(workload?.containers.map(({ name, at }) => `${name} ${at}`)).toEqual([
      `app ${podAt}/containers/0`,
    ]);
    expect(workload?.gaps).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["a config map", { apiVersion: "v1", kind: "ConfigMap", data: { spec: "x" } }],
    ["a service", { apiVersion: "v1", kind: "Service", spec: { ports: [] } }],
    ["a text", "Pod"],
    ["nothing", null],
  ])("%s has none", (_, object) => {
    expect(readKubernetes(object)).toEqual([]);
  });

  test("lists hold workloads, and so do those of the API, whose items do not say their kind", () => {
    const items = [
      { metadata: { name: "a" }, spec: SPEC },
      { kind: "Pod", spec: SPEC },
    ];
    const found = [
      { kind: "PodList", items },
      { kind: "List", items: [{ kind: "PodList", items }, { kind: "ConfigMap" }] },
    ].map((list) => readKubernetes(list).map(({ kind, at }) => `${kind} ${at}`));
    expect(found).toEqual([
      ["Pod /items/0", "Pod /items/1"],
      ["Pod /items/0/items/0", "Pod /items/0/items/1"],
    ]);
  });
});

test("containers are of four kinds", () => {
  const [workload] = readKubernetes({
    kind: "Pod",
    spec: {
      initContainers: [{ name: "i" }, { name: "s", restartPolicy: "Always" }],
      containers: [{ name: "c" }],
      ephemeralContainers: [{ name: "e" }],
    },
  });
  expect(workload?.containers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "i init",
    "s sidecar",
    "c regular",
    "e ephemeral",
  ]);
});

test("facts are known, absent or unknown, each with its place", () => {
  const [workload] = readKubernetes({
    kind: "Pod",
    spec: {
      hostNetwork: true,
      hostPID: "true",
      hostIPC: null,
      securityContext: { runAsUser: 0, sysctls: [{ name: "a" }, { name: 7 }] },
      containers: [
        { image: "{{ .Values.image }}", securityContext: { capabilities: { add: "ALL" } } },
      ],
    },
  });
  expect(workload?.host).toEqual({
    network: known(true, "/spec/hostNetwork"),
    pid: { state: "unknown", at: "/spec/hostPID", why: "hostPID is a text, not true or false" },
    ipc: ABSENT,
    uts: ABSENT,
    users: ABSENT,
  });
  expect(workload?.security.runAsUser).toEqual(known(0, "/spec/securityContext/runAsUser"));
  expect(workload?.sysctls.map(({ state }) => state)).toEqual(["known", "unknown"]);
  const [container] = workload?.containers ?? [];
  expect(container?.image.state).toBe("unknown");
  expect(container?.security.capabilitiesAdded.map(({ state }) => state)).toEqual(["unknown"]);
});

test.each<[string, object, string]>([
  ["no pod", {}, "the Pod has no pod"],
  ["a list of containers that is none", { spec: { containers: {} } }, "containers is a mapping"],
  ["a container that is none", { spec: { containers: ["a"] } }, "an item of containers is a text"],
  ["settings that are none", { spec: { securityContext: [] } }, "securityContext is a list"],
])("%s is a gap", (_, rest, why) => {
  const [workload] = readKubernetes({ kind: "Pod", ...rest });
  expect(workload?.gaps[0]?.why).toContain(why);
});

test.each<[string, object, string, string]>([
  ["without a type is an empty folder", {}, "emptyDir", "absent"],
  ["of the host has its path", { hostPath: { path: "/srv" } }, "hostPath", "/srv"],
  ["of the host without a path is unknown", { hostPath: {} }, "hostPath", "unknown"],
  ["with a type of null is an empty folder", { nfs: null }, "emptyDir", "absent"],
  ["with two types is unknown", { hostPath: { path: "/" }, emptyDir: {} }, "unknown", "unknown"],
])("a volume %s", (_, source, type, path) => {
  const [workload] = readKubernetes({ kind: "Pod", spec: { volumes: [{ name: "v", ...source }] } });
  const [volume] = workload?.volumes ?? [];
  const text = (fact: { state: string; value?: string } | undefined): string | undefined =>
    fact?.value ?? fact?.state;
  expect([text(volume?.type), text(volume?.hostPath)]).toEqual([type, path]);
});

test("lists that repeat their containers by aliases end", () => {
  const containers = Array.from({ length: 1000 }, () => ({ name: "a" }));
  const pod = { kind: "Pod", spec: { containers } };
  const workloads = readKubernetes({
    kind: "List",
    items: Array.from({ length: 1000 }, () => pod),
  });
  const all = workloads.reduce((sum, workload) => sum + workload.containers.length, 0);
  expect([all, workloads.at(-1)?.gaps.length]).toEqual([20_000, 1]);
});
