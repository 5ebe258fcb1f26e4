// The default set over ordinary life, in short (bench/quiet.ts has an hour of it): a rule that becomes noisy is found, and so is one
// that does not find its canary beside it.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { makeCanaryImage } from "./own/canaries.ts";
import { Findings, isNoise } from "./quiet/findings.ts";
import {
  LITTLE_CHORES,
  LITTLE_IMAGE,
  LITTLE_SERVICES,
  littleParts,
  makeLittleImage,
} from "./quiet/little.ts";
import { type ServiceHealth, Stretch } from "./quiet/stretch.ts";

const missing =
  sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox", "clang", "dpkg-deb");
const parts = missing ?? (await littleParts());
const hindrance = typeof parts === "string" ? parts : null;
const SETTLE_MS = 1_500;

describe.skipIf(hindrance !== null)(`ordinary life (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let watch: LabWatch;
  let stretch: Stretch;
  let found: Findings;
  let health: readonly ServiceHealth[];

  beforeAll(async () => {
    if (typeof parts === "string") return;
    engine = await startDocker();
    makeCanaryImage(engine);
    makeLittleImage(engine, parts);
    watch = await new LabWatch(["--quiet"]).started();
    stretch = new Stretch(engine, LITTLE_IMAGE, LITTLE_SERVICES);
    found = new Findings(watch, stretch);
    await stretch.start();
    await Promise.all([stretch.do(LITTLE_CHORES), stretch.playCanaries(0)]);
    while ((await stretch.health()).some(({ status }) => status === "starting")) await sleep(500);
    await sleep(SETTLE_MS);
    health = await stretch.health();
    expect(await watch.stop()).toBe(0);
  }, 2 * ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    await watch?.stop();
    stretch?.stop();
    await engine?.stop();
  }, 30_000);

  test("really happened", () => {
    expect(stretch.failed).toEqual([]);
    expect(health).toEqual([{ name: "web", status: "healthy", checks: expect.any(Number) }]);
    expect(health[0]?.checks).toBeGreaterThan(0);
  });

  test("raises nothing that wakes anybody", () => {
    expect(found.ordinary().filter(isNoise)).toEqual([]);
    const below = found.ordinary().map(({ rule }) => rule);
    expect(below).toEqual(["Software is installed in a running container"]);
  });

  test("hides no attack beside it", () => {
    const missed = found.canaries(1).filter(({ latencyMs }) => latencyMs === null);
    expect(missed.map(({ rule }) => rule)).toEqual([]);
    expect(found.canaries(1).length).toBeGreaterThanOrEqual(20);
  });

  test("is seen whole", () => {
    expect(found.lost).toEqual([]);
  });
});
