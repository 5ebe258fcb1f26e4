// Docker's daemons as they are set up: defaults, then daemon.json, then what the unit or the command line says. dockerd refuses to
// start where a flag and daemon.json both set something, so a flag never really beats the file.
// @see https://docs.docker.com/reference/cli/dockerd
import { type Fact, known, unknown } from "../../kit/fact.ts";
import type { Daemon, OptionValue, Unit } from "../../model/host.ts";
import type { EngineFact, HostRecord } from "../../model/host-record.ts";
import { readJsonDocument } from "../json-document.ts";
import { homeOf } from "./accounts.ts";
import { dockerdFlags } from "./dockerd-flags.ts";
import { textsIn, wordOf } from "./option-texts.ts";
import { pointerToFile, pointerToLine } from "./record-file.ts";
import { settingsOf } from "./settings-file.ts";
import { commandWords, environmentOf, unitValues } from "./systemd-unit.ts";

/** The daemons that run; the one that would be started, when none does. */
export function daemonsOf(record: HostRecord, unit: Unit | null): Daemon[] {
  const running = (record.processes ?? []).flatMap((process, index): Daemon[] => {
    if (!isProgram(process.args, "dockerd")) return [];
    const at = `/processes/${index}`;
    const { uid, root, args, configHome } = process;
    const started = { name: "dockerd", at, args, argsAt: `${at}/args`, uid, root };
    return [daemonOf(record, { ...started, configHome: configHome ?? null })];
  });
  const named =
    running.length < 2
      ? running
      : running.map((one) => ({ ...one, name: `dockerd at ${addressOf(one)}` }));
  if (running.some(({ isTrusted }) => isTrusted)) return named;
  return [...named, ...notSeen(record, unit)];
}

/** A daemon that answers or would be started, where no process of root's is it. */
function notSeen(record: HostRecord, unit: Unit | null): Daemon[] {
  const answering = record.engines.findIndex(
    ({ engine, info }) => engine === "docker" && info !== null,
  );
  if (answering >= 0) return [unseenDaemon(record, answering)];
  const declared = unit === null ? null : declaredDaemon(record, unit);
  return declared === null ? [] : [declared];
}

/** Numbers of processes change with each start; where it listens does not. */
function addressOf({ options }: Daemon): string {
  const hosts = options.get("hosts");
  return textsIn(hosts)[0] ?? SOCKET;
}

/** Whether a command line is that of a program, however it was called. */
export function isProgram([program = ""]: readonly string[], name: string): boolean {
  return program.split("/").at(-1) === name;
}

interface Started {
  readonly name: string;
  readonly at: string;
  readonly args: readonly string[];
  /** Where the words stand. */
  readonly argsAt: string;
  readonly uid: number;
  readonly root: string;
  readonly isRunning?: boolean;
  /** Where its user keeps configuration; null where that is the usual folder. */
  readonly configHome?: string | null;
}

function daemonOf(record: HostRecord, started: Started): Daemon {
  const { name, at, args, argsAt, uid, root, isRunning = true } = started;
  const flags = dockerdFlags(args, argsAt);
  const configFile = `${root}${configOf(record, flags, started)}`;
  const file = settingsOf(record, [configFile], { read: readJsonDocument, depth: 1 });
  const options = new Map([...file.values, ...flags]);
  const engine = isRunning ? engineOf(record, options) : null;
  return {
    name,
    at,
    isRunning,
    uid,
    configFile,
    options: withAnswers(options, engine, pointerToFile(configFile)),
    insecure: insecureIn(engine),
    isTrusted: uid === 0 && root === "",
    rest: file.rest,
    security: securityOf(engine),
    root,
    isInSwarm: swarmOf(engine),
  };
}

/** An engine that answers, and whose process is not seen from here: in another container, or on another machine. */
function unseenDaemon(record: HostRecord, index: number): Daemon {
  const engine = record.engines[index] ?? null;
  const at = `/engines/${index}`;
  const why = "the engine answers, but its process and its files cannot be seen from here";
  return {
    name: `dockerd (${engine?.address ?? ""})`,
    at,
    isRunning: true,
    uid: 0,
    configFile: "/etc/docker/daemon.json",
    options: withAnswers(new Map(), engine, at),
    insecure: insecureIn(engine),
    isTrusted: false,
    rest: unknown(at, why),
    security: securityOf(engine),
    root: "",
    isInSwarm: swarmOf(engine),
  };
}

function declaredDaemon(record: HostRecord, unit: Unit): Daemon | null {
  const start = unitValues(unit, "Service.ExecStart").at(-1);
  if (start === undefined) return null;
  const args = commandWords(start.value, environmentOf(record, unit));
  return daemonOf(record, {
    name: unit.path.split("/").at(-1) ?? "",
    at: pointerToFile(unit.path),
    args,
    argsAt: pointerToLine(start.path, start.line),
    uid: 0,
    root: "",
    isRunning: false,
  });
}

function configOf(
  record: HostRecord,
  flags: ReadonlyMap<string, Fact<OptionValue>>,
  { uid, configHome }: Started,
): string {
  const named = flags.get("config-file");
  if (named?.state === "known") return wordOf(named.value);
  if (uid === 0) return "/etc/docker/daemon.json";
  return `${configHome ?? `${homeOf(record, uid)}/.config`}/docker/daemon.json`;
}

const SOCKET = "unix:///var/run/docker.sock";

/** The answer of the daemon that listens there. */
function engineOf(
  { engines }: HostRecord,
  options: ReadonlyMap<string, Fact<OptionValue>>,
): EngineFact | null {
  const hosts = options.get("hosts");
  const listed = hosts?.state === "known" ? textsIn(hosts) : [SOCKET];
  const plain = (address: string): string => address.replace("unix:///run/", "unix:///var/run/");
  // With -H fd:// systemd listens, at the usual place.
  const all = listed.map((host) => (host.startsWith("fd:") ? SOCKET : plain(host)));
  const isAnswer = ({ engine, info, address }: EngineFact): boolean =>
    engine === "docker" && info !== null && all.includes(plain(address));
  return engines.find(isAnswer) ?? null;
}

type Members = { readonly [name: string]: unknown };

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Members)
    : {};
}

/**
 * What the engine says of itself is what it does, where it says it.
 *
 * @param at Where people would set it.
 */
function withAnswers(
  options: ReadonlyMap<string, Fact<OptionValue>>,
  engine: EngineFact | null,
  at: string,
): Map<string, Fact<OptionValue>> {
  const all = new Map(options);
  const info = membersOf(engine?.info);
  for (const [option, name] of ANSWERS) {
    const value = info[name];
    const isTold = typeof value === "string" || typeof value === "boolean";
    if (isTold && !all.has(option)) all.set(option, known(value, at));
  }
  return all;
}

const ANSWERS: readonly (readonly [option: string, name: string])[] = [
  ["live-restore", "LiveRestoreEnabled"],
  ["log-driver", "LoggingDriver"],
  ["storage-driver", "Driver"],
  ["data-root", "DockerRootDir"],
  ["experimental", "ExperimentalBuild"],
];

function securityOf(engine: EngineFact | null): readonly string[] | null {
  const said = membersOf(engine?.info)["SecurityOptions"];
  return Array.isArray(said) ? said.map(wordOf) : null;
}

/** @see https://docs.docker.com/reference/api/engine, GET /info */
function insecureIn(engine: EngineFact | null): string[] {
  const ranges = membersOf(membersOf(engine?.info)["RegistryConfig"])["InsecureRegistryCIDRs"];
  return Array.isArray(ranges) ? ranges.map(wordOf) : [];
}

function swarmOf(engine: EngineFact | null): boolean | null {
  const state = membersOf(membersOf(engine?.info)["Swarm"])["LocalNodeState"];
  return typeof state === "string" ? state !== "inactive" && state !== "" : null;
}
