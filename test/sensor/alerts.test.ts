// What people get of alerts, from a real container: folded, sent on, linked to the image, and taken up again by what reads alerts.
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importBusybox } from "../lab/busybox-image.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");
const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox");

const RULES = `
- rule: shadow is read
  desc: d
  condition: evt.type in (open, openat, openat2) and fd.name = /etc/shadow
  output: shadow is read | file=%fd.name command=%proc.cmdline none=%proc.aname[9]
  priority: WARNING
- rule: a module is loaded
  desc: d
  condition: evt.type = init_module and proc.name = x
  output: o
  priority: WARNING
`;

describe.skipIf(hindrance !== null)(`alerts of a container (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let rules: string;
  let recording: string;
  let said: string;

  const bulwark = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [COMMAND, ...args], {
      ...{ encoding: "utf8", env, cwd: folder },
      // What else happens on this host is recorded, too.
      maxBuffer: 1 << 28,
    });
  const inContainer = (name: string, script: string): void => {
    execFileSync("docker", ["exec", name, "/bin/sh", "-c", script], { env, stdio: "ignore" });
  };

  beforeAll(async () => {
    engine = await startDocker();
    folder = mkdtempSync(join(tmpdir(), "bulwark-alerts-"));
    env = { ...process.env, DOCKER_HOST: engine.host, XDG_DATA_HOME: join(folder, "data") };
    rules = join(folder, "rules.yaml");
    recording = join(folder, "day.events");
    writeFileSync(rules, RULES);
    importBusybox(
      {
        name: "bulwark-alerts:1",
        programs: ["cat", "cp", "sleep"],
        files: { "etc/shadow": "" },
        changes: ["LABEL maintainer=team-web"],
      },
      env,
    );
    for (const name of ["web", "other"])
      execFileSync(
        "docker",
        ["run", "-d", "--network=none", "--name", name, "bulwark-alerts:1", "/bin/sleep", "600"],
        { env, stdio: "ignore" },
      );
    const scanned = bulwark("drift", "web", "--format", "json");
    expect(scanned.stderr).toBe("");

    const id = execFileSync("docker", ["inspect", "-f", "{{.Id}}", "web"], { env })
      .toString()
      .trim();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const watch = await new LabWatch(
      ["--rules", rules, "--container", id, "--record", recording, "--to", "file:sent.jsonl"],
      { env, cwd: folder },
    ).started();
    inContainer("other", "cat /etc/shadow");
    for (const word of ["a", "b", "c"]) inContainer("web", `: ${word}; cat /etc/shadow`);
    inContainer("web", ": > /etc/ld.so.preload");
    inContainer("web", "cp /bin/busybox /tmp/cat; exec /tmp/cat /etc/shadow");
    await watch.alerted((alert) => alert.fields["proc.exepath"] === "/tmp/cat", "the dropped one");
    expect(watch.alerts.map(({ fields }) => fields["container.name"])).not.toContain("other");
    writeFileSync(join(folder, "live.jsonl"), watch.lines.join("\n"));
    expect(await watch.stop()).toBe(0);
    said = watch.said;
  }, ENGINE_TIMEOUT_MS * 2);

  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("say where their executable comes from, and whose the image is", () => {
    const sent = readFileSync(join(folder, "sent.jsonl"), "utf8").trimEnd().split("\n");
    const alerts = sent.map((line) => JSON.parse(line));
    expect(alerts).toHaveLength(4);
    expect(alerts[0]).toMatchObject({
      rule: "shadow is read",
      output_fields: { "container.name": "web", "container.label.maintainer": "team-web" },
      origin: { package: null, isForeign: false },
    });
    expect(alerts.at(-1).origin).toMatchObject({ isForeign: true });
  });

  test("at the end it is said what it came to, and at the start what is meant", () => {
    expect(said).toMatch(/watching web \([0-9a-f]{12}\)/);
    expect(said).toMatch(/watched for .*, 4 alerts of 2 causes, 0 lost/);
    expect(said).toMatch(/file:sent\.jsonl: 4 sent/);
    expect(said).toMatch(/day\.events holds \d.* bulwark replay/);
  });

  test("a rule that no event can reach on this kernel is named", () => {
    const live = readFileSync(join(folder, "live.jsonl"), "utf8").split("\n");
    const started = live.map((line) => JSON.parse(line)).find(({ kind }) => kind === "started");
    const { state } = started.hooks.find(({ type }: { type: string }) => type === "init_module");
    const dead = { rule: "a module is loaded", missing: ["init_module"], isDead: true };
    expect(started.blindRules).toEqual(state === "attached" ? [] : [dead]);
  });

  test("live, replayed or sent, they are taken up by budget, exceptions and send", () => {
    const replayed = bulwark(
      "replay",
      recording,
      "--rules",
      rules,
      "--container",
      "web",
      "--format",
      "json",
    );
    expect(replayed.status).toBe(0);
    writeFileSync(join(folder, "replayed.jsonl"), replayed.stdout);
    for (const file of ["live.jsonl", "replayed.jsonl", "sent.jsonl"]) {
      const budget = bulwark("watch", "budget", file, "--format", "json");
      expect(JSON.parse(budget.stdout)).toMatchObject({ alerts: 4, causes: 2, exitCode: 0 });
      const exceptions = bulwark("watch", "exceptions", file);
      expect(exceptions.stdout).toContain("bulwark-alerts");
      expect(exceptions.stdout).toContain("/etc/shadow");
      const sent = bulwark("watch", "send", file, "--to", "stdout", "--once");
      expect(sent.stdout.trimEnd().split("\n")).toHaveLength(2);
    }
  }, 120_000);

  test("a recording tells of one container, and of the host only when asked", () => {
    const lines = (...more: string[]): string[] =>
      bulwark("replay", recording, "--rules", "none", "--format", "json", ...more)
        .stdout.trimEnd()
        .split("\n");
    const nameOf = (of: { name: string | null; id: string } | null): string | null =>
      of?.name ?? of?.id ?? null;
    const places = (all: readonly string[]): (string | null)[] => [
      // What others run here may have an id alone.
      ...new Set(all.map((line) => nameOf(JSON.parse(line).container))),
    ];
    expect(places(lines()).sort()).toEqual(expect.arrayContaining(["other", "web"]));
    expect(places(lines())).not.toContain(null);
    expect(places(lines("--all"))).toContain(null);
    expect(places(lines("--container", "web"))).toEqual(["web"]);
    const none = bulwark("replay", recording, "--container", "nope");
    expect(none.stderr).toMatch(/no container "nope".*\n.*hint: there is \S+ \(/);
  }, 60_000);

  test("without rules of one's own a recording is asked ours, each behind the event that raises it", () => {
    const { stdout, stderr, status } = bulwark(
      "replay",
      recording,
      "--format",
      "json",
      "--container",
      "web",
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/\b1 alert\n/);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const at = lines.findIndex(({ kind }) => kind === "alert");
    expect(lines[at]).toMatchObject({
      rule: "A library is set to be loaded into every program",
      fields: { "container.name": "web" },
    });
    expect(lines[at - 1]).toMatchObject({
      subject: "/etc/ld.so.preload",
      container: { name: "web" },
    });
    expect(lines.length).toBeGreaterThan(20);
  }, 60_000);

  test("it ends when nobody reads it any more", async () => {
    const child = spawn(
      "sh",
      ["-c", `"${process.execPath}" "${COMMAND}" watch --all | head -n 1`],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const noise = setInterval(() => spawn("/bin/true"), 200);
    const code = await new Promise((done) => child.once("exit", done));
    clearInterval(noise);
    expect(code).toBe(0);
  }, 60_000);
});
