// The access graph of a large cluster: 25,000 pods and 5,000 subjects, built, and all ways to cluster-admin found; and a quarter of
// that, by which the cost is seen to be linear. Objects are in their normal form already: reading files is another figure.
import { readClusterObjects } from "../src/formats/workload/cluster-object.ts";
import { readKubernetes } from "../src/formats/workload/kubernetes.ts";
import type { ClusterObject } from "../src/model/cluster-object.ts";
import type { Workload } from "../src/model/workload.ts";
import { accessGraph } from "../src/stages/access/build.ts";
import { pathsTo } from "../src/stages/access/paths.ts";
import { verdictLine } from "./measure.ts";

const RBAC = "rbac.authorization.k8s.io/v1";
const RUNS = 5;

interface Made {
  readonly objects: readonly ClusterObject[];
  readonly workloads: readonly Workload[];
}

type Members = Readonly<Record<string, unknown>>;

/** Nine of ten have been started; the others ask for nodes, or for none. */
function placed(pod: number, nodes: number): Members {
  if (pod % 10 !== 0) return { nodeName: `node-${pod % nodes}` };
  return pod % 20 === 0 ? {} : { nodeSelector: { pool: `p${pod % 7}` } };
}

/** Lets in as many roles of a cloud, each under names of its choice. */
function awsAuth(roles: number): Members {
  const entries = Array.from({ length: roles }, (_, i) => {
    const name = `"arn:aws:iam::1:role/r${i}"`;
    return `- {rolearn: ${name}, username: "u${i}:{{SessionName}}", groups: [g${i}]}\n`;
  });
  const metadata = { name: "aws-auth", namespace: "kube-system" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { mapRoles: entries.join("") } };
}

/** One namespace in fifty pods; each subject with a role, fifty of them with one that leads on, however many there are. */
function made(pods: number, subjects: number): Made {
  const objects: ClusterObject[] = [];
  const workloads: Workload[] = [];
  const add = (object: Members): void => void objects.push(...readClusterObjects(object));
  const spaces = Math.ceil(pods / 50);
  const spaceOf = (at: number): string => `team-${at % spaces}`;
  for (let i = 0; i < spaces; i += 1) {
    const labels = i % 3 === 0 ? {} : { "pod-security.kubernetes.io/enforce": "baseline" };
    add({ apiVersion: "v1", kind: "Namespace", metadata: { name: `team-${i}`, labels } });
  }
  const nodes = Math.ceil(pods / 50);
  for (let i = 0; i < nodes; i += 1)
    add({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: `node-${i}`,
        labels: {
          pool: `p${i % 7}`,
          ...(i === 0 ? { "node-role.kubernetes.io/control-plane": "" } : {}),
        },
      },
    });
  for (let i = 0; i < subjects; i += 1) {
    const namespace = spaceOf(i);
    const metadata = { name: `account-${i}`, namespace };
    add({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    const verbs = i % (subjects / 50) === 0 ? ["create"] : ["get", "list"];
    const resources =
      i % (subjects / 50) === 0 ? ["pods", "pods/exec"] : ["configmaps", "pods", "services"];
    add({
      apiVersion: RBAC,
      kind: "Role",
      metadata,
      rules: [{ apiGroups: [""], resources, verbs }],
    });
    const subject = { kind: "ServiceAccount", name: `account-${i}`, namespace };
    const roleRef = { kind: "Role", name: `account-${i}` };
    add({ apiVersion: RBAC, kind: "RoleBinding", metadata, roleRef, subjects: [subject] });
    if (i % (subjects / 10) !== 0) continue;
    const wide = { kind: "ClusterRole", name: "cluster-admin" };
    add({
      apiVersion: RBAC,
      kind: "ClusterRoleBinding",
      metadata: { name: `wide-${i}` },
      roleRef: wide,
      subjects: [subject],
    });
  }
  add(awsAuth(Math.min(subjects, 1000)));
  for (let i = 0; i < pods; i += 1) {
    const container = {
      name: "app",
      image: "registry.example/app:1",
      securityContext: { privileged: i % (pods / 25) === 0 },
    };
    const spec = {
      ...placed(i, nodes),
      serviceAccountName: `account-${i % subjects}`,
      containers: [container, { name: "side", image: "side" }],
    };
    const metadata = {
      name: `pod-${i}`,
      namespace: spaceOf(i % subjects),
      labels: { app: `app-${i % 200}` },
    };
    workloads.push(...readKubernetes({ apiVersion: "v1", kind: "Pod", metadata, spec }));
  }
  return { objects, workloads };
}

/** Seconds of the processor, the median of some runs, and how many come to cluster-admin. */
function measured({ objects, workloads }: Made): {
  seconds: number;
  coming: number;
  edges: number;
} {
  const runs: number[] = [];
  let coming = 0;
  let edges = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const before = process.cpuUsage();
    const access = accessGraph({
      objects,
      workloads,
      admitsTakeover: (name) => ({
        isAdmitted: Number(name.slice(5)) % 3 === 0,
        supposed: "",
        namespace: null,
      }),
    });
    const sources = [access.internet, ...access.pods, ...access.identities];
    coming = pathsTo(access, sources, access.targets["cluster-admin"]).paths.length;
    edges = access.graph.edges.length;
    const { user, system } = process.cpuUsage(before);
    runs.push((user + system) / 1e6);
  }
  const seconds = runs.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
  return { seconds, coming, edges };
}

const large = measured(made(25_000, 5_000));
const small = measured(made(6_250, 1_250));
console.log("\naccess graph, seconds of the processor, paths and changes included");
for (const [name, one] of [
  ["25,000 pods, 5,000 subjects", large],
  ["6,250 pods, 1,250 subjects", small],
] as const)
  console.log(
    `  ${name.padEnd(34)} ${one.seconds.toFixed(3)} s, ${one.edges} edges, ${one.coming} come to cluster-admin`,
  );
console.log();
console.log(verdictLine("graph of 25,000 pods, all ways to cluster-admin", large.seconds, 5, "s"));
console.log(
  verdictLine(
    "four times as much; the collector and caches have their share",
    large.seconds / small.seconds,
    6.5,
  ),
);
