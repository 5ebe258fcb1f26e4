import type { CheckResult } from "./check-result.ts";
import type { Distribution } from "./cluster-object.ts";
import type { ComponentName } from "./component.ts";
import type { ScanResult } from "./scan.ts";

export const CLUSTER_AUDIT_SCHEMA = "bulwark.dev/cluster-audit/v1";

/** What an audit of a cluster found: what is printed and what JSON output is. */
export interface ClusterAudit extends Omit<CheckResult, "schema"> {
  readonly schema: typeof CLUSTER_AUDIT_SCHEMA;
  readonly cluster: ClusterSummary;
  /** Kubernetes and the runtimes of its nodes against advisories, as a scan of its own. */
  readonly packages: ScanResult;
}

export interface ClusterSummary {
  /** null for one that is set up as Kubernetes itself is, or that nothing tells of. */
  readonly distribution: Distribution | null;
  /** The version that the API server says it has; null where nothing tells. */
  readonly version: string | null;
  readonly nodes: readonly NodeSummary[];
  readonly components: readonly ComponentSummary[];
}

export interface NodeSummary {
  readonly name: string;
  /** `""` where it is not told. */
  readonly version: string;
  readonly runtime: string;
}

export interface ComponentSummary {
  readonly component: ComponentName;
  readonly name: string;
  /** Where it was read; `""` where nothing tells of it. */
  readonly path: string;
  /** `seen`; why nothing is asked of it, or can be told. */
  readonly standing: string;
}
