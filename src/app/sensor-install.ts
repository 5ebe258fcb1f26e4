// `bulwark sensor install|uninstall`: the sensor as a service of this host, or on every node of a cluster.
import { basename, join, resolve } from "node:path";
import { RULES_FOLDER, sensorManifests } from "../formats/sensor-install/manifests.ts";
import { sensorUnit } from "../formats/sensor-install/systemd-unit.ts";
import { yamlText } from "../formats/yaml-text.ts";
import { makeFolder } from "../io/make-folder.ts";
import { type OwnProgram, ownProgram } from "../io/own-program.ts";
import { changeableByOthers } from "../io/root-alone.ts";
import { openSinks } from "../io/sinks/open-sinks.ts";
import { hasSystemd, removeService, startService } from "../io/systemd.ts";
import { outputError, writeWhole } from "../io/write-whole.ts";
import { AppError } from "../kit/error.ts";
import { parseReference } from "../model/reference.ts";
import { demandName } from "./admit-install.ts";
import { chosenRules, OWN_RULES } from "./own-rules.ts";
import { demandUsable } from "./rule-watch.ts";
import { readRuleFiles } from "./rules.ts";
import { examineSensor } from "./sensor-doctor.ts";
import type { Surroundings } from "./surroundings.ts";

export interface SensorRequest {
  /** Rules as they are named; files among them go along. */
  readonly rules: readonly string[];
  /** Where alerts go, besides the journal or the log of the pod. */
  readonly sinks: readonly string[];
}

export interface ClusterSensor extends SensorRequest {
  readonly image: string;
  readonly name: string;
  readonly namespace: string;
}

/** What is to be written on this host. */
export interface HostSensor {
  /** What the unit runs. */
  readonly program: OwnProgram;
  readonly unit: string;
  /** By path. */
  readonly rules: ReadonlyMap<string, string>;
}

export const UNIT_NAME = "bulwark-sensor.service";

/**
 * The unit and the rules of this host's service.
 *
 * @throws {AppError} what reading rules throws; `config-invalid` for rules that cannot be used; `usage` for two files of one name.
 */
export async function hostSensor(
  request: SensorRequest,
  surroundings: Surroundings,
): Promise<HostSensor> {
  demandSinks(request.sinks, surroundings);
  const { named, files } = await rulesOf(request.rules, surroundings);
  const program = ownProgram();
  const { node, script } = program;
  return {
    program,
    unit: sensorUnit({
      command: [node, script, ...watchArguments(named, request.sinks)],
      madeBy: "Made by `bulwark sensor install`, and removed by `bulwark sensor uninstall`.",
    }),
    rules: new Map([...files].map(([name, text]) => [join(RULES_FOLDER, name), text])),
  };
}

/**
 * The objects for a cluster, as YAML.
 *
 * @throws {AppError} as {@link hostSensor}, and `usage` for a name that is none.
 */
export async function clusterSensor(
  request: ClusterSensor,
  surroundings: Surroundings,
): Promise<string> {
  const { name, namespace, image, rules, sinks } = request;
  for (const one of [name, namespace]) demandName(one);
  parseReference(image);
  const [calling] = sinks.filter((sink) => /^(?:webhook|slack):/.test(sink));
  if (calling !== undefined)
    throw new AppError(
      "usage",
      "cannot install a cluster's sensor with the address of a webhook: whoever may see pods could read it",
      {
        hint: "alerts are in the log of each pod; syslog:tcp://HOST:PORT takes them to one place, from which bulwark watch send goes on",
      },
    );
  demandSinks(sinks, surroundings);
  const { named, files } = await rulesOf(rules, surroundings);
  const args = watchArguments(named, sinks);
  return yamlText(sensorManifests({ name, namespace, image, args, files }));
}

/** Whoever may look at units, pods or processes would read the address of a webhook, which is a secret. */
function demandSinks(sinks: readonly string[], { env }: Surroundings): void {
  void openSinks(sinks, env).close(0);
  const secret = sinks.find((sink) => /^(?:webhook|slack):(?!@)/.test(sink));
  if (secret === undefined) return;
  const [kind = ""] = secret.split(":", 1);
  throw new AppError(
    "usage",
    `cannot install a sensor with the address of a ${kind}: everybody on its machine could read it`,
    {
      hint: `write the address into a file of root's alone (mode 0600): --to ${kind}:@/etc/bulwark/${kind}`,
    },
  );
}

interface InstalledRules {
  /** As the service names them, in their order, because rules build upon those before them. */
  readonly named: readonly string[];
  /** That go along, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** Those that are built in stay in the program, so that they are renewed with it. */
async function rulesOf(
  asked: readonly string[],
  surroundings: Surroundings,
): Promise<InstalledRules> {
  const chosen = chosenRules(asked);
  if (chosen.length === 0)
    throw new AppError("usage", "cannot install a sensor without rules: it would raise nothing");
  const texts = await readRuleFiles(chosen);
  demandUsable(texts, surroundings);
  const files = new Map<string, string>();
  for (const { path, text } of texts) {
    if (path === OWN_RULES) continue;
    const name = basename(path);
    if (files.has(name))
      throw new AppError("usage", `cannot install two files ${JSON.stringify(name)}`, {
        hint: "rename one of them: both go into one folder",
      });
    files.set(name, text);
  }
  const named = chosen.map((name) =>
    name === OWN_RULES ? name : join(RULES_FOLDER, basename(name)),
  );
  return { named, files };
}

/** One line an alert: the journal or the log of the pod keeps them, with or without sinks. */
function watchArguments(rules: readonly string[], sinks: readonly string[]): string[] {
  return [
    ...["watch", "--format", "falco"],
    ...rules.flatMap((name) => ["--rules", name]),
    ...sinks.flatMap((sink) => [
      "--to",
      // A service begins in another folder.
      sink.replace(/^(webhook|slack):@(.*)$/s, (_, kind, path) => `${kind}:@${resolve(path)}`),
    ]),
  ];
}

/**
 * Writes the service and starts it; one that is there is replaced.
 *
 * @throws {AppError} `sensor-unavailable` when this host cannot have such a service, `service-failed` when it does not start;
 *   `output-unwritable`.
 */
export async function installOnHost(
  { program, unit, rules }: HostSensor,
  surroundings: Surroundings,
): Promise<void> {
  demandServices();
  const { hindrance } = await examineSensor(surroundings.signal);
  if (hindrance !== null) {
    const { message, hint } = hindrance;
    throw new AppError("sensor-unavailable", message, hint === null ? {} : { hint });
  }
  for (const path of [program.node, program.script]) await demandSafe(path);
  if (rules.size > 0) makeFolder(RULES_FOLDER);
  for (const [path, text] of rules) await writeRules(path, text);
  await startService(UNIT_NAME, unit, surroundings);
}

/**
 * Stops the service and removes it. Rules stay where they are: they may be somebody's work.
 *
 * @returns false when there was none.
 * @throws {AppError} as {@link installOnHost}.
 */
export function uninstallFromHost(surroundings: Surroundings): Promise<boolean> {
  demandServices();
  return removeService(UNIT_NAME, surroundings);
}

const READABLE = 0o644;

async function writeRules(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text, READABLE);
  } catch (error) {
    throw outputError("rules", path, error);
  }
}

function demandServices(): void {
  if (process.geteuid?.() !== 0) {
    throw new AppError("sensor-unavailable", "a service of this host needs root", {
      hint: "run it with sudo, or leave --apply away to see what would be written",
    });
  }
  if (hasSystemd()) return;
  throw new AppError("sensor-unavailable", "this host does not run systemd", {
    hint: "let what starts services here run `bulwark watch --format falco`",
  });
}

/** A service of root that runs what somebody else may write makes them root. */
async function demandSafe(path: string): Promise<void> {
  const open = await changeableByOthers(path);
  if (open === null) return;
  throw new AppError(
    "sensor-unavailable",
    `cannot install ${JSON.stringify(path)} as a service of root: others than root may change ${JSON.stringify(open)}`,
    { hint: "install bulwark for the whole host first: sudo npm install --global bulwark" },
  );
}
