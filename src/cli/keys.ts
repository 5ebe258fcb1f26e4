import type { KeyFacts, KeyKind, NewKey } from "../app/keys.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import { keyPassword, newKeyPassword } from "./password.ts";

const KINDS: readonly KeyKind[] = [
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
  "ed25519",
];

export const keysCommand: Command = {
  name: "keys",
  summary: "make, take over and show keys to sign with",
  usage: [
    "keys generate [options]",
    "keys import FILE [options]",
    "keys show FILE [options]",
    "keys public FILE [options]",
  ],
  details: [
    "Private keys are written encrypted, in the form that cosign reads and writes, to PREFIX.key; the public half goes to PREFIX.pub. Nothing is ever written over.",
    "The password is taken from BULWARK_KEY_PASSWORD or COSIGN_PASSWORD, or asked for on a terminal.",
  ],
  options: {
    type: {
      type: "string",
      value: "KIND",
      choices: KINDS,
      summary: "generate: the kind of key (default: ecdsa-p256)",
    },
    output: {
      type: "string",
      value: "PREFIX",
      short: "o",
      summary: "generate, import: where to write (default: bulwark)",
    },
    format: ANSWER_FORMAT,
  },
  takes: {
    generate: ["type", "output", "format"],
    import: ["output", "format"],
    show: ["format"],
    public: [],
  },
  examples: [
    ["bulwark keys generate --output release", "release.key and release.pub"],
    ["bulwark keys import old-key.pem --output release", "a key that was made elsewhere"],
    ["bulwark keys public release.key > release.pub", "the public half"],
  ],
  run: async (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("keys", name, ACTIONS)(invocation, args);
  },
};

const ACTIONS: ReadonlyMap<
  string,
  (invocation: Invocation, args: readonly string[]) => Promise<number>
> = new Map([
  ["generate", generate],
  ["import", importFile],
  ["show", show],
  ["public", publicHalf],
]);

async function generate(invocation: Invocation, args: readonly string[]): Promise<number> {
  none(args);
  const { options } = invocation;
  const { generateKeys } = await import("../app/keys.ts");
  const kind = KINDS.find((name) => name === options.text("type")) ?? "ecdsa-p256";
  const prefix = options.text("output") ?? "bulwark";
  return tell(invocation, await generateKeys({ kind, prefix }, () => newKeyPassword(process.env)));
}

async function importFile(invocation: Invocation, args: readonly string[]): Promise<number> {
  const path = one(args, "import");
  const { importKey } = await import("../app/keys.ts");
  const prefix = invocation.options.text("output") ?? "bulwark";
  const passwords = {
    old: () => keyPassword(`password for ${visible(path)}`, process.env),
    new: () => newKeyPassword(process.env),
  };
  return tell(invocation, await importKey({ path, prefix }, passwords));
}

async function show(invocation: Invocation, args: readonly string[]): Promise<number> {
  return tell(invocation, await factsOf(one(args, "show")));
}

async function publicHalf({ terminal }: Invocation, args: readonly string[]): Promise<number> {
  await terminal.print((await factsOf(one(args, "public"))).pem);
  return 0;
}

async function factsOf(path: string): Promise<KeyFacts> {
  const { describeKey } = await import("../app/keys.ts");
  return describeKey(path, () => keyPassword(`password for ${visible(path)}`, process.env));
}

async function tell({ terminal, options }: Invocation, key: KeyFacts | NewKey): Promise<number> {
  if (options.text("format") === "json") {
    await terminal.print(`${JSON.stringify({ schema: "bulwark.dev/key/v1", ...key }, null, 2)}\n`);
    return 0;
  }
  const files =
    "privatePath" in key
      ? [`private  ${visible(key.privatePath)}`, `public   ${visible(key.publicPath)}`]
      : [];
  const lines = [...files, `kind     ${key.kind}`, `sha256   ${key.fingerprint}`];
  await terminal.print(`${lines.join("\n")}\n`);
  return 0;
}

function one(args: readonly string[], action: string): string {
  const [path] = args;
  if (path === undefined || args.length > 1)
    throw new AppError("usage", `cannot ${action} a key: name one file`, {
      hint: `as in bulwark keys ${action} FILE`,
    });
  return path;
}

function none(args: readonly string[]): void {
  if (args.length > 0)
    throw new AppError("usage", `cannot use ${JSON.stringify(args[0])}: one argument too many`, {
      hint: "--output PREFIX says where the key is written",
    });
}
