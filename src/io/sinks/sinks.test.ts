import { createSocket } from "node:dgram";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Alert } from "../../model/alert.ts";
import { AlertFile } from "./alert-file.ts";
import { openSinks } from "./open-sinks.ts";
import { QueuedSink } from "./queued-sink.ts";

const ALERT: Alert = {
  rule: "Read sensitive file",
  priority: "Warning",
  source: "syscall",
  time: "2026-11-26T10:12:03.123456789Z",
  hostname: "node 1",
  output: "file opened <!channel> (file=/etc/shadow)",
  fields: { "proc.cmdline": "cat <https://evil.example|x> & \n", "fd.name": "/etc/shadow" },
  tags: ["T1555"],
  sensor: "bulwark",
};
const numbered = (number: number): Alert => ({ ...ALERT, rule: `rule ${number}` });

let folder: string;
const ending: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-sinks-"));
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  rmSync(folder, { recursive: true, force: true });
});

function give(sinks: ReturnType<typeof openSinks>, alert: Alert): void {
  sinks.keep(alert);
  sinks.call(alert);
}

async function sent(written: string, alerts: readonly Alert[], graceMs = 5000) {
  const sinks = openSinks([written], {});
  for (const alert of alerts) give(sinks, alert);
  await sinks.close(graceMs);
  return sinks.states()[0];
}

/** A server that keeps what it is sent. */
async function listening(server: Server, at: { port: 0 } | { path: string }): Promise<string[]> {
  const got: string[] = [];
  server.on("connection", (socket) => socket.on("data", (piece) => got.push(piece.toString())));
  await new Promise<void>((resolve) => {
    if ("path" in at) server.listen(at.path, resolve);
    else server.listen(0, "127.0.0.1", resolve);
  });
  ending.push(() => server.close());
  return got;
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !what(); i += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Posted {
  readonly status: (n: number) => number;
  readonly bodies: string[];
}

async function web({ status, bodies }: Posted): Promise<string> {
  const server = createHttpServer((request: IncomingMessage, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      bodies.push(Buffer.concat(pieces).toString());
      response.writeHead(status(bodies.length), { "retry-after": "0" }).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ending.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/SECRET?token=SECRET`;
}

describe("syslog", () => {
  const HEADER =
    /^<84>1 2026-11-26T10:12:03\.123456Z node1 bulwark \d+ Read_sensitive_file - \{"hostname":"node 1"/;

  test("over UDP", async () => {
    const socket = createSocket("udp4");
    const got: string[] = [];
    socket.on("message", (message) => got.push(message.toString()));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    ending.push(() => socket.close());
    expect(await sent(`syslog:udp://127.0.0.1:${socket.address().port}`, [ALERT])).toMatchObject({
      sent: 1,
      dropped: 0,
    });
    await until(() => got.length > 0);
    expect(got[0]).toMatch(HEADER);
  });

  test("over TCP, with the length before each", async () => {
    const server = createServer();
    const got = await listening(server, { port: 0 });
    const { port } = server.address() as AddressInfo;
    await sent(`syslog:tcp://127.0.0.1:${port}`, [ALERT, ALERT]);
    await until(() => got.join("").split("<84>").length === 3);
    const [, length = "", rest = ""] = /^(\d+) ([\s\S]*)$/.exec(got.join("")) ?? [];
    expect(rest.slice(0, Number(length))).toMatch(HEADER);
    expect(rest.slice(Number(length))).toMatch(/^\d+ <84>1 /);
  });

  test("over a stream socket of this machine", async () => {
    const path = join(folder, "log.sock");
    const got = await listening(createServer(), { path });
    await sent(`syslog:unix:${path}`, [ALERT]);
    await until(() => got.join("").endsWith("\n"));
    expect(got.join("")).toMatch(HEADER);
  });

  test("to nobody is told", async () => {
    expect(await sent(`syslog:unix:${join(folder, "none")}`, [ALERT])).toMatchObject({
      sent: 0,
      dropped: 1,
      failure: expect.stringContaining("ENOENT"),
    });
  });

  test("connects again when the other side went away", async () => {
    const path = join(folder, "log.sock");
    const first = createServer((socket) => setTimeout(() => socket.destroy(), 50));
    await listening(first, { path });
    const sinks = openSinks([`syslog:unix:${path}`], {});
    give(sinks, ALERT);
    await until(() => sinks.states()[0]?.sent === 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    give(sinks, ALERT);
    await sinks.close(5000);
    expect(sinks.states()[0]).toMatchObject({ sent: 2, dropped: 0 });
  });
});

describe("a webhook", () => {
  test("gets Falco's form, and its address is a secret", async () => {
    const bodies: string[] = [];
    const url = await web({ status: () => 204, bodies });
    const state = await sent(`webhook:${url}`, [ALERT]);
    expect(state).toMatchObject({ sent: 1, dropped: 0 });
    expect(JSON.stringify(state)).not.toContain("SECRET");
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({
      rule: "Read sensitive file",
      output_fields: { "fd.name": "/etc/shadow" },
    });
  });

  test("that is overloaded is tried again", async () => {
    const bodies: string[] = [];
    const url = await web({ status: (n) => (n < 3 ? 503 : 200), bodies });
    expect(await sent(`webhook:${url}`, [ALERT])).toMatchObject({ sent: 1, dropped: 0 });
    expect(bodies).toHaveLength(3);
  });

  test("that refuses is told, without its address", async () => {
    const url = await web({ status: () => 403, bodies: [] });
    const state = await sent(`webhook:${url}`, [ALERT, ALERT]);
    expect(state).toMatchObject({ sent: 0, dropped: 2, failure: "it answered 403" });
    const gone = await sent("webhook:http://127.0.0.1:1/SECRET", [ALERT], 100);
    expect(gone?.dropped).toBe(1);
    expect(JSON.stringify([state, gone])).not.toContain("SECRET");
  });

  test("has its address in a file of its owner's alone", async () => {
    const bodies: string[] = [];
    const path = join(folder, "address");
    writeFileSync(path, `${await web({ status: () => 200, bodies })}\n`, { mode: 0o600 });
    expect(await sent(`webhook:@${path}`, [ALERT])).toMatchObject({ sent: 1, dropped: 0 });
    chmodSync(path, 0o644);
    expect(() => openSinks([`webhook:@${path}`], {})).toThrow("others may read the address");
    expect(() => openSinks([`webhook:@${path}x`], {})).toThrow("address of a webhook");
    writeFileSync(`${path}-long`, `https://x/${"a".repeat(9000)}`, { mode: 0o600 });
    expect(() => openSinks([`webhook:@${path}-long`], {})).toThrow("more than an address");
    expect(() => openSinks([`webhook:@${folder}`], {})).toThrow("it is a folder");
  });

  test("whose failing takes all of the time is told with what it answered", async () => {
    let asked = 0;
    const sink = new QueuedSink("hook", {
      deliver: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(new Error("it answered 500"))
          : new Promise(() => undefined);
      },
      close: () => undefined,
    });
    for (let i = 0; i < 5; i += 1) sink.send(numbered(i));
    await sink.close(50);
    expect(sink.state()).toMatchObject({ sent: 0, dropped: 4, failure: "it answered 500" });
  });

  test("of Slack gets text that links nowhere and calls nobody", async () => {
    const bodies: string[] = [];
    await sent(`slack:${await web({ status: () => 200, bodies })}`, [ALERT]);
    const body = bodies[0] ?? "";
    expect(body).not.toContain("<");
    expect(JSON.parse(body)).toMatchObject({
      text: "Warning: Read sensitive file",
      attachments: [{ text: "file opened &lt;!channel&gt; (file=/etc/shadow)" }],
    });
  });
});

describe("a file", () => {
  test("gets lines, and is its owner's alone", async () => {
    const path = join(folder, "alerts.jsonl");
    await sent(`file:${path}`, [numbered(1), numbered(2)]);
    await sent(`file:${path}`, [numbered(3)]);
    const rules = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as Alert).rule);
    expect(rules).toEqual(["rule 1", "rule 2", "rule 3"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is rotated, and older ones go", async () => {
    const path = join(folder, "alerts");
    const sink = new QueuedSink("file", new AlertFile(path, { bytesMax: 1000, olderMax: 2 }));
    for (let i = 0; i < 12; i += 1) sink.send(numbered(i));
    await sink.close(5000);
    expect(sink.state()).toMatchObject({ sent: 12, dropped: 0 });
    const read = [path, `${path}.1`, `${path}.2`].map((one) => readFileSync(one, "utf8"));
    for (const text of read) expect(text.length).toBeLessThanOrEqual(1000);
    expect(read[0]).toContain("rule 11");
    expect(() => statSync(`${path}.3`)).toThrow();
  });

  test("that cannot be written is told", async () => {
    const state = await sent(`file:${join(folder, "none/alerts")}`, [ALERT]);
    expect(state).toMatchObject({ dropped: 1, failure: expect.stringContaining("no such file") });
  });
});

test("a sink that hangs holds up neither the others nor whoever sends, and its queue is bounded", async () => {
  const never = new QueuedSink(
    "slow",
    { deliver: () => new Promise(() => undefined), close: () => undefined },
    10,
  );
  const quick: string[] = [];
  const other = new QueuedSink("quick", {
    deliver: async ({ rule }) => void quick.push(rule),
    close: () => undefined,
  });
  const before = performance.now();
  for (let i = 0; i < 500; i += 1) for (const sink of [never, other]) sink.send(numbered(i));
  expect(performance.now() - before).toBeLessThan(200);
  await Promise.all([never.close(50), other.close(1000)]);
  expect(quick).toHaveLength(500);
  const { sent: delivered, dropped, failure } = never.state();
  expect([delivered, dropped, failure]).toEqual([0, 499, "there was no time left"]);
});

test.each([
  ["carrier-pigeon", /no such kind/],
  ["file:", /the path is missing/],
  ["webhook:not-an-address", /begins with https/],
  ["webhook:ftp://x", /begins with https/],
  ["slack:https://user:hunter2@x/", /user and password/],
  ["syslog:/dev/log", /udp:/],
  ["syslog:udp://host:port", /udp:/],
])("%s is no sink", (written, reason) => {
  expect(() => openSinks([written], {})).toThrow(reason);
  expect(() => openSinks([written], {})).not.toThrow(/hunter2/);
});
