// Rules that are read again while everything goes on: no gap, and no moment without rules.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const hindrance = sensorHindrance();

function rule(name: string, condition: string): string {
  return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: "%proc.cmdline"\n  priority: NOTICE\n`;
}

describe.skipIf(hindrance !== null)(`rules read again (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-reload-"));
  const file = join(folder, "rules.yaml");
  let watch: LabWatch;

  beforeAll(async () => {
    writeFileSync(file, rule("Old", "evt.type = execve and proc.args startswith old"));
    watch = await new LabWatch(["--rules", file]).started();
  }, 30_000);

  afterAll(async () => {
    await watch.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a hangup puts new rules in the place of the old, with kinds of events that nobody asked for before", async () => {
    execFileSync("/bin/echo", ["old", "1"]);
    await watch.alerted((alert) => alert.rule === "Old", "the old rule");
    writeFileSync(file, rule("New", "evt.type = mkdir and evt.arg.path endswith bulwark-new"));
    watch.signal("SIGHUP");
    await watch.reloaded(1);
    execFileSync("/bin/mkdir", [join(folder, "bulwark-new")]);
    await watch.alerted((alert) => alert.rule === "New", "the new rule");
    execFileSync("/bin/echo", ["old", "2"]);
    expect(watch.alerts.filter((alert) => alert.output === "echo old 2")).toEqual([]);
  });

  test("rules that cannot be used leave the old ones at work, and that is said", async () => {
    writeFileSync(file, rule("Broken", "evt.type = mkdir and ("));
    watch.signal("SIGHUP");
    await watch.warned("the rules stay as they were");
    execFileSync("/bin/mkdir", [join(folder, "again-bulwark-new")]);
    await watch.alerted(
      (alert) => alert.output.includes("again-bulwark-new"),
      "the rule that stays",
    );
  });

  test("no event falls between the two", async () => {
    writeFileSync(file, rule("Each", "evt.type = execve and proc.args startswith each"));
    watch.signal("SIGHUP");
    await watch.reloaded(2);
    const busy = execFileSync("/bin/sh", [
      "-c",
      `kill -HUP ${watch.pid}; i=0; while [ $i -lt 300 ]; do /bin/echo each $i >/dev/null; i=$((i+1)); done`,
    ]);
    expect(busy).toBeDefined();
    await watch.reloaded(3);
    await watch.alerted((alert) => alert.output === "echo each 299", "the last");
    const seen = watch.alerts.filter((alert) => alert.output.startsWith("echo each "));
    expect(new Set(seen.map((alert) => alert.output)).size).toBe(300);
  });
});
