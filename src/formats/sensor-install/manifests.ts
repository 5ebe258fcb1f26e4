import { SENSOR_CAPABILITIES, SENSOR_MEMORY_MIB } from "./rights.ts";

export interface SensorSet {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** Of `bulwark watch`. */
  readonly args: readonly string[];
  /** Rules: by name; empty for those that are built in. */
  readonly files: ReadonlyMap<string, string>;
}

/** Where files of rules lie in the sensor's container. */
export const RULES_FOLDER = "/etc/bulwark/rules";

type Manifest = Readonly<Record<string, unknown>>;

/** A sensor on every node of a cluster, in the order in which its objects are to be made. It asks nothing of the API. */
export function sensorManifests(set: SensorSet): Manifest[] {
  const { name, namespace, files } = set;
  const labels = labelsOf(name);
  const metadata = { name, namespace, labels };
  // It sees the processes of the host, which no other level lets it.
  const level = { "pod-security.kubernetes.io/enforce": "privileged" };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, ...level } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    ...(files.size === 0
      ? []
      : [{ apiVersion: "v1", kind: "ConfigMap", metadata, data: Object.fromEntries(files) }]),
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata, spec: daemonSet(set) },
  ];
}

function labelsOf(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": "bulwark-sensor", "app.kubernetes.io/instance": name };
}

function daemonSet(set: SensorSet): Manifest {
  const matchLabels = labelsOf(set.name);
  return {
    selector: { matchLabels },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: matchLabels },
      spec: {
        serviceAccountName: set.name,
        automountServiceAccountToken: false,
        hostPID: true,
        // A node that is full or not ready is watched all the same.
        priorityClassName: "system-node-critical",
        tolerations: [{ operator: "Exists" }],
        nodeSelector: { "kubernetes.io/os": "linux" },
        terminationGracePeriodSeconds: 15,
        containers: [container(set)],
        volumes: [
          { name: "tracing", hostPath: { path: "/sys/kernel/tracing", type: "Directory" } },
          { name: "cgroups", hostPath: { path: "/sys/fs/cgroup", type: "Directory" } },
          { name: "state", emptyDir: { sizeLimit: "256Mi" } },
          ...(set.files.size === 0 ? [] : [{ name: "rules", configMap: { name: set.name } }]),
        ],
      },
    },
  };
}

function container({ image, args, files }: SensorSet): Manifest {
  const seen = (name: string, mountPath: string): Manifest => ({
    name,
    mountPath,
    readOnly: true,
  });
  return {
    name: "sensor",
    image,
    args,
    env: [{ name: "HOME", value: "/var/lib/bulwark" }],
    resources: {
      requests: { cpu: "50m", memory: "160Mi" },
      limits: { memory: `${SENSOR_MEMORY_MIB}Mi` },
    },
    securityContext: {
      runAsUser: 0,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: [...SENSOR_CAPABILITIES] },
      // The default profiles of older engines refuse bpf(2), and looking at processes of the host.
      seccompProfile: { type: "Unconfined" },
      appArmorProfile: { type: "Unconfined" },
    },
    volumeMounts: [
      seen("tracing", "/sys/kernel/tracing"),
      seen("cgroups", "/sys/fs/cgroup"),
      { name: "state", mountPath: "/var/lib/bulwark" },
      ...(files.size === 0 ? [] : [seen("rules", RULES_FOLDER)]),
    ],
  };
}
