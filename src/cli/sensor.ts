import { examineSensor, type SensorHealth } from "../app/sensor-doctor.ts";
import { palette } from "../kit/colour.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import type { Hook, Learning } from "../model/watching.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

export const sensorCommand: Command = {
  name: "sensor",
  summary: "find out what the sensor can observe on this host, and keep it at work there",
  usage: [
    "sensor doctor [--format json]",
    "sensor install [--rules FILE…] [--to SINK…] [--apply]",
    "sensor install --image IMAGE [--rules FILE…] [--to SINK…] [--namespace NAME] [--name NAME]",
    "sensor uninstall [--apply | --namespace NAME]",
  ],
  details: [
    "doctor loads and attaches everything that bulwark watch could, says what this kernel refuses, and takes it away again. The exit code is 1 when the sensor cannot start at all; a kind of event that is missing is said, and is no failure.",
    "install prints a service of systemd that runs bulwark watch with four capabilities and a read-only view of the host; with --apply it is written to /etc/systemd/system and started, and the rules go to /etc/bulwark/rules. It is refused where somebody other than root may change the program. With --image it prints the objects of a DaemonSet with the same rights, for kubectl apply.",
    "The service reads its rules again when they change. Alerts go to the journal, or to the log of the pod, as Falco writes them, and to every --to besides.",
  ],
  options: {
    format: ANSWER_FORMAT,
    rules: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary:
        "install: rules in Falco's language that go along, instead of the built-in ones (bulwark)",
    },
    to: {
      type: "string",
      value: "SINK",
      multiple: true,
      summary: "install: where alerts go, too, as for bulwark watch",
    },
    image: {
      type: "string",
      value: "IMAGE",
      summary: "install: for a cluster; an image that runs bulwark and has libbpf",
    },
    namespace: {
      type: "string",
      value: "NAME",
      summary: "of the cluster's sensor (default: bulwark-sensor)",
    },
    name: { type: "string", value: "NAME", summary: "of its objects (default: bulwark-sensor)" },
    apply: { type: "boolean", summary: "do it on this host, instead of printing it" },
  },
  takes: {
    doctor: ["format"],
    install: ["rules", "to", "image", "namespace", "name", "apply"],
    uninstall: ["namespace", "apply"],
  },
  examples: [
    ["sudo bulwark sensor doctor", "can this host be watched, and what stays unseen?"],
    ["sudo bulwark sensor install --apply", "watch this host from now on, by the built-in rules"],
    [
      "bulwark sensor install --image registry.example.org/bulwark:1 | kubectl apply -f -",
      "and every node of a cluster",
    ],
    ["sudo bulwark sensor uninstall --apply", "no longer"],
  ],
  run: (invocation) => {
    const [name = "", ...more] = invocation.args;
    return chosenAction("sensor", name, ACTIONS)(invocation, more);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["doctor", doctor],
  [
    "install",
    async (invocation, args) => {
      refuse(args, "install");
      return (await import("./sensor-install.ts")).installSensor(invocation);
    },
  ],
  [
    "uninstall",
    async (invocation, args) => {
      refuse(args, "uninstall");
      return (await import("./sensor-install.ts")).uninstallSensor(invocation);
    },
  ],
]);

function refuse([extra]: readonly string[], name: string): void {
  if (extra === undefined) return;
  const quoted = JSON.stringify(extra.slice(0, 100));
  throw new AppError("usage", `cannot use ${quoted} with sensor ${name}: it takes no arguments`);
}

async function doctor(
  { options, terminal, signal }: Invocation,
  args: readonly string[],
): Promise<number> {
  refuse(args, "doctor");
  const health = await examineSensor(signal);
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/sensor/v1", ...health }, null, 2)}\n`
      : textOf(health, terminal),
  );
  return health.hindrance === null ? 0 : 1;
}

/** What is gathered for baselines alone, and not told as events. */
const LEARNS: Readonly<Record<Learning, string>> = {
  syscalls: "which system calls are made",
  capabilities: "which capabilities are needed",
  names: "which names are asked for",
};

function isLearning(type: Hook["type"]): type is Learning {
  return Object.hasOwn(LEARNS, type);
}

function textOf(
  { kernel, hindrance, hooks, cgroups, strict }: SensorHealth,
  terminal: Terminal,
): string {
  const { bold, red, green, yellow, dim } = palette(terminal.colour);
  if (hindrance !== null) {
    const hint = hindrance.hint === null ? "" : `${dim("  ")}${hindrance.hint}\n`;
    return `${bold(red("cannot observe"))} this host (Linux ${kernel}): ${hindrance.message}\n${hint}\nwithout the sensor: bulwark drift, bulwark audit host and bulwark replay\n`;
  }
  const attached = hooks.filter(({ state }) => state === "attached").map(({ type }) => type);
  const events = attached.filter((type) => !isLearning(type));
  const learns = attached.filter(isLearning).map((type) => LEARNS[type]);
  const others = hooks.filter(({ state }) => state !== "attached");
  const lines = [
    `${bold(green("can observe"))} this host: Linux ${kernel}, cgroups of version ${cgroups}`,
    "",
    `${green("sees")}   ${count(events.length, "kind")} of events: ${list(events)}`,
    ...(learns.length === 0 ? [] : [`${green("learns")} ${list(learns)}`]),
    ...others.map(({ type, reason }) => `${yellow("blind")}  ${type}: ${reason ?? "unknown"}`),
    `${yellow("blind")}  calls of 32-bit programs; what io_uring does, beyond that it was asked`,
    strict === null
      ? `${green("strict")} programs can be denied before they begin: bulwark watch --strict`
      : `${yellow("strict")} cannot be had: ${strict}`,
    "",
    "next: sudo bulwark watch --alert '*', which alerts on programs that are not of their image, too",
  ];
  return `${lines.join("\n")}\n`;
}
