import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns } from "../kit/display.ts";
import { type LiveState, liveLines, sparkline, treeOf } from "./live-screen.ts";

const process = (pid: number, parentPid: number, command: string) => ({ pid, parentPid, command });
const STATE: LiveState = {
  elapsed: "3 min 5 s",
  rates: [0, 10, 40, 20],
  lost: 0,
  containers: [
    {
      id: "a",
      title: "web",
      image: "registry.example/web:1.4",
      processes: [
        process(10, 1, "nginx"),
        process(12, 10, "worker"),
        process(11, 10, "sh\u001b[31m"),
        process(13, 11, "ls"),
      ],
      ended: ["cat /etc/shadow"],
    },
  ],
  alerts: [
    {
      rule: "Read sensitive file",
      priority: "Warning",
      where: "in web",
      count: 4,
      last: "12:00:01",
    },
  ],
  alertsTotal: 4,
  hasRules: true,
  message: "2 events lost",
};

describe("the live view", () => {
  test("shows rates, trees, what ended, and alerts by their cause", () => {
    expect(liveLines(STATE, { width: 80, height: 14, colour: false })).toEqual([
      "bulwark watch  ·  1 container  ·  4 processes  ·  20 events/s ▁▃█▅  ·  0 lost  …",
      "",
      "web  registry.example/web:1.4",
      "     10 nginx",
      "     12 ├─ worker",
      "     11 └─ sh\\x1b[31m",
      "     13    └─ ls",
      "        cat /etc/shadow",
      "",
      "",
      "",
      "4 alerts of 1 cause",
      `12:00:01 Warning       ${"Read sensitive file in web".padEnd(49)}      ×4`,
      "2 events lost",
    ]);
  });

  test("uses the room there is: containers by their titles, and alerts below", () => {
    const processes = [process(10, 1, "nginx"), process(11, 10, "worker")];
    const containers = Array.from({ length: 10 }, (_, at) => {
      return { id: `${at}`, title: `web-${at}`, image: "web", processes, ended: [] };
    });
    const alerts = Array.from({ length: 24 }, (_, at) => {
      return {
        rule: `r${at}`,
        priority: "Notice",
        where: "in web",
        count: 1,
        last: "12:00:01",
      } as const;
    });
    const lines = (some: typeof containers): string => {
      const state = { ...STATE, containers: some, alerts, alertsTotal: 24 };
      return liveLines(state, { width: 100, height: 32, colour: false }).join("\n");
    };
    for (const { title } of containers) expect(lines(containers)).toContain(`${title}  web`);
    expect(lines(containers)).toContain("24 alerts of 24 causes, 15 not shown");
    const many = lines([...containers, ...containers]);
    expect(many).toContain("web-9  web");
    expect(many).toMatch(/… and \d+ containers more/);
    expect(lines(containers.slice(0, 1))).toContain("24 alerts of 24 causes\n");
  });

  test("fits any screen, and every process is in the tree once", () => {
    const some = fc.array(
      fc.record({ pid: fc.nat(30), parentPid: fc.nat(30), command: fc.string() }),
    );
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 40, max: 200 }),
        fc.integer({ min: 8, max: 60 }),
        (all, width, height) => {
          const processes = [...new Map(all.map((one) => [one.pid, one])).values()].filter(
            // A process is older than its children.
            ({ pid, parentPid }) => parentPid < pid,
          );
          expect(
            treeOf(processes)
              .map(({ process: { pid } }) => pid)
              .sort(),
          ).toEqual(processes.map(({ pid }) => pid).sort());
          const container = { id: "x", title: "t", image: "i", processes, ended: [] };
          const state = { ...STATE, containers: [container, container, container] };
          const lines = liveLines(state, { width, height, colour: false });
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  test("a rate of nothing is the lowest bar", () => {
    expect(sparkline([0, 0])).toBe("▁▁");
    expect(sparkline([0, 4, 8])).toBe("▁▅█");
  });
});
