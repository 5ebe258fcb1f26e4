// Every stock rule, live: real processes in real containers (or on the host, where the rule is about the host) do what its condition
// says, and of the stable rules that one alone is raised.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Alert } from "../../src/model/alert.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { sharedPath } from "../shared.ts";
import { blindness, byMark, fillRoot, programsOf } from "./stock/stage.ts";
import {
  API_SERVER,
  PLACES,
  type Place,
  PROGRAMS,
  STEP_RULE,
  STOCK_STEPS,
  type StockStep,
  TUNING,
} from "./stock/steps.data.ts";

const hindrance =
  sensorHindrance() ??
  dockerHindrance() ??
  podmanHindrance() ??
  missingPrograms("busybox", "clang", "unshare");
const FILES = ["falco_rules.yaml", "falco-incubating_rules.yaml"].map((name) =>
  sharedPath(join("fixtures/runtime/falco-rules", name)),
);
const ACTOR = resolve(import.meta.dirname, "falco/actor.c");
const IMAGE = "bulwark-stock:1";
const STEPS_MS = 90_000;

describe.skipIf(hindrance !== null)(`stock rules, live (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-stock-"));
  const actor = join(folder, "actor");
  let docker: LabEngine;
  let podman: Awaited<ReturnType<typeof startPodman>>;
  let watch: LabWatch;
  let raised: ReadonlyMap<StockStep, readonly Alert[]> = new Map();

  beforeAll(
    async () => {
      execFileSync("clang", ["-static", "-O1", "-o", actor, ACTOR]);
      fillRoot(join(folder, "root"), actor, STOCK_STEPS);
      [docker, podman] = await Promise.all([startDocker(), startPodman("overlay")]);
      const archive = execFileSync("tar", ["-C", join(folder, "root"), "-c", "."], {
        maxBuffer: 1 << 30,
      });
      for (const [program, options] of [
        ["docker", ["--host", docker.host]],
        ["podman", podman.options],
      ] as const) {
        execFileSync(program, [...options, "import", "-", IMAGE], {
          input: archive,
          stdio: ["pipe", "ignore", "pipe"],
        });
      }
      writeFileSync(join(folder, "tuning.yaml"), TUNING + STEP_RULE);
      const hosts = readFileSync("/etc/hosts", "utf8");
      writeFileSync(
        join(folder, "hosts"),
        `${hosts}\n${API_SERVER} kubernetes.default.svc.cluster.local\n`,
      );
      const rules = [...FILES, join(folder, "tuning.yaml")].flatMap((path) => ["--rules", path]);
      watch = await new LabWatch(rules, {}, withHosts(join(folder, "hosts"))).started();
      await Promise.all([...Object.keys(PLACES), "host"].map((place) => play(place as Place)));
      await sleep(1_500);
      raised = byStep(watch.alerts);
    },
    2 * ENGINE_TIMEOUT_MS + STEPS_MS,
  );

  afterAll(async () => {
    await watch?.stop();
    await Promise.all([docker?.stop(), podman?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  async function play(place: Place): Promise<void> {
    if (place === "host") return playOutside();
    const { engine, options } = PLACES[place];
    const [program, own] =
      engine === "docker"
        ? ["docker", ["--host", docker.host]]
        : ["podman", [...podman.options, "--runtime", "runc"]];
    const limits =
      engine === "podman" ? ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"] : [];
    const name = `--name=stock-${place}`;
    const script = ["/bin/sh", `/steps/${place}`];
    const run = ["run", "--rm", name, ...limits, ...options, IMAGE, ...script];
    await ended(program, [...own, ...run]);
  }

  /** Programs of the host lie in a folder of ours; their words say which step they are. */
  async function playOutside(): Promise<void> {
    for (const [at, step] of STOCK_STEPS.entries()) {
      if (step.place !== "host") continue;
      for (const name of programsOf([step])) cpSync(actor, join(folder, name));
      const script = step.script.replaceAll(`${PROGRAMS}/`, `${folder}/`);
      const marked = script.replaceAll("|0|", `|0|${markOf(at)}`).replace("/actor", actor);
      await ended("sh", ["-c", marked]);
    }
  }

  test("every stock rule has its steps, and once", () => {
    const rules = FILES.flatMap((path) => parse(readFileSync(path, "utf8")) as { rule?: string }[])
      .flatMap(({ rule }) => rule ?? [])
      .sort();
    expect(rules.length).toBe(56);
    expect(STOCK_STEPS.map(({ rule }) => rule).sort()).toEqual(rules);
  });

  for (const step of STOCK_STEPS) {
    const blind = blindness(step);
    test.skipIf(blind !== null)(`${step.rule}: no other stable rule (${blind ?? "real"})`, () => {
      const alerts = raised.get(step) ?? [];
      expect(alerts.map(({ rule }) => rule)).toContain(step.rule);
      const stable = alerts.filter(({ tags }) => tags.includes("maturity_stable"));
      const others = stable.filter(({ rule }) => rule !== step.rule);
      expect(others.map(({ output }) => output)).toEqual([]);
    });
  }

  test("nothing was lost", () => {
    expect(watch.state?.counts.filter(({ dropped }) => dropped > 0)).toEqual([]);
  });
});

/** The sensor with another file of hosts, in mounts of its own that follow those of the host. */
function withHosts(file: string): string[] {
  const script = `mount --bind ${file} /etc/hosts && exec "$0" "$@"`;
  return ["unshare", "--mount", "--propagation=slave", "sh", "-c", script];
}

async function ended(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: STEPS_MS });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  const status = await new Promise((done) => child.once("close", done));
  if (status === 125) throw new Error(said);
}

const markOf = (at: number): string => `bulwark-step-${at}`;

/** Alerts of a container belong to the step that began last in it, those before any to its begin; of the host's, those with a mark. */
function byStep(alerts: readonly Alert[]): Map<StockStep, Alert[]> {
  const found = new Map<StockStep, Alert[]>(STOCK_STEPS.map((step) => [step, []]));
  const nameOf = ({ fields }: Alert): string => String(fields["container.name"] ?? "host");
  for (const place of Object.keys(PLACES)) {
    const own = alerts.filter((alert) => nameOf(alert) === `stock-${place}`);
    const begin = STOCK_STEPS.find((one) => one.place === place && one.script === "");
    for (const [at, some] of byMark(own)) {
      const step = STOCK_STEPS[at] ?? begin;
      if (step !== undefined) found.get(step)?.push(...some);
    }
  }
  for (const alert of alerts.filter((one) => nameOf(one) === "host")) {
    const step = STOCK_STEPS.find((_, at) => alert.output.includes(`${markOf(at)} `));
    if (step !== undefined) found.get(step)?.push(alert);
  }
  return found;
}
