import { expect, test } from "vitest";
import type { EventCount } from "../model/watching.ts";
import type { Terminal } from "./terminal.ts";
import { FalcoLines } from "./watch-falco.ts";

test("what was lost is a line of Falco's, once", () => {
  const lines: string[] = [];
  const warned: string[] = [];
  const terminal = {
    print: async (text: string) => void lines.push(text),
    warn: (text: string) => void warned.push(text),
    progress: () => undefined,
  };
  const falco = new FalcoLines(terminal as unknown as Terminal);
  const state = (counts: EventCount[]) =>
    falco.tidings({ kind: "state", counts, rate: 1, processes: 1, containers: 1 });
  state([{ type: "openat", sent: 5, dropped: 0 }]);
  expect(lines).toEqual([]);
  state([{ type: "openat", sent: 5, dropped: 3 }]);
  state([{ type: "openat", sent: 5, dropped: 3 }]);
  falco.omitted(2);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      rule: "Falco internal: syscall event drop",
      source: "internal",
      output_fields: { n_drops: 3, n_evts: 8, n_drops_openat: 3 },
    },
    { output_fields: { n_alerts: 2 } },
  ]);
  expect(warned).toHaveLength(1);
});
