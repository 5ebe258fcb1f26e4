// Falco's own end-to-end cases, played live: real processes on the host and in a real container, the stock rules, and the alert that
// each case names. An alert counts for one case only.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../src/model/alert.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { sharedPath } from "../shared.ts";
import { falcoCases, type PlayedCase } from "./falco/cases.ts";
import { fillRoot, hostScript, uidOf } from "./falco/stage.ts";

const hindrance =
  sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox", "clang", "unshare");
const RULES = ["falco_rules.yaml", "falco-incubating_rules.yaml"].flatMap((name) => [
  "--rules",
  sharedPath(join("fixtures/runtime/falco-rules", name)),
]);
const ACTOR = resolve(import.meta.dirname, "falco/actor.c");
const CASES_MS = 120_000;
const LAST_ALERT_MS = 1_500;

describe.skipIf(hindrance !== null)(
  `Falco's end-to-end cases, live (${hindrance ?? "real"})`,
  () => {
    // A user that this host does not have has no name here.
    const cases = falcoCases().filter(({ processes }) =>
      processes.every(({ user }) => user === null || uidOf(user) !== null),
    );
    let missed: readonly PlayedCase[] = [];
    let engine: LabEngine;
    let folder: string;
    let watch: LabWatch;

    beforeAll(
      async () => {
        folder = mkdtempSync(join(tmpdir(), "bulwark-falco-"));
        const actor = join(folder, "actor");
        execFileSync("clang", ["-static", "-O1", "-o", actor, ACTOR]);
        engine = await startDocker();
        const inside = cases.filter(({ inContainer }) => inContainer);
        fillRoot(join(folder, "root"), actor, inside);
        const image = await imported(join(folder, "root"), engine);
        watch = await new LabWatch(RULES).started();
        playInside(image, engine);
        const script = join(folder, "host");
        writeFileSync(
          script,
          hostScript(
            cases.filter((one) => !inside.includes(one)),
            actor,
          ),
        );
        await playOutside(script);
        await sleep(LAST_ALERT_MS);
        missed = unmatched(cases, watch.alerts);
      },
      ENGINE_TIMEOUT_MS + 2 * CASES_MS,
    );

    afterAll(async () => {
      await watch?.stop();
      await engine?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);

    test("there are cases of each file", () => {
      expect(new Set(cases.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(10);
      expect(cases.length).toBeGreaterThan(180);
    });

    test.each([...new Set(cases.map(({ test: name }) => name))])("%s", (name) => {
      const without = missed.filter((one) => one.test === name);
      expect(without.map(({ processes, calls, fields }) => ({ processes, calls, fields }))).toEqual(
        [],
      );
    });

    test("nothing was lost", () => {
      expect(watch.state?.counts.filter(({ dropped }) => dropped > 0)).toEqual([]);
    });
  },
);

async function imported(root: string, { host }: LabEngine): Promise<string> {
  const name = "bulwark-falco:1";
  const archive = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 30 });
  const env = { ...process.env, DOCKER_HOST: host };
  execFileSync("docker", ["import", "-", name], {
    env,
    input: archive,
    stdio: ["pipe", "ignore", "pipe"],
  });
  return name;
}

/** A host that may not give all privileges gives the one that the cases are about. */
function playInside(image: string, { host }: LabEngine): void {
  const options = ["--rm", "--cap-add=SYS_ADMIN", "--network=none", "--tmpfs", "/dev/shm:exec"];
  // Containers have no IPv6 unless it is asked for.
  const network = "--sysctl=net.ipv6.conf.lo.disable_ipv6=0";
  const { status, stderr } = spawnSync(
    "docker",
    ["run", ...options, network, image, "/bin/sh", "/cases"],
    {
      env: { ...process.env, DOCKER_HOST: host },
      timeout: CASES_MS,
    },
  );
  if (status === 125) throw new Error(stderr.toString());
}

async function playOutside(script: string): Promise<void> {
  const child = spawn("unshare", ["-m", "sh", script], { stdio: "ignore" });
  await Promise.race([new Promise((done) => child.once("exit", done)), sleep(CASES_MS)]);
}

/** Cases for which no alert is left. */
function unmatched(cases: readonly PlayedCase[], alerts: readonly Alert[]): PlayedCase[] {
  const left = [...alerts];
  return cases.filter((one) => {
    const at = left.findIndex((alert) => isOf(one, alert));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/** Whether an alert is what a case expects: its rule, its priority and each field that the case names and the rule writes. */
function isOf({ rule, priority, fields }: PlayedCase, alert: Alert): boolean {
  if (alert.rule !== rule || alert.priority.toLowerCase() !== priority) return false;
  return Object.entries(fields).every(
    ([name, value]) => !Object.hasOwn(alert.fields, name) || String(alert.fields[name]) === value,
  );
}
