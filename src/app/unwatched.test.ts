import { describe, expect, test } from "vitest";
import type { Container } from "../model/container.ts";
import { Unwatched } from "./unwatched.ts";

const CONTAINER: Container = {
  ...{ id: "a".repeat(64), name: "web", engine: "docker", image: null, pod: null, labels: {} },
  ...{ isPrivileged: false, mounts: [], startedAt: null, problems: [] },
};
const UNKNOWN: Container = { ...CONTAINER, problems: [{ code: "container-unknown", detail: "" }] };
const HOST = 1;
const PERHAPS = 2;

function unwatched(only: string | null, areAllNeeded = false) {
  const left: number[] = [];
  const back: number[] = [];
  const sensor = { unwatch: (id: number) => left.push(id), rewatch: (id: number) => back.push(id) };
  const table = { isHostForGood: (cgroup: number) => cgroup === HOST };
  return { left, back, unwatched: new Unwatched(sensor, table, { only, areAllNeeded }) };
}

describe("the kernel is told to leave out", () => {
  test.each([
    ["the host", null, false, HOST, null, true, [HOST]],
    ["no cgroup that may become a container's", null, false, PERHAPS, null, true, []],
    ["no container where all are meant", null, false, 3, CONTAINER, true, []],
    ["another container", "db", false, 3, CONTAINER, false, [3]],
    ["not the one that is meant", "web", false, 3, CONTAINER, true, []],
    ["no container that is not known yet", "db", false, 3, UNKNOWN, false, []],
    ["no container where others are looked at, too", "db", true, 3, CONTAINER, false, []],
    ["the host where others are looked at, too", "db", true, HOST, null, false, [HOST]],
  ] as const)("%s", (_, only, areAllNeeded, cgroup, container, isMeant, expected) => {
    const { left, unwatched: one } = unwatched(only, areAllNeeded);
    expect(one.isMeant(cgroup, container)).toBe(isMeant);
    expect(one.isMeant(cgroup, container)).toBe(isMeant);
    expect(left).toEqual(expected);
  });

  test("nothing of a cgroup that is made anew", () => {
    const { left, back, unwatched: one } = unwatched(null);
    one.isMeant(HOST, null);
    one.forget(HOST);
    one.forget(HOST);
    expect(back).toEqual([HOST]);
    one.isMeant(HOST, null);
    expect(left).toEqual([HOST, HOST]);
  });
});
