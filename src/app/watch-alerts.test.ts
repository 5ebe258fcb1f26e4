import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { AlertGroups } from "../stages/watch/group.ts";
import { loadRules } from "./rules.ts";
import { budgetOf, exceptionsFor } from "./watch-alerts.ts";

let folder: string;
const surroundings = {
  env: {},
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-alerts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (minute: number, fields: object = {}): string =>
  JSON.stringify({
    hostname: "n",
    output: "o",
    output_fields: {
      "container.id": "3ad7b26ded6d",
      "container.image.repository": "registry.example/web",
      "proc.exepath": "/usr/bin/agent",
      "proc.pname": "sh",
      "proc.cmdline": "agent --scan, (all) = x",
      "fd.name": "/etc/shadow",
      ...fields,
    },
    priority: "Warning",
    rule: "Read sensitive file untrusted",
    source: "syscall",
    tags: [],
    time: new Date(Date.UTC(2026, 10, 1) + minute * 60_000).toISOString(),
  });

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("alerts are read out of several files, also compressed, and what is none is counted", async () => {
  const plain = written("a", `${line(0)}\n${line(60)}\nno alert\n{"a":1}\n`);
  const packed = written("b.gz", gzipSync(`${line(120)}\n${line(180)}\n`));
  const budget = await budgetOf([plain, packed], surroundings);
  expect(budget).toMatchObject({ alerts: 4, causes: 1, strangers: 2, hours: 3, problems: [] });
});

test("damage and files of something else are told", async () => {
  const cut = written("cut.gz", gzipSync(`${line(0)}\n`.repeat(1000)).subarray(0, 200));
  const { problems } = await budgetOf([cut], surroundings);
  expect(problems.at(-1)).toMatchObject({ code: "log-damaged" });
  expect(problems.at(-1)?.detail).toMatch(/not all of it was read/);
  const other = written("other", "hello\n");
  expect((await budgetOf([other], surroundings)).problems[0]?.detail).toMatch(/nothing in it/);
  await expect(budgetOf([join(folder, "none")], surroundings)).rejects.toMatchObject({
    code: "not-found",
  });
});

test("a flood is read in bounded memory", async () => {
  const many = Array.from({ length: 50_000 }, (_, i) => line(i, { "proc.exepath": `/bin/x${i}` }));
  const path = written("flood", `${many.join("\n")}\n`);
  const budget = await budgetOf([path], surroundings);
  expect(budget.alerts).toBe(50_000);
  expect(budget.causes).toBe(10_000);
  expect(budget.forgotten).toEqual({ groups: 40_000, alerts: 40_000 });
  expect(new AlertGroups().alerts).toBe(0);
});

describeShared("proposed exceptions, with the stock rules", () => {
  test("are understood by the loader, and once taken over are proposed no more", async () => {
    const stock = readFileSync(sharedPath("fixtures/runtime/falco-rules/falco_rules.yaml"), "utf8");
    const alerts = written("alerts", `${[0, 1, 2].map((minute) => line(minute)).join("\n")}\n`);
    const rules = join(folder, "own.yaml");
    const request = { alerts: [alerts], rules, countMin: 3, neverFrom: "Critical" } as const;
    const answer = await exceptionsFor(request, surroundings);
    const added = answer.diff.split("\n").filter((one) => /^\+(?!\+\+)/.test(one));
    const text = `${added.map((one) => one.slice(1)).join("\n")}\n`;
    const loaded = loadRules([
      { path: "stock", text: stock },
      { path: rules, text },
    ]);
    const own = loaded.messages.filter(({ place }) => place?.path === rules);
    expect([loaded.hasErrors, own]).toEqual([false, []]);
    const rule = loaded.sensor.rules.find(
      (one) => one.rule.name === "Read sensitive file untrusted",
    );
    expect(JSON.stringify(rule?.rule.condition)).toContain("agent --scan, (all) = x");
    writeFileSync(rules, text);
    expect(await exceptionsFor(request, surroundings)).toMatchObject({
      diff: "",
      proposals: [],
      unproposed: [{ reason: expect.stringContaining("already") }],
    });
  });
});
