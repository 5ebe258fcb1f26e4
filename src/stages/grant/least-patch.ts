// A proposal as a patch: what has to be said in a manifest, or in a Compose file that is laid over another one.
import type { LeastContainer } from "./least-container.ts";

/** A document that is merged into what is there. */
export interface LeastPatch {
  /** `kubectl patch` and Kustomize take one; `docker compose -f compose.yaml -f` the other. */
  readonly form: "kubernetes" | "compose";
  readonly document: object;
}

/** Where the pod stands in an object of a kind; in `spec.template` unless it is listed. */
const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};
const USUAL_PATH = ["spec", "template"];

/** API versions by kind; a kind of somebody's own is left for the reader to name. */
const API_VERSIONS: Readonly<Record<string, string>> = {
  Pod: "v1",
  ReplicationController: "v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
};

/**
 * The patch for one workload.
 *
 * @param least Its containers, at least one.
 * @param profileOf Under which name the seccomp profile of a container is found.
 */
export function leastPatch(
  least: readonly [LeastContainer, ...LeastContainer[]],
  profileOf: (one: LeastContainer) => string,
): LeastPatch {
  const { of } = least[0].use;
  if (of.platform !== "kubernetes")
    return {
      form: "compose",
      document: {
        services: Object.fromEntries(
          least.map((one) => [one.use.of.name, service(one, profileOf(one))]),
        ),
      },
    };
  const volumes = least.flatMap((one) => volumesOf(one));
  const pod = {
    spec: {
      containers: least.map((one) => containerPatch(one, profileOf(one))),
      ...(volumes.length === 0
        ? {}
        : { volumes: volumes.map(({ name }) => ({ name, emptyDir: {} })) }),
    },
  };
  const path = POD_PATHS[of.workloadKind] ?? USUAL_PATH;
  const body = path.reduceRight<object>((inner, key) => ({ [key]: inner }), pod);
  const metadata = {
    name: of.workload,
    ...(of.namespace === null ? {} : { namespace: of.namespace }),
  };
  const apiVersion = API_VERSIONS[of.workloadKind];
  return {
    form: "kubernetes",
    document: {
      ...(apiVersion === undefined ? {} : { apiVersion }),
      kind: of.workloadKind,
      metadata,
      ...body,
    },
  };
}

function containerPatch(one: LeastContainer, profile: string): object {
  const volumes = volumesOf(one);
  return {
    name: one.use.of.name,
    securityContext: {
      capabilities: capabilitiesOf(one),
      ...(isReadOnly(one) ? { readOnlyRootFilesystem: true } : {}),
      seccompProfile: { type: "Localhost", localhostProfile: profile },
    },
    ...(volumes.length === 0 ? {} : { volumeMounts: volumes }),
  };
}

function capabilitiesOf({ capabilities }: LeastContainer): object {
  const { add } = capabilities;
  return { drop: ["ALL"], ...(add.length === 0 ? {} : { add }) };
}

/** Only when all that it writes can go elsewhere. */
function isReadOnly({ folders }: LeastContainer): boolean {
  return folders.byHand.length === 0;
}

function volumesOf(one: LeastContainer): { name: string; mountPath: string }[] {
  if (!isReadOnly(one)) return [];
  return one.folders.scratch.map((mountPath) => ({
    name: `${one.use.of.name}${mountPath.replaceAll(/[^a-z0-9]+/g, "-")}`
      .slice(0, 63)
      .replace(/-$/, ""),
    mountPath,
  }));
}

function service(one: LeastContainer, profile: string): object {
  const { capabilities, folders } = one;
  return {
    cap_drop: ["ALL"],
    ...(capabilities.add.length === 0 ? {} : { cap_add: capabilities.add }),
    security_opt: [`seccomp=${profile}`],
    ...(isReadOnly(one) ? { read_only: true } : {}),
    ...(isReadOnly(one) && folders.scratch.length > 0 ? { tmpfs: folders.scratch } : {}),
  };
}

/** The same for who starts a container by hand: options of `docker run` and `podman run`. */
export function runOptions(one: LeastContainer, profile: string): string[] {
  const { capabilities, folders } = one;
  return [
    `--security-opt=seccomp=${profile}`,
    "--cap-drop=ALL",
    ...capabilities.add.map((name) => `--cap-add=${name}`),
    ...(isReadOnly(one)
      ? ["--read-only", ...folders.scratch.map((path) => `--tmpfs=${path}`)]
      : []),
  ];
}
