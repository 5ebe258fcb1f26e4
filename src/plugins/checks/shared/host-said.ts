// What checks of hosts say, in few words.

import { fileOf, pointerToFile } from "../../../formats/host/record-file.ts";
import type { Fact, Unknown } from "../../../kit/fact.ts";
import type { PlainValue } from "../../../model/edit.ts";
import {
  type Daemon,
  type Host,
  type OptionValue,
  optionOf,
  type Settings,
  settingOf,
} from "../../../model/host.ts";
import type { SeenFile } from "../../../model/host-record.ts";
import type { HostStep } from "../../../model/host-step.ts";
import type { CheckRun, Fault, Statement } from "../../../stages/check/contract.ts";

type More = Partial<Pick<Fault, "value" | "aspect" | "steps">>;

export class HostSaid {
  readonly all: Statement[] = [];

  fault(at: string, state: string, more: More = {}): void {
    this.all.push({ kind: "fault", at, container: null, state, ...more });
  }

  /** @param aspect Of which it cannot be told; of all when absent. */
  doubt({ at, why }: Pick<Unknown, "at" | "why">, aspect?: string): void {
    this.all.push({
      kind: "doubt",
      at,
      container: null,
      why,
      ...(aspect === undefined ? {} : { aspect }),
    });
  }

  /** Nothing here can have this aspect. */
  without(...aspects: readonly string[]): void {
    for (const aspect of aspects) this.all.push({ kind: "inapplicable", aspect });
  }

  /**
   * An option of a daemon.
   *
   * @param offence What is wrong with a value, as the end of a sentence; it is given null for the default.
   * @param wanted What a script may set it to; absent where somebody has to decide.
   */
  option(
    daemon: Daemon,
    name: string,
    offence: (value: OptionValue | null) => string | null,
    { wanted, aspect }: { readonly wanted?: PlainValue; readonly aspect?: string } = {},
  ): void {
    const fact = optionOf(daemon, name);
    if (fact.state === "unknown") {
      this.doubt(fact, aspect);
      return;
    }
    const found = offence(fact.state === "known" ? fact.value : null);
    if (found === null) return;
    const at = fact.state === "known" ? fact.at : pointerToFile(daemon.configFile);
    const steps = wanted === undefined ? null : optionStep(daemon, name, wanted);
    this.fault(at, `${daemon.name}: ${found}`, {
      ...(aspect === undefined ? {} : { aspect }),
      ...(steps === null ? {} : { steps: [steps] }),
    });
  }

  /** A setting of files; what is unknown is a doubt. @returns null where it is not set or cannot be told. */
  setting(
    settings: Settings,
    keys: readonly string[],
    aspect?: string,
  ): { readonly value: OptionValue; readonly at: string } | null {
    const fact: Fact<OptionValue> = settingOf(settings, ...keys);
    if (fact.state === "unknown") this.doubt(fact, aspect);
    return fact.state === "known" ? fact : null;
  }
}

/** What sets an option in a daemon's file; null where a flag sets it, or the file is another container's or cannot be read. */
function optionStep(daemon: Daemon, option: string, value: PlainValue): HostStep | null {
  const set = daemon.options.get(option);
  const isFlag = set?.state === "known" && !set.at.startsWith(pointerToFile(daemon.configFile));
  if (isFlag || !daemon.isTrusted || daemon.rest !== null) return null;
  return { kind: "daemon-option", file: daemon.configFile, option, value };
}

/** A check of each Docker daemon; not applicable where there is none. */
export function ofDaemons(
  say: (daemon: Daemon, said: HostSaid, host: Host) => void,
): CheckRun<Host> {
  return (host) => {
    if (host.daemons.length === 0) return "not-applicable";
    const said = new HostSaid();
    for (const daemon of host.daemons) say(daemon, said, host);
    return said.all;
  };
}

/** A file that is there; where it could not be looked at, that is said. */
export function lookedAt(
  { record }: Host,
  path: string,
  said: HostSaid,
  ...aspects: readonly string[]
): SeenFile | null {
  const file = fileOf(record, path);
  if (file === null || file.kind === "hidden") {
    const why = `${path} cannot be looked at: ${file?.why ?? "nobody did"}`;
    for (const aspect of aspects) said.doubt({ at: pointerToFile(path), why }, aspect);
    return null;
  }
  if (file.kind !== "absent") return file;
  said.without(...aspects);
  return null;
}

/** `644`. */
export function octal(mode: number): string {
  return mode.toString(8);
}

/** Whether a daemon runs without root, by its process or its own word. */
export function isRootless({ uid, security }: Daemon): boolean {
  return uid !== 0 || (security ?? []).some((word) => word === "name=rootless");
}
