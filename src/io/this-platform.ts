import { release } from "node:os";
import type { Platform } from "../model/artifact.ts";

/** Node's names of processors that differ from those of images. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x64", "amd64"],
  ["ia32", "386"],
  ["mipsel", "mipsle"],
  // Node runs on the little-endian kind only.
  ["ppc64", "ppc64le"],
]);

/** The platform of the images that this machine runs: Linux, also where an engine keeps it in a virtual machine. */
export function thisPlatform(): Platform {
  return { os: "linux", architecture: ARCHITECTURES.get(process.arch) ?? process.arch };
}

/** The version of the kernel that runs, as it says it itself. */
export function kernelRelease(): string {
  return release();
}
