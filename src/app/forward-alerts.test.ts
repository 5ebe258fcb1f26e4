import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { receiveAlerts, sendRecorded } from "./forward-alerts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-forward-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const around = (signal = new AbortController().signal) => ({
  env: {},
  signal,
  progress: () => undefined,
  warn: () => undefined,
});
const falco = (rule: string): object => ({
  rule,
  priority: "Warning",
  time: "2026-11-26T10:00:00Z",
  output: "o",
  output_fields: { "proc.exepath": "/bin/x" },
});
const tetragon = (policy_name: string): object => ({
  process_kprobe: { process: { binary: "/bin/y" }, policy_name },
  time: "2026-11-26T10:00:00Z",
});
const linesOf = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

test("alerts of Falco and of Tetragon are received, grouped and sent on", async () => {
  const path = join(folder, "out");
  const ending = new AbortController();
  let told: (port: number) => void = () => undefined;
  const port = new Promise<number>((resolve) => {
    told = resolve;
  });
  const request = { sinks: [`file:${path}`], isOnce: true, host: "127.0.0.1", port: 0 };
  const receiving = receiveAlerts(request, around(ending.signal), (one) => told(one));
  const url = `http://127.0.0.1:${await port}/`;
  const post = async (body: string): Promise<string> => {
    const response = await fetch(url, { method: "POST", body });
    return `${response.status} ${(await response.text()).trim()}`;
  };
  expect(await post(JSON.stringify(falco("one")))).toBe("200 1");
  expect(await post(JSON.stringify(falco("one")))).toBe("200 1");
  const lines = [
    tetragon("two"),
    tetragon("three"),
    { process_exec: {}, time: "2026-11-26T10:00:00Z" },
  ];
  expect(await post(lines.map((one) => JSON.stringify(one)).join("\n"))).toBe("200 2");
  expect(await post("hello")).toMatch(/^400 /);
  expect(await post("x".repeat((4 << 20) + 1))).toMatch(/^413 /);
  expect((await fetch(url)).status).toBe(405);
  ending.abort();
  expect(await receiving).toMatchObject({
    alerts: 4,
    causes: 3,
    sinks: [{ name: `file:${path}`, sent: 3, dropped: 0 }],
  });
  const rules = linesOf(path).map((line) => (JSON.parse(line) as { rule: string }).rule);
  expect(rules).toEqual(["one", "two", "three"]);
});

test("recorded alerts are sent whole, however many there are", async () => {
  const [from, to] = [join(folder, "in"), join(folder, "out")];
  writeFileSync(from, `${JSON.stringify(falco("one"))}\n`.repeat(20_000));
  const sinks = [`file:${to}`];
  expect(await sendRecorded([from], { sinks, isOnce: false }, around())).toMatchObject({
    alerts: 20_000,
    causes: 1,
    sinks: [{ sent: 20_000, dropped: 0 }],
  });
  expect(linesOf(to)).toHaveLength(20_000);
});
