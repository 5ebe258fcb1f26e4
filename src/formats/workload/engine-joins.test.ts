import { describe, expect, test } from "vitest";
import { readCreateBody, readEngine } from "./engine-inspect.ts";
import { joinedBy, withJoined } from "./engine-joins.ts";

const SIDE = {
  Config: {},
  HostConfig: { NetworkMode: "host", PidMode: "", IpcMode: "container:far" },
  Mounts: [
    { Type: "bind", Source: "/etc", Destination: "/host", RW: true, Propagation: "rprivate" },
    { Type: "volume", Name: "data", Source: "/var/lib/docker/volumes/data/_data", RW: false },
  ],
};
const OTHERS = new Map<string, unknown>([["side", SIDE]]);

describe("what a container has of others", () => {
  test("is named once, wherever it stands", () => {
    const modes = { NetworkMode: "container:a", PidMode: "container:b", IpcMode: "shareable" };
    const host = { ...modes, VolumesFrom: ["a:ro", "c"] };
    expect(joinedBy({ HostConfig: host })).toEqual(["a", "b", "c"]);
    expect(joinedBy(host)).toEqual(["a", "b", "c"]);
    for (const nothing of [null, [], "x", {}, { HostConfig: { PidMode: 7, VolumesFrom: "a" } }])
      expect(joinedBy(nothing)).toEqual([]);
  });

  test("is told by what they are", () => {
    const body = { HostConfig: { NetworkMode: "container:side", PidMode: "container:gone" } };
    const { host } = readCreateBody(withJoined(body, OTHERS));
    expect([host.network, host.pid.state]).toEqual([
      expect.objectContaining({ state: "known", value: true }),
      "unknown",
    ]);
  });

  test("are their mounts, less writable where that is asked for", () => {
    const body = { HostConfig: { VolumesFrom: ["side:ro"], Binds: ["/srv:/srv"] } };
    const { volumes, gaps } = readCreateBody(withJoined(body, OTHERS));
    expect(gaps).toEqual([]);
    const told = volumes.map(({ type, name, hostPath, mounts }) => [
      type,
      name,
      hostPath,
      mounts[0]?.readOnly,
    ]);
    expect(told).toMatchObject([
      [{ value: "hostPath" }, "/srv", { value: "/srv" }, {}],
      [{ value: "hostPath" }, "/etc", { value: "/etc" }, { value: true }],
      [{ value: "volume" }, "data", {}, { value: true }],
    ]);
  });

  test("may be no mounts at all", () => {
    const body = { HostConfig: { VolumesFrom: ["bare"] } };
    const others = new Map([["bare", { Config: {}, HostConfig: {}, Mounts: [] }]]);
    const { volumes, gaps } = readCreateBody(withJoined(body, others));
    expect([volumes, gaps]).toEqual([[], []]);
  });

  test("is not told where they, or the spelling, are not known", () => {
    for (const host of [{ VolumesFrom: ["gone"] }, { volumesfrom: ["side"] }]) {
      const body = { HostConfig: host };
      expect(readCreateBody(withJoined(body, OTHERS)).gaps).toHaveLength(1);
    }
  });

  test("is among the mounts of what exists", () => {
    const document = { Config: {}, HostConfig: { VolumesFrom: ["side"] }, Mounts: SIDE.Mounts };
    const [workload] = readEngine(document);
    expect([workload?.gaps, workload?.volumes.length]).toEqual([[], 2]);
    const [without] = readEngine({ Config: {}, HostConfig: { VolumesFrom: ["side"] } });
    expect(without?.gaps).toHaveLength(1);
  });
});
