// Each of our own rules, live: real processes in real containers do what its condition says, and that rule alone is raised.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../src/model/alert.ts";
import { rules } from "../../src/plugins/rules/index.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  importRoot,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { canaryArguments, makeCanaryImage } from "./own/canaries.ts";
import { OWN_EVASIONS, OWN_PLACES, OWN_STEPS, type OwnPlace } from "./own/steps.data.ts";
import { blindness, byMark } from "./stock/stage.ts";
import { STEP_RULE } from "./stock/steps.data.ts";

const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox", "clang");

describe.skipIf(hindrance !== null)(`our own rules, live (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-own-"));
  let engine: LabEngine;
  let watch: LabWatch;
  /** By the step's place in the table. */
  const raised = new Map<number, readonly Alert[]>();

  beforeAll(async () => {
    engine = await startDocker();
    makeCanaryImage(engine, [...OWN_STEPS, ...OWN_EVASIONS]);
    writeFileSync(join(folder, "step.yaml"), STEP_RULE);
    const asked = ["--rules", "bulwark", "--rules", join(folder, "step.yaml")];
    watch = await new LabWatch(asked).started();
    await Promise.all(OWN_PLACES.map(play));
    unpack();
    expect(await watch.stop()).toBe(0);
    for (const place of OWN_PLACES) {
      const own = watch.alerts.filter(({ fields }) => fields["container.name"] === nameOf(place));
      for (const [at, alerts] of byMark(own)) if (at >= 0) raised.set(at, alerts);
      expect(byMark(own).get(-1), "before any step").toEqual([]);
    }
  }, 2 * ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    await watch?.stop();
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const nameOf = (place: OwnPlace): string => `own-${place}`;

  async function play(place: OwnPlace): Promise<void> {
    const run = ["--host", engine.host, "run", "--rm", ...canaryArguments(place, nameOf(place))];
    const child = spawn("docker", run, { stdio: "ignore", timeout: ENGINE_TIMEOUT_MS });
    await new Promise((done) => child.once("close", done));
  }

  /** What a rule would raise on the host, in an image and in a container: both are written by the engine's service. */
  function unpack(): void {
    const root = join(folder, "root");
    mkdirSync(join(root, "root/.ssh"), { recursive: true });
    mkdirSync(join(root, "etc"));
    for (const path of ["root/.ssh/authorized_keys", "etc/ld.so.preload"])
      writeFileSync(join(root, path), "x\n");
    importRoot(engine, root, "lab-keys:1");
    const docker = (...words: string[]): void =>
      void execFileSync("docker", ["--host", engine.host, ...words], { stdio: "pipe" });
    docker("create", "--name", "own-copied", "lab-keys:1", "/none");
    docker("cp", join(root, "root/.ssh/authorized_keys"), "own-copied:/root/.ssh/authorized_keys");
    docker("rm", "own-copied");
    mkdirSync(join(folder, ".ssh"));
    // The same on the host itself, which is told.
    writeFileSync(join(folder, ".ssh/authorized_keys"), "");
  }

  test("an engine that unpacks raises nothing, and whoever writes on the host does", () => {
    const ofHost = watch.alerts.filter(({ fields }) => fields["container.id"] === "host");
    expect(ofHost.map(({ output }) => output).filter((text) => /dockerd/.test(text))).toEqual([]);
    const paths = ofHost.map(({ output }) => output).filter((text) => text.includes(folder));
    expect(paths.length).toBeGreaterThan(0);
  });

  test("every rule has its step", () => {
    expect(OWN_STEPS.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  });

  for (const [at, step] of OWN_STEPS.entries()) {
    const blind = blindness(step);
    test.skipIf(blind !== null)(`${step.id} and nothing else (${blind ?? "real"})`, () => {
      const { title, priority } = rules.find(({ id }) => id === step.id) ?? {};
      const alerts = raised.get(at) ?? [];
      expect([...new Set(alerts.map(({ rule }) => rule))]).toEqual([title]);
      expect(alerts[0]).toMatchObject({
        priority,
        fields: { "container.image.repository": "lab-canary" },
      });
    });
  }

  for (const [place, step] of OWN_EVASIONS.entries()) {
    test(`${step.id}: ${step.title}`, () => {
      const raisedBy = new Set((raised.get(OWN_STEPS.length + place) ?? []).map((one) => one.rule));
      const wanted = [step.id, step.also].flatMap((id) => rules.filter((one) => one.id === id));
      expect([...raisedBy].sort()).toEqual(wanted.map(({ title }) => title).sort());
    });
  }

  test("nothing was lost", () => {
    expect(watch.state?.counts.filter(({ dropped }) => dropped > 0)).toEqual([]);
  });
});
