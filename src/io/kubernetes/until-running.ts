// Waiting for what a cluster was told to run.
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../kit/error.ts";
import type { ClusterApi, ClusterObject } from "./api.ts";

interface Watching {
  readonly progress: (text: string | null) => void;
  readonly signal: AbortSignal;
}

const LOOK_MS = 1_000;

/**
 * Waits until a Deployment has a pod that is ready: a cluster that asks pods which cannot start would start nothing any more.
 *
 * @param object `NAMESPACE/NAME`, for people.
 * @param limitMs How long.
 * @throws {AppError} `cluster-failed` when none is there in time.
 */
export async function untilRunning(
  api: ClusterApi,
  { path, object }: { readonly path: string; readonly object: string },
  limitMs: number,
  { progress, signal }: Watching,
): Promise<void> {
  for (const begun = Date.now(); !hasPod(await api.read(path)); ) {
    if (Date.now() - begun >= limitMs) {
      progress(null);
      throw late(path, object, limitMs);
    }
    progress(`waiting for Deployment ${object} to run`);
    await sleep(Math.min(LOOK_MS, limitMs), undefined, { signal });
  }
}

function hasPod(deployment: ClusterObject | null): boolean {
  const status = deployment?.["status"];
  const isTold = typeof status === "object" && status !== null && "availableReplicas" in status;
  return isTold && Number(status.availableReplicas) > 0;
}

function late(path: string, object: string, limitMs: number): AppError {
  const [namespace = ""] = object.split("/");
  return new AppError(
    "cluster-failed",
    `cannot tell the cluster to ask Deployment ${JSON.stringify(object)}: none of its pods is ready after ${limitMs / 1000} seconds`,
    {
      subject: path,
      hint: `kubectl -n ${namespace} describe pods tells why; then run the same command again`,
    },
  );
}
