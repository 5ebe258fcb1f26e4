import { resolve } from "node:path";
import type { ScanResult } from "../model/scan.ts";

/** What stands before a path that is named with its kind. */
const SCHEME = /^(oci|oci-archive|docker-archive|rootfs|dir|sbom|sarif):/;

/**
 * A result as the record keeps it. What lies on this machine is named by its whole path, because `.` and `oci:image` mean
 * something else in the next folder, and one would take the other's place.
 *
 * @param folder Where the program was started.
 */
export function remembered(result: ScanResult, folder: string): ScanResult {
  const { artifact } = result;
  if (artifact.reference !== null) return result;
  // An image that could not be had is named in words, one of an engine by the engine's name for it.
  const isNowhere = artifact.kind === "image" && artifact.digest === null;
  if (isNowhere || /^(docker|podman|registry):/.test(artifact.target)) return result;
  const named = artifact.namesImagesIn?.map((path) => resolve(folder, path));
  const target = wholePath(artifact.target, folder);
  return {
    ...result,
    artifact: { ...artifact, target, ...(named === undefined ? {} : { namesImagesIn: named }) },
  };
}

function wholePath(target: string, folder: string): string {
  const scheme = SCHEME.exec(target)?.[0] ?? "";
  const path = resolve(folder, target.slice(scheme.length));
  // A path alone means the same of these.
  return ["dir:", "sbom:", "sarif:"].includes(scheme) ? path : scheme + path;
}
