import { examineSensor, type SensorHealth } from "../app/sensor-doctor.ts";
import { palette } from "../kit/colour.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

export const sensorCommand: Command = {
  name: "sensor",
  summary: "find out what the sensor can observe on this host",
  usage: ["sensor doctor [options]"],
  details: [
    "doctor loads and attaches everything that bulwark watch could, says what this kernel refuses, and takes it away again. The exit code is 1 when the sensor cannot start at all; a kind of event that is missing is said, and is no failure.",
  ],
  options: { format: ANSWER_FORMAT },
  examples: [["sudo bulwark sensor doctor", "can this host be watched, and what stays unseen?"]],
  run: (invocation) => {
    const [name = "", ...more] = invocation.args;
    return chosenAction("sensor", name, ACTIONS)(invocation, more);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([["doctor", doctor]]);

async function doctor(
  { options, terminal }: Invocation,
  [extra]: readonly string[],
): Promise<number> {
  if (extra !== undefined) {
    const quoted = JSON.stringify(extra.slice(0, 100));
    throw new AppError("usage", `cannot use ${quoted} with sensor doctor: it takes no arguments`);
  }
  const health = examineSensor();
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/sensor/v1", ...health }, null, 2)}\n`
      : textOf(health, terminal),
  );
  return health.hindrance === null ? 0 : 1;
}

function textOf({ kernel, hindrance, hooks, cgroups }: SensorHealth, terminal: Terminal): string {
  const { bold, red, green, yellow, dim } = palette(terminal.colour);
  if (hindrance !== null) {
    const hint = hindrance.hint === null ? "" : `${dim("  ")}${hindrance.hint}\n`;
    return `${bold(red("cannot observe"))} this host (Linux ${kernel}): ${hindrance.message}\n${hint}\nwithout the sensor: bulwark drift, bulwark audit host and bulwark replay\n`;
  }
  const attached = hooks.filter(({ state }) => state === "attached");
  const others = hooks.filter(({ state }) => state !== "attached");
  const lines = [
    `${bold(green("can observe"))} this host: Linux ${kernel}, cgroups of version ${cgroups}`,
    "",
    `${green("sees")}   ${count(attached.length, "kind")} of events: ${list(attached.map(({ type }) => type))}`,
    ...others.map(({ type, reason }) => `${yellow("blind")}  ${type}: ${reason ?? "unknown"}`),
    `${yellow("blind")}  calls of 32-bit programs; what io_uring does, beyond that it was asked`,
    "",
    "next: sudo bulwark watch",
  ];
  return `${lines.join("\n")}\n`;
}
