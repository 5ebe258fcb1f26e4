// Files of which what was read is what will run.
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ObservedFile } from "../../model/drift.ts";
import type { AllowedFile } from "../../model/watching.ts";
import { openFolder, openInside } from "../container/open-inside.ts";
import { FileReader } from "../container/read-file.ts";
import { codeOf } from "../error-code.ts";
import { hostRoot } from "../host-root.ts";
import type { KernelFile, Probe } from "./probe.ts";

/** Engines put these into containers as their first process, from the host. */
const FIRST_PROCESSES = ["usr/bin/docker-init", "sbin/docker-init", "usr/libexec/podman/catatonit"];

/** Those of the files of a container whose content is still as it was found, as the kernel knows them. */
export async function settledFiles(
  pid: number,
  files: readonly ObservedFile[],
  probe: Probe,
  signal: AbortSignal,
): Promise<AllowedFile[]> {
  const root = openFolder(`/proc/${pid}/root/.`);
  try {
    const found: AllowedFile[] = [];
    for (const one of files) {
      const file = await settled(root, one, probe, signal);
      if (file !== null) found.push(file);
    }
    return found;
  } finally {
    closeSync(root);
  }
}

/** Times of change may stand still for so long while a file is written to. */
const CLOCK_STEP_MS = 20;
/** The same of file systems that keep whole seconds, as ext4 with small inodes. */
const COARSE_STEP_MS = 2_000;
const SECOND_NS = 1_000_000_000n;

/**
 * A file whose content was compared, as the kernel knows it: nobody wrote to it before it was read once more, nobody does now, and
 * whoever does later changes its time.
 */
async function settled(
  root: number,
  file: ObservedFile,
  probe: Probe,
  signal: AbortSignal,
): Promise<AllowedFile | null> {
  return withFile(root, file.path, async (fd) => {
    let before = probe.look(fd);
    if (before !== null && isJustChanged(before)) {
      await sleep(clockStep(before));
      before = probe.look(fd);
    }
    if (before === null || !isSettled(before)) return null;
    const { sha256 } = await new FileReader(signal).read(fd, file.path.split("/").at(-1) ?? "");
    const after = probe.look(fd);
    if (after === null || after.isWritten || sha256 !== file.sha256) return null;
    if (after.changedAt !== before.changedAt || after.sizeBytes !== before.sizeBytes) return null;
    return allowedFile(file.path, after);
  });
}

function isJustChanged(file: KernelFile): boolean {
  return Number(file.changedAt) / 1e6 > Date.now() - clockStep(file);
}

function clockStep({ changedAt }: KernelFile): number {
  return BigInt(changedAt) % SECOND_NS === 0n ? COARSE_STEP_MS : CLOCK_STEP_MS;
}

function isSettled(file: KernelFile): boolean {
  return !file.isWritten && !file.isInMemory && !isJustChanged(file);
}

function allowedFile(path: string, file: KernelFile): AllowedFile {
  const { device, inode, changedAt, sizeBytes } = file;
  return { path, device, inode, changedAt, sizeBytes };
}

/** First processes that engines bring along, as this host has them. */
export async function engineFiles(probe: Probe): Promise<AllowedFile[]> {
  const root = openFolder(`${hostRoot()}/`);
  try {
    const found: AllowedFile[] = [];
    for (const path of FIRST_PROCESSES) {
      const file = await withFile(root, path, async (fd) => probe.look(fd));
      if (file !== null) found.push(allowedFile(path, file));
    }
    return found;
  } finally {
    closeSync(root);
  }
}

/** @returns null also when there is no such file. */
async function withFile<T>(
  root: number,
  path: string,
  use: (fd: number) => Promise<T | null>,
): Promise<T | null> {
  let fd: number | null = null;
  try {
    ({ fd } = openInside(root, path));
    return await use(fd);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
