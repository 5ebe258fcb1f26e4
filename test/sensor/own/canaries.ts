// Real processes that do, in containers of Docker, what our own rules are about.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { importRoot, type LabEngine } from "../../lab/docker-engine.ts";
import { fillRoot } from "../stock/stage.ts";
import { PLACES } from "../stock/steps.data.ts";
import { OWN_STEPS, type OwnPlace, type OwnStep } from "./steps.data.ts";

/** Of the checkout in which the test or the bench was started. */
const ACTOR = resolve("test/sensor/falco/actor.c");
/** Without our name in it: images of agents that load programs into the kernel are left out by their names. */
export const CANARY_IMAGE = "lab-canary:1";

/** Needs busybox and clang. */
export function makeCanaryImage(engine: LabEngine, steps: readonly OwnStep[] = OWN_STEPS): void {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-canary-"));
  try {
    const actor = join(folder, "actor");
    execFileSync("clang", ["-static", "-O1", "-o", actor, ACTOR]);
    fillRoot(join(folder, "root"), actor, steps);
    importRoot(engine, join(folder, "root"), CANARY_IMAGE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `docker run` or `docker create` is told to play the steps of a place. */
export function canaryArguments(place: OwnPlace, name: string): string[] {
  const { options } = PLACES[place];
  return [`--name=${name}`, ...options, CANARY_IMAGE, "/bin/sh", `/steps/${place}`];
}
