import type { NodeFile, NodeFileKind } from "../../../model/node-files.ts";
import type { Severity } from "../../../model/severity.ts";
import type { RequirementOf } from "../../../stages/check/contract.ts";

type Requirement = RequirementOf<"cis-kubernetes-1.12">;

/** What a file of one kind must be, and the number of that in the benchmark. */
export interface FileRule {
  readonly kind: NodeFileKind;
  /** Of these files of the kind only; those whose names are not known may be such. */
  readonly only?: (file: NodeFile) => boolean;
  /** Absent where a rule is about permissions alone. */
  readonly owner?: { readonly cis: Requirement; readonly severity: Severity };
  /** `most`: the permissions that it may have. */
  readonly mode?: { readonly cis: Requirement; readonly severity: Severity; readonly most: number };
  /** Begins the names of its aspects. */
  readonly aspect: string;
}

type Two = readonly [owner: Requirement, mode: Requirement];

function plain(kind: NodeFileKind, [owner, mode]: Two, severity: Severity = "medium"): FileRule {
  return {
    kind,
    aspect: kind,
    owner: { cis: owner, severity },
    mode: { cis: mode, severity, most: 0o600 },
  };
}

/** By the numbers of the CIS Kubernetes Benchmark. etcd's data is asked for by a rule of its own. */
export const FILE_RULES: readonly FileRule[] = [
  plain("api-server-manifest", ["1.1.2", "1.1.1"]),
  plain("controller-manager-manifest", ["1.1.4", "1.1.3"]),
  plain("scheduler-manifest", ["1.1.6", "1.1.5"]),
  plain("etcd-manifest", ["1.1.8", "1.1.7"]),
  plain("cni", ["1.1.10", "1.1.9"]),
  plain("admin-config", ["1.1.14", "1.1.13"], "high"),
  plain("scheduler-config", ["1.1.16", "1.1.15"]),
  plain("controller-manager-config", ["1.1.18", "1.1.17"]),
  {
    kind: "etcd-data",
    aspect: "etcd-data",
    mode: { cis: "1.1.11", severity: "high", most: 0o700 },
  },
  { kind: "pki", aspect: "pki", owner: { cis: "1.1.19", severity: "high" } },
  {
    kind: "pki",
    aspect: "pki-certificate",
    only: ({ path }) => /^$|\.crt$|\*$/.test(path),
    mode: { cis: "1.1.20", severity: "low", most: 0o644 },
  },
  {
    kind: "pki",
    aspect: "pki-key",
    only: ({ path }) => /^$|\.key$|\*$/.test(path),
    mode: { cis: "1.1.21", severity: "high", most: 0o600 },
  },
  plain("kubelet-service", ["4.1.2", "4.1.1"]),
  plain("proxy-config", ["4.1.4", "4.1.3"]),
  plain("kubelet-kubeconfig", ["4.1.6", "4.1.5"], "high"),
  {
    ...plain("client-authority", ["4.1.8", "4.1.7"]),
    mode: { cis: "4.1.7", severity: "medium", most: 0o644 },
  },
  plain("kubelet-config", ["4.1.10", "4.1.9"]),
];

/** Of 1.1.12: that root has the data of an etcd that runs as root is another matter than that somebody else has it. */
export const ETCD_OWNER = "etcd-data-owner";
export const ETCD_OF_ROOT = "etcd-data-of-root";
