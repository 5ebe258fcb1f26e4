// Falco's own end-to-end cases, read: what is to be played, and which alert must come of it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { sharedPath } from "../../shared.ts";

const FOLDER = sharedPath("fixtures/runtime/falco-e2e");

/** A process of a case, begun by the one before. */
export interface PlayedProcess {
  readonly path: string;
  readonly user: string | null;
  readonly words: string;
}

export interface PlayedCase {
  readonly test: string;
  readonly rule: string;
  readonly priority: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly inContainer: boolean;
  /** What lies at the path is not of the image. */
  readonly isDropped: boolean;
  readonly processes: readonly PlayedProcess[];
  /** Calls in the actor's form, with `;` between. */
  readonly calls: string;
  /** Files that must be there. */
  readonly files: readonly string[];
}

interface Step {
  readonly syscall: string;
  readonly args: Readonly<
    Record<string, string | number | Readonly<Record<string, string | number>>>
  >;
}

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly filePath?: string;
  readonly fileLess?: boolean;
  readonly l4Proto?: string;
  readonly address?: string;
}

interface Written {
  readonly name: string;
  readonly rule: string;
  readonly before?: string;
  readonly context?: {
    readonly container?: object | null;
    readonly processes?: readonly { name: string; exe?: string; args?: string; user?: string }[];
  };
  readonly resources?: readonly Resource[];
  readonly steps?: readonly Step[];
  readonly expectedOutcome: {
    readonly priority: string;
    readonly outputFields?: Readonly<Record<string, string>>;
  };
  readonly cases?: readonly {
    strategy: string;
    values: Readonly<Record<string, readonly unknown[]>>;
  }[];
}

type Item = Readonly<Record<string, unknown>>;

/** All cases of all files. Two files have values that begin with `%`, which YAML does not allow: they are quoted first. */
export function falcoCases(): PlayedCase[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => {
      const text = readFileSync(join(FOLDER, name), "utf8").replace(/: (%\{.*\})$/gm, ': "$1"');
      const { tests } = parse(text) as { tests: readonly Written[] };
      return tests.flatMap((written) =>
        itemsOf(written).map((item) => played(filled(written, item))),
      );
    });
}

/** Every combination of the values of a matrix. */
function itemsOf({ cases }: Written): Item[] {
  if (cases === undefined) return [{}];
  return cases.flatMap(({ strategy, values }) => {
    if (strategy !== "matrix") throw new Error(`a strategy that is not known: ${strategy}`);
    let items: Item[] = [{}];
    for (const [name, all] of Object.entries(values)) {
      items = items.flatMap((item) => all.map((value) => ({ ...item, [name]: value })));
    }
    return items;
  });
}

/** Puts values in the place of `%{ item.name }`; one that stands alone keeps its type. */
function filled<T>(value: T, item: Item): T {
  if (typeof value === "string") {
    const alone = /^%\{ item\.(\w+) \}$/.exec(value)?.[1];
    if (alone !== undefined) return item[alone] as T;
    return value.replace(/%\{ item\.(\w+) \}/g, (_, name: string) => String(item[name])) as T;
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, item)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v, item)])) as T;
}

function played(written: Written): PlayedCase {
  const { context, resources = [], expectedOutcome, before } = written;
  const waits = /^sleep (\d+)$/.exec(before ?? "")?.[1];
  const calls = (written.steps ?? []).map((step) => callOf(step, resources));
  const inContainer = context?.container !== undefined && context.container !== null;
  const processes = (context?.processes ?? []).map(
    ({ name, exe, args, user }): PlayedProcess => ({
      path: exe ?? `${PROGRAMS}/${name}`,
      user: user ?? null,
      words: args ?? "",
    }),
  );
  const memory = resources.filter(({ fileLess }) => fileLess === true);
  return {
    test: written.name,
    rule: written.rule,
    priority: expectedOutcome.priority,
    fields: expectedOutcome.outputFields ?? {},
    inContainer,
    isDropped: written.name.startsWith("drop_"),
    processes: [
      ...processes,
      ...memory.map(({ name }) => ({ path: `memory:${name}`, user: null, words: "" })),
    ],
    calls: [...(waits === undefined ? [] : [`sleep|${waits}`]), ...calls].join(";"),
    files: resources.flatMap(({ filePath }) => filePath ?? []),
  };
}

/** Where programs lie that a case gives a name only. */
export const PROGRAMS = "/usr/local/bin";

const FLAGS: Readonly<Record<string, number>> = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_CREAT: 0o100,
  O_TRUNC: 0o1000,
};

function callOf({ syscall, args }: Step, resources: readonly Resource[]): string {
  const how = typeof args["how"] === "object" ? args["how"] : args;
  if (syscall.startsWith("open")) {
    const flags = String(how["flags"])
      .split("|")
      .reduce((sum, name) => sum | (FLAGS[name] ?? Number.NaN), 0);
    return [syscall, args["pathname"], flags, 0o644].join("|");
  }
  if (syscall.startsWith("link")) return [syscall, args["oldPath"], args["newPath"]].join("|");
  const socket = resources.find(({ type }) => type === "clientServer");
  return [syscall, socket?.l4Proto, socket?.address?.split(":").at(-1), args["newFd"]].join("|");
}
