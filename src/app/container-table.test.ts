import { beforeEach, describe, expect, test } from "vitest";
import type { RecordedContainer } from "../formats/sensor/recorded-facts.ts";
import { byId } from "../io/runtimes/read-container.ts";
import { ContainerTable } from "./container-table.ts";

const ID = "a1".repeat(32);
const CGROUP = 7;
const PATH = `/docker/${ID}`;

let paths: Map<number, string>;
/** Where processes are, as the host says now. */
let places: Map<number, string>;
let isWritten: boolean;
let facts: RecordedContainer[];
let table: ContainerTable;

beforeEach(() => {
  paths = new Map();
  places = new Map();
  isWritten = true;
  facts = [];
  table = new ContainerTable({
    paths,
    find: ([candidate]) => {
      if (candidate === undefined || (!candidate.isCertain && !isWritten)) return null;
      const problem = { code: "container-unknown", detail: "not yet" } as const;
      return byId(candidate, isWritten ? [] : [problem]);
    },
    pathOf: (_, pid) => places.get(pid) ?? null,
    record: (fact) => facts.push(fact),
  });
});

describe("the container of a cgroup", () => {
  test("that was not told is found by a process that is in it", () => {
    places.set(100, PATH);
    expect(table.containerOf(CGROUP, 100)).toMatchObject({ id: ID });
  });

  test("that was not told and is empty by now is not the host", () => {
    expect(table.containerOf(CGROUP, 100)).toMatchObject({
      id: "unknown",
      problems: [{ code: "container-unknown" }],
    });
    expect(table.isSettled(CGROUP, 100)).toBe(false);
    places.set(101, PATH);
    expect(table.containerOf(CGROUP, 101)).toMatchObject({ id: ID });
    expect(facts).toHaveLength(1);
  });

  test("is looked for until everything of it is known, and recorded each time", () => {
    table.made(CGROUP, PATH);
    isWritten = false;
    expect(table.isSettled(CGROUP, 100)).toBe(false);
    isWritten = true;
    expect(table.isSettled(CGROUP, 100)).toBe(true);
    expect(facts.map(({ container }) => container?.problems.length)).toEqual([1, 0]);
  });

  test("is none for certain only where no name says so", () => {
    table.made(CGROUP, "/system.slice/cron.service");
    expect(table.isSettled(CGROUP, 100)).toBe(true);
    // What may be a container of containerd is one as soon as containerd knows it.
    table.made(8, "/default/web");
    isWritten = false;
    expect(table.containerOf(8, 100)).toBeNull();
    expect(table.isSettled(8, 100)).toBe(true);
    isWritten = true;
    expect(table.containerOf(8, 100)).toMatchObject({ id: "web" });
  });
});
