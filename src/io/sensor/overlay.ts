import { statfsSync, statSync } from "node:fs";
import { hostRoot } from "../host-root.ts";
import { deviceOf } from "./proc.ts";

const OVERLAY = 0x794c7630;

/**
 * The device of the kernel's overlay that a folder lies on, as the kernel has it: of folders stat(2) tells it truly.
 *
 * @returns null when it lies on no overlay of the kernel's (fuse-overlayfs is none), or is not there.
 */
export function overlayDevice(folder: string): number | null {
  try {
    if (statfsSync(folder).type !== OVERLAY) return null;
    return deviceOf(statSync(folder).dev);
  } catch {
    return null;
  }
}

/** The same of a folder that the host knows by this name. */
export function hostOverlay(folder: string | null): number | null {
  return folder === null ? null : overlayDevice(`${hostRoot()}${folder}`);
}
