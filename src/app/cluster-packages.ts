// What a cluster says it runs, against advisories: Kubernetes itself and the runtimes of its nodes.
import { clusterPackages } from "../formats/workload/cluster-packages.ts";
import { now } from "../io/clock.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Suppression } from "../model/suppression.ts";
import type { Question } from "../stages/decide/decide.ts";
import { openAdvisories } from "./advisories.ts";
import { assess } from "./assess.ts";
import { plainExamined } from "./examined.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ClusterPackagesRequest {
  /** What is audited, as the user wrote it. */
  readonly target: string;
  readonly nodes: readonly ClusterObject[];
  /** What the API server says it is; null where nothing tells. */
  readonly release: string | null;
  /** Where the advisory store is; null for the usual place. */
  readonly db: string | null;
  readonly exceptions: readonly Suppression[];
  /** null when nobody asks for a verdict. */
  readonly question: Question | null;
}

/**
 * Matches them.
 *
 * @throws {AppError} `store-missing`, `store-invalid` for the advisory data.
 */
export async function scannedCluster(
  { target, nodes, release, db, exceptions, question }: ClusterPackagesRequest,
  { env }: Surroundings,
): Promise<ScanResult> {
  const at = now();
  const advisories = await openAdvisories(db, env, at);
  try {
    const inventory = { distribution: null, ...clusterPackages(nodes, release) };
    // Configuration would have no packages; these are what machines run.
    const examined = plainExamined({ kind: "filesystem", target }, inventory);
    const by = { vex: [], baseline: null, onlyFixable: false, attached: null, now: at };
    const assessment = { ...by, ...advisories, exceptions, question, overrideFor: () => null };
    return (await assess(examined, assessment)).result;
  } finally {
    advisories.close();
  }
}
