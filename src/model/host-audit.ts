import type { CheckResult } from "./check-result.ts";
import type { ScanResult } from "./scan.ts";

export const HOST_AUDIT_SCHEMA = "bulwark.dev/host-audit/v1";

/** What an audit of a host found: what is printed and what JSON output is. */
export interface HostAudit extends Omit<CheckResult, "schema"> {
  readonly schema: typeof HOST_AUDIT_SCHEMA;
  readonly host: HostSummary;
  /** The host's packages and its engines against advisories, as a scan of its own. */
  readonly packages: ScanResult;
}

/** What kind of host it is. */
export interface HostSummary {
  /** `""` where nothing tells. */
  readonly name: string;
  readonly isLive: boolean;
  /** Whether who looked may look everywhere. */
  readonly isWhole: boolean;
  readonly engines: readonly HostEngine[];
  /** Security modules that are on; null where that cannot be told. */
  readonly securityModules: readonly string[] | null;
  readonly cgroups: "v2" | "v1" | "unknown";
  /** How many containers run, of all engines that answered. */
  readonly containers: number;
}

export interface HostEngine {
  /** `Docker`, `containerd`, `runc`, `Podman`. */
  readonly name: string;
  /** null where nothing tells. */
  readonly version: string | null;
  /** `dockerd (process 812)`, `installed, and not running`. */
  readonly standing: string;
}
