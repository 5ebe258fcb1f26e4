import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObservedContainer } from "../../model/observed.ts";
import { type Anomaly, anomalyOf, fieldsOf, priorityOf, sentenceOf } from "./anomaly.ts";
import { type Baseline, baselinesOf, joined, recordingOf } from "./baseline.ts";
import { Behaviour, type Deed } from "./behaviour.ts";
import { Paths, steadyName, steadyWords } from "./sameness.ts";

const HOUR = 3_600_000;

const LOOK: ObservedContainer = {
  kind: "container",
  id: "c",
  image: "sha256:a",
  repository: "r.example/web",
  platform: "engine",
  namespace: null,
  workloadKind: "container",
  workload: "web",
  name: "web",
  labels: {},
  from: 0,
  to: HOUR,
  sawStart: true,
  sawEnd: false,
};

function baseline(deeds: readonly Deed[], at = 0, look = LOOK): Baseline {
  const behaviour = new Behaviour();
  for (const deed of deeds) behaviour.add(deed, at);
  return { architecture: "amd64", looks: [look], lost: 0, behaviour };
}

const calls = (name: string): Deed => ({ kind: "syscall", name });
const to = (address: string): Deed => ({
  kind: "flow",
  direction: "egress",
  protocol: "TCP",
  port: 443,
  peer: { kind: "address", address },
});

describe("what is different each time", () => {
  test.each([
    ["4711", "*"],
    ["sess_3f1c09d2ab77", "sess_*"],
    ["0b9d5c0e-0d0a-4b7f-8f7e-1b6f3b2f9c11.tmp", "*.tmp"],
    ["tmp.aB3xYz", "tmp.*"],
    ["python3.11", "python3.11"],
    ["nginx.conf", "nginx.conf"],
    ["README", "README"],
    ["access.log", "access.log"],
  ])("%s is %s", (name, steady) => {
    expect(steadyName(name)).toBe(steady);
  });

  test("is replaced in words, in each part of a path", () => {
    expect(steadyWords(["-p", "/run/12345/x", "8080"])).toEqual(["-p", "/run/*/x", "*"]);
  });

  test("many files of one folder are one, and no folder of the root ever is", () => {
    const paths = new Paths();
    for (let i = 0; i < 40; i += 1) paths.add(`/data/${"abcdefgh"[i % 8]}${"xyzuv"[i % 5]}/f`, i);
    expect([...paths.entries()]).toEqual([["/data/*/f", 0]]);
    expect(paths.has("/data/other/f")).toBe(true);
    expect(paths.has("/data/other/g")).toBe(false);
    expect(paths.has("/etc/f")).toBe(false);
  });
});

test("what was added is there, whatever it was", () => {
  const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(path, { maxLength: 80 }), (all) => {
      const paths = new Paths();
      for (const names of all) paths.add(`/${names.join("/")}`, 0);
      for (const names of all) expect(paths.has(`/${names.join("/")}`)).toBe(true);
    }),
  );
});

test("many addresses at one port are any, and a caller is any", () => {
  const { behaviour } = baseline(Array.from({ length: 24 }, (_, i) => to(`203.0.113.${i}`)));
  expect(behaviour.has(to("198.51.100.1"))).toBe(true);
  expect(baseline([to("203.0.113.1")]).behaviour.has(to("198.51.100.1"))).toBe(false);
  const called = (address: string): Deed => ({ ...to(address), direction: "ingress" }) as Deed;
  expect(baseline([called("10.0.0.1")]).behaviour.has(called("10.0.0.9"))).toBe(true);
});

test("all that called are kept for a policy, and from many on somebody who stands for all", () => {
  const called = (i: number): Deed => ({ ...to(`10.0.0.${i}`), direction: "ingress" }) as Deed;
  const behaviour = new Behaviour();
  expect(behaviour.add(called(1), 0)).toBe(true);
  for (let i = 2; i < 40; i += 1) expect(behaviour.add(called(i), i)).toBe(false);
  expect(behaviour.newestOf("flow")).toBe(0);
  const kept = { ...baseline([]), behaviour };
  for (const one of [kept, ...baselinesOf(recordingOf([kept]))]) {
    const peers = [...one.behaviour.deeds()].map(({ deed }) => (deed as { peer?: object }).peer);
    expect(peers).toHaveLength(25);
    expect(peers.at(-1)).toEqual({ kind: "any" });
    expect(one.behaviour.has(called(77))).toBe(true);
  }
});

test("a recording of a baseline is the baseline", () => {
  const deeds: Deed[] = [
    calls("read"),
    to("203.0.113.1"),
    { kind: "execute", path: "/bin/sh", arguments: ["-c", "id"] },
    { kind: "write", path: "/tmp/a" },
    { kind: "read", path: "/etc/a" },
  ];
  const recording = [...recordingOf([baseline(deeds, 5)])];
  const [again] = baselinesOf(recording);
  expect([...(again?.behaviour.deeds() ?? [])].map(({ deed }) => deed)).toEqual(deeds);
  expect([...recordingOf(again === undefined ? [] : [again])]).toEqual(recording);
});

test("a new image begins with what the one before it did", () => {
  const next = { ...LOOK, image: "sha256:b", from: 2 * HOUR, to: 3 * HOUR };
  const both = joined(baseline([calls("read")], 5), baseline([calls("write")], 2 * HOUR, next));
  expect(both.behaviour.has(calls("read"))).toBe(true);
  expect(both.looks.map(({ image }) => image)).toEqual(["sha256:a", "sha256:b"]);
});

test("what comes after a long quiet is rare, and what comes where all is new is not", () => {
  const quiet = anomalyOf(baseline([calls("read")], 0), calls("mount"));
  const lively = anomalyOf(baseline([calls("read")], HOUR - 1000), calls("mount"));
  expect([quiet?.rarity, lively?.rarity]).toEqual([86, 0]);
  expect(priorityOf(quiet === null ? [] : [quiet])).toBe("Warning");
  expect(priorityOf(lively === null ? [] : [lively])).toBe("Notice");
  expect(anomalyOf(baseline([calls("read")]), calls("read"))).toBeNull();
});

describe("of much at once", () => {
  const learned = baseline([calls("read")]);
  const anomalies = (...deeds: Deed[]): Anomaly[] =>
    deeds.flatMap((deed) => anomalyOf(learned, deed) ?? []);
  const some = Array.from({ length: 80 }, (_, i) => calls(`call_${i}`));
  const all = anomalies(
    ...some,
    to("203.0.113.9"),
    { kind: "write", path: "/tmp/loot" },
    { kind: "name", name: "evil.example" },
    { kind: "execute", path: "/tmp/hello", arguments: [] },
  );

  test("what a person can judge stands before system calls, some of each kind", () => {
    expect(sentenceOf("web", all, learned)).toMatch(
      /: ran \/tmp\/hello; connected to 203\.0\.113\.9 at TCP 443; wrote \/tmp\/loot; asked for the name evil\.example; called call_0, called call_1, called call_2 and 77 more$/,
    );
  });

  test("machines are told all of it, up to 64 and how many are left", () => {
    const fields = fieldsOf(all, 5);
    const told = Object.keys(fields).filter((name) => name.startsWith("baseline.deeds["));
    expect(told).toHaveLength(64);
    expect(fields).toMatchObject({
      "baseline.anomalies": 89,
      "baseline.first": "ran /tmp/hello",
      "baseline.deeds[1]": "connected to 203.0.113.9 at TCP 443",
      "baseline.deeds.rest": 25,
    });
  });

  test("another behaviour has another name, and the same in any order the same", () => {
    const nameOf = (these: readonly Anomaly[]) => fieldsOf(these, 0)["baseline.behaviour"];
    expect(nameOf([...all].reverse())).toBe(nameOf(all));
    expect(nameOf(all.slice(1))).not.toBe(nameOf(all));
  });
});
