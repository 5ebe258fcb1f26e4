import { OLD_HOURS, storeFolder } from "../app/db.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { ageText, type ManifestFacts, manifestText, statusJson, statusText } from "./db-text.ts";
import { ANSWER_FORMAT, OFFLINE } from "./option-specs.ts";

export const dbCommand: Command = {
  name: "db",
  summary: "build, update, publish, carry and look at the advisory data",
  usage: [
    "db status [options]",
    "db update [REFERENCE] [options]",
    "db build --from PATH… [options]",
    "db publish REFERENCE [options]",
    "db export FILE [options]",
    "db import FILE [options]",
  ],
  details: [
    "The store is in $BULWARK_DB, or in bulwark/db in the user's folder for data; --db names another. A new store takes the old one's place in one step.",
    "build reads OSV folders and archives, Alpine's secdb, Debian's tracker and its advisory lists, files of Ubuntu's CVE tracker, CISA's KEV and EPSS; which is which is told by what stands in them. What cannot be used is named.",
    "update without REFERENCE asks the publishers, for what changed. With REFERENCE it fetches a store that bulwark db publish made; it must be signed by the key of --trust.",
  ],
  options: {
    from: {
      type: "string",
      value: "PATH",
      multiple: true,
      summary: "build: a file or folder with publishers' data; may be repeated",
    },
    db: { type: "string", value: "DIR", summary: "the store's folder" },
    ecosystem: {
      type: "string",
      value: "NAME",
      multiple: true,
      summary: "update REFERENCE: only these, such as Debian or npm; may be repeated",
    },
    only: {
      type: "string",
      value: "ID",
      multiple: true,
      summary: "update: only these publishers; may be repeated",
    },
    source: {
      type: "string",
      value: "ID=URL",
      multiple: true,
      summary: "update: another address for a publisher; may be repeated",
    },
    trust: {
      type: "string",
      value: "FILE",
      summary: "update REFERENCE: the ed25519 public key (PEM) that must have signed",
    },
    "allow-unsigned": {
      type: "boolean",
      summary: "update REFERENCE: take a store whoever made it",
    },
    key: { type: "string", value: "FILE", summary: "publish: sign with this ed25519 key (PEM)" },
    offline: OFFLINE,
    format: ANSWER_FORMAT,
  },
  takes: {
    build: ["from", "db", "format"],
    update: ["ecosystem", "only", "source", "trust", "allow-unsigned", "offline", "db", "format"],
    publish: ["key", "db", "format"],
    export: ["db", "format"],
    import: ["db", "format"],
    status: ["db", "format"],
  },
  examples: [
    ["bulwark db update", "fetch what publishers say, and build the store"],
    ["bulwark db build --from osv/ --from kev.json", "the same from files"],
    [
      "bulwark db update registry.example/bulwark-db --ecosystem Debian --ecosystem npm --trust db.pub",
      "in a pipeline: only what it needs",
    ],
    ["bulwark db status", "what is in the store, and how old it is"],
  ],
  run: async (invocation) => {
    const [name = "", ...args] = invocation.args;
    const action = chosenAction("db", name, ACTIONS);
    const folder = storeFolder(invocation.options.text("db"), surroundingsOf(invocation));
    return action({ invocation, args, folder });
  },
};

interface Call {
  readonly invocation: Invocation;
  readonly args: readonly string[];
  readonly folder: string;
}

const ACTIONS: ReadonlyMap<string, (call: Call) => Promise<number>> = new Map([
  ["build", build],
  ["update", update],
  ["publish", publish],
  ["export", exportFile],
  ["import", importFile],
  ["status", status],
]);

async function build({ invocation, args, folder }: Call): Promise<number> {
  const from = [...invocation.options.texts("from"), ...args];
  if (from.length === 0)
    throw new AppError("usage", "cannot build a store: name what to build from", {
      hint: "as in bulwark db build --from PATH",
    });
  const { buildDatabase } = await import("../app/db.ts");
  const built = await buildDatabase({ from, folder }, surroundingsOf(invocation));
  return tellBuilt(invocation, { folder, ...built });
}

interface Built extends ManifestFacts {
  readonly problems: readonly { readonly path: string; readonly detail: string }[];
  readonly problemCount: number;
}

const PROBLEMS_SHOWN = 20;

async function tellBuilt(invocation: Invocation, built: Built): Promise<number> {
  const { terminal } = invocation;
  terminal.progress(null);
  for (const { path, detail } of built.problems.slice(0, PROBLEMS_SHOWN))
    terminal.warn(`cannot use ${JSON.stringify(visible(path))}: ${visible(detail)}`);
  const more = built.problemCount - Math.min(built.problems.length, PROBLEMS_SHOWN);
  if (more > 0) terminal.warn(`${more} more could not be used`);
  return tell(invocation, built);
}

async function tell(invocation: Invocation, facts: ManifestFacts): Promise<number> {
  invocation.terminal.progress(null);
  const isJson = invocation.options.text("format") === "json";
  await invocation.terminal.print(isJson ? statusJson(facts) : manifestText(facts));
  return 0;
}

async function update({ invocation, args, folder }: Call): Promise<number> {
  const { options, terminal } = invocation;
  const [reference] = args;
  const offline = options.flag("offline");
  const surroundings = surroundingsOf(invocation);
  if (reference === undefined) {
    const { updateFromPublishers } = await import("../app/db.ts");
    const request = {
      folder,
      offline,
      sources: options.texts("source"),
      only: options.texts("only"),
    };
    return tellBuilt(invocation, {
      folder,
      ...(await updateFromPublishers(request, surroundings)),
    });
  }
  noMore(args, 1);
  const { updateFromRegistry } = await import("../app/db.ts");
  const pulled = await updateFromRegistry(
    {
      folder,
      reference,
      ecosystems: options.texts("ecosystem"),
      trust: options.text("trust"),
      allowUnsigned: options.flag("allow-unsigned"),
      offline,
    },
    surroundings,
  );
  if (pulled.isKept)
    terminal.warn("the store in use has newer data than the published one, and stays");
  if (options.text("trust") === null) terminal.warn("the store was taken without a signature");
  return tell(invocation, { folder, manifest: pulled.manifest });
}

async function publish({ invocation, args, folder }: Call): Promise<number> {
  const { terminal, options } = invocation;
  const reference = one(args, "publish", "REFERENCE");
  const { publishDatabase } = await import("../app/db.ts");
  const key = options.text("key");
  const done = await publishDatabase({ folder, reference, key }, surroundingsOf(invocation));
  terminal.progress(null);
  if (!done.signed) terminal.warn("the store is published without a signature; --key FILE signs");
  const text =
    options.text("format") === "json"
      ? `${JSON.stringify({ schema: "bulwark.dev/db-publication/v1", reference, digest: done.digest, signed: done.signed }, null, 2)}\n`
      : `${reference}@${done.digest}\n`;
  await terminal.print(text);
  return 0;
}

async function exportFile({ invocation, args, folder }: Call): Promise<number> {
  const file = one(args, "export", "FILE");
  const { exportDatabase } = await import("../app/db.ts");
  const { manifest } = await exportDatabase(folder, file, surroundingsOf(invocation));
  return tell(invocation, { folder: file, manifest });
}

async function importFile({ invocation, args, folder }: Call): Promise<number> {
  const file = one(args, "import", "FILE");
  const { importDatabase } = await import("../app/db.ts");
  const manifest = await importDatabase(file, folder, surroundingsOf(invocation));
  return tell(invocation, { folder, manifest });
}

async function status({ invocation, args, folder }: Call): Promise<number> {
  noMore(args, 0);
  const { terminal, options } = invocation;
  const { databaseStatus } = await import("../app/db.ts");
  const found = await databaseStatus(folder, surroundingsOf(invocation));
  const isJson = options.text("format") === "json";
  await terminal.print(isJson ? statusJson(found) : statusText(found));
  if (found.isOld) {
    terminal.warn(
      `the advisory data is ${ageText(found.data.ageHours ?? 0)} old, more than ${OLD_HOURS} h`,
    );
    terminal.hint("run bulwark db update");
  }
  return 0;
}

function one(args: readonly string[], action: string, what: string): string {
  const [first] = args;
  if (first === undefined)
    throw new AppError("usage", `cannot ${action} a store: name ${what}`, {
      hint: `as in bulwark db ${action} ${what}`,
    });
  noMore(args, 1);
  return first;
}

function noMore(args: readonly string[], count: number): void {
  const extra = args[count];
  if (extra !== undefined)
    throw new AppError(
      "usage",
      `cannot use ${JSON.stringify(extra.slice(0, 100))}: one argument too many`,
    );
}
