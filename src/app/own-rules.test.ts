import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { unseenProcess } from "../formats/sensor/processes.ts";
import type { Container } from "../model/container.ts";
import {
  type Descriptor,
  EVENT_TYPES,
  type Process,
  type SensorEvent,
  type Socket,
} from "../model/event.ts";
import { rules } from "../plugins/rules/index.ts";
import type { ExampleEvent } from "../stages/watch/contract.ts";
import { isOwnOutput, ownOutputText, ownRules } from "./own-rules.ts";
import { loadRules } from "./rules.ts";

const CONTAINER: Container = {
  id: "a".repeat(64),
  name: "web",
  engine: "docker",
  image: null,
  pod: null,
  labels: {},
  isPrivileged: false,
  mounts: [],
  startedAt: 1_760_000_000_000,
  problems: [],
};

function processOf({ process, isOnHost = false }: ExampleEvent): Process {
  const none = unseenProcess(7);
  const { name = "sh", isMemory = false, isOfHost = isOnHost, parentPath } = process ?? {};
  const isLowerLayer = !isOfHost && process?.isInVolume !== true;
  const file = { ...none.file, isLowerLayer };
  return {
    ...none,
    name,
    exe: process?.exe ?? name,
    exePath: process?.exePath ?? `/bin/${name}`,
    arguments: process?.arguments ?? [],
    cwd: process?.cwd ?? "/",
    parent: parentPath === undefined ? null : { ...none, exePath: parentPath, file },
    file: { ...file, isMemory, isOfHost },
    container: isOnHost ? null : CONTAINER,
  };
}

function descriptorOf({ file, peer }: ExampleEvent): Descriptor | null {
  if (file === undefined && peer === undefined) return null;
  const kind = file !== undefined ? "f" : peer?.path === "" ? "4" : "u";
  const socket: Socket | null =
    peer === undefined
      ? null
      : {
          protocol: peer.path === "" ? "tcp" : "none",
          localAddress: peer.path === "" ? "10.0.0.2" : "",
          localPort: 40_000,
          remoteAddress: peer.address,
          remotePort: peer.port,
          isServer: false,
          isConnected: true,
          isNameChanged: true,
          path: peer.path,
        };
  const name = file?.name ?? peer?.path ?? "";
  const layers = { device: 1, inode: 9, isUpperLayer: false, isLowerLayer: true };
  return {
    number: 3,
    kind,
    name,
    rawName: name,
    realPath: file?.realPath ?? "",
    ...layers,
    socket,
  };
}

function eventOf(example: ExampleEvent): SensorEvent {
  const { type, parameters = {}, result = 3 } = example;
  return {
    code: EVENT_TYPES.indexOf(type),
    number: 1,
    seconds: 1_760_000_100,
    nanoseconds: 0,
    tid: 7,
    process: processOf(example),
    result,
    descriptor: descriptorOf(example),
    parameter: (name) => parameters[name] ?? null,
  };
}

const loaded = loadRules([ownRules()]);
const engine = loaded.sensor.engine("all");

/** The ids of the rules that an event raises. */
function raisedBy(example: ExampleEvent): readonly string[] {
  const ids: string[] = [];
  const event = eventOf(example);
  engine.run(event.code, event, ({ rule }) => ids.push(rule.tags[0] ?? ""));
  return ids;
}

test("our rules can be used, without a word about them", () => {
  expect(loaded.messages).toEqual([]);
  expect(loaded.sensor.rules).toHaveLength(rules.length);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test.each(rule.fires.map((one) => [JSON.stringify(one), one] as const))("fires: %s", (_, one) => {
    expect(raisedBy(one)).toContain(id);
  });

  test.each(rule.quiet.map((one) => [JSON.stringify(one), one] as const))("quiet: %s", (_, one) => {
    expect(raisedBy(one)).toEqual([]);
  });

  test("has a page that says what it says", () => {
    const page = readFileSync(`src/plugins/rules/${id}/readme.md`, "utf8");
    const sentences = [rule.title, rule.why, rule.response, rule.quietCases].flatMap((text) =>
      text.split(/(?<=\.) /),
    );
    expect(sentences.filter((one) => !page.includes(one))).toEqual([]);
    expect(rule.techniques.filter((one) => !page.includes(one))).toEqual([]);
  });

  test("has examples of both, and names its techniques", () => {
    expect(rule.fires.length).toBeGreaterThan(0);
    expect(rule.quiet.length).toBeGreaterThan(0);
    for (const one of rule.techniques) expect(one).toMatch(/^T\d{4}(?:\.\d{3})?$/);
    expect(rule.techniques).not.toEqual([]);
  });
});

test("an output of ours says what there is, and a path once", () => {
  const texts: string[] = [];
  const say = (example: ExampleEvent): void => {
    const event = eventOf(example);
    engine.run(event.code, event, ({ rule, output }) => {
      expect(isOwnOutput(rule.name, rule.output.text)).toBe(true);
      texts.push(ownOutputText(rule.name, output(event).fields));
    });
  };
  const path = "/etc/ld.so.preload";
  say({ type: "openat", file: { name: path, realPath: path }, parameters: { flags: 577 } });
  say({
    type: "symlinkat",
    parameters: { target: "/tmp/x", linkdirfd: -100, linkpath: path },
    result: 0,
  });
  say({ type: "ptrace", parameters: { request: 16, pid: 42 }, result: 0 });
  say({ type: "socket", parameters: { domain: 17, type: 3, proto: 0 }, result: 3 });
  expect(texts).toMatchInlineSnapshot(`
    [
      "A library is set to be loaded into every program | about=/etc/ld.so.preload flags=O_WRONLY|O_CREAT|O_TRUNC event=openat process=sh user=root path=/bin/sh command=sh",
      "A library is set to be loaded into every program | source=/tmp/x target=/etc/ld.so.preload event=symlinkat process=sh user=root path=/bin/sh command=sh",
      "A process in a container takes hold of another | request=PTRACE_ATTACH pid=42 event=ptrace process=sh user=root path=/bin/sh command=sh",
      "A container opens a socket for raw packets | domain=AF_PACKET event=socket process=sh user=root path=/bin/sh command=sh",
    ]
  `);
});
