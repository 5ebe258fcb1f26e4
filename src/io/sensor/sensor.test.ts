import { describe, expect, test } from "vitest";
import type { Libbpf } from "./libbpf.ts";
import { Ring } from "./ring.ts";
import { Sensor } from "./sensor.ts";

const OPTIONS = {
  ...{ wanted: new Set([]), failed: new Set([]), everywhere: new Set([]), learning: false },
  ...{ streams: false, strict: false, ringBytes: 4096 },
};
const MAPS = {
  ...{ ring: 1, settings: 2, counts: 3, cgroups: 4, unwatched: 5, verdicts: 6, learnt: 7 },
  ...{ asked: 8, answers: 0 },
};

/** A kernel that takes everything but what is named. */
function sensor(refused: string | null, settings = 0): Sensor {
  const lib = {
    findProgram: (_: unknown, name: string) => name,
    attach: (name: string) => (name === refused ? null : {}),
    updateElement: () => settings,
  };
  const page = new ArrayBuffer(3 * 4096);
  return new Sensor({
    hierarchy: { subsystem: -1, number: 0, root: "/sys/fs/cgroup", version: 2 },
    ring: new Ring(page, page, { size: 4096, page: 4096 }),
    lib: lib as unknown as Libbpf,
    object: {},
    maps: MAPS,
    processors: 1,
  });
}

describe("a kernel that refuses", () => {
  test.each(["on_exec", "on_fork", "on_exit", "on_cgroup_made", "on_cgroup_gone"])(
    "%s is no host to watch: nothing that were told would mean anything",
    (name) => {
      expect(() => sensor(name).observe(OPTIONS)).toThrow(`refuses to attach ${name}`);
      expect(() => sensor(null).observe(OPTIONS)).not.toThrow();
    },
  );

  test("the settings is none either", () => {
    expect(() => sensor(null, -1).observe(OPTIONS)).toThrow(/refused a change/);
  });
});

test("the ring is read behind a page of any size", () => {
  for (const page of [4096, 65_536]) {
    const consumer = new ArrayBuffer(page);
    const producer = new ArrayBuffer(page + 2 * 4096);
    new BigInt64Array(producer)[0] = 16n;
    new Int32Array(producer, page)[0] = 4;
    new DataView(producer, page).setUint32(8, 42, true);
    const ring = new Ring(consumer, producer, { size: 4096, page });
    const seen: number[] = [];
    ring.read((bytes, at) => seen.push(bytes.readUInt32LE(at)), 10);
    expect(seen).toEqual([42]);
  }
});
