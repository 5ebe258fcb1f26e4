import type { ShownTrust } from "../app/trust-bundle.ts";
import { writeOutput } from "../app/write-output.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { daysOption, daysOptionSpec } from "./days-option.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import { trustJson, trustText } from "./trust-text.ts";
import { TRUST_OPTIONS, trustRequestOf } from "./verify.ts";

const { trust: _, ...PEOPLE } = TRUST_OPTIONS;
const ENDING_DAYS = 60;

export const trustCommand: Command = {
  name: "trust",
  summary: "show whom you believe and until when, and bundle it for machines without a network",
  usage: ["trust show [FILE] [options]", "trust bundle [FILE] [options]"],
  details: [
    "FILE is a trust file (default: bulwark.trust.yaml, when nobody else is named). What it and the options say is put together.",
    "bundle writes one trust file that names no other: keys, certificates and roots stand in it, the root of the public Sigstore instance included where somebody needs it. verify --trust takes it, and asks no network.",
    "Both warn of keys, certificates and roots that have ended or end soon.",
  ],
  options: {
    ...PEOPLE,
    "ends-within": daysOptionSpec("warn of what ends within so many days", ENDING_DAYS),
    output: {
      type: "string",
      value: "FILE",
      short: "o",
      summary: "bundle: where to write (default: standard output)",
    },
    format: { ...ANSWER_FORMAT, summary: "show: how to answer (default: text)" },
  },
  takes: {
    show: [...Object.keys(PEOPLE), "ends-within", "format"],
    bundle: [...Object.keys(PEOPLE), "ends-within", "output"],
  },
  examples: [
    ["bulwark trust show", "whom bulwark.trust.yaml names, and when each key and root ends"],
    [
      "bulwark trust bundle bulwark.trust.yaml --output offline.trust.yaml",
      "one file for machines without a network",
    ],
    ["bulwark verify oci:image --trust offline.trust.yaml --offline", "and its use there"],
  ],
  run: async (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("trust", name, ACTIONS)(invocation, args);
  },
};

const ACTIONS: ReadonlyMap<
  string,
  (invocation: Invocation, args: readonly string[]) => Promise<number>
> = new Map([
  ["show", show],
  ["bundle", bundle],
]);

async function show(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { terminal, options } = invocation;
  const { showTrust } = await import("../app/trust-bundle.ts");
  const shown = await showTrust(...asked(invocation, args, "show"));
  const isJson = options.text("format") === "json";
  await terminal.print(isJson ? trustJson(shown) : trustText(shown, terminal.colour));
  warn(shown, invocation);
  return 0;
}

async function bundle(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { terminal, options } = invocation;
  const { bundleTrust } = await import("../app/trust-bundle.ts");
  const { text, shown } = await bundleTrust(...asked(invocation, args, "bundle"));
  const output = options.text("output");
  if (output === null) await terminal.print(text);
  else {
    await writeOutput(output, text);
    terminal.note(`${contentOf(shown)} stand in ${JSON.stringify(output)}`);
  }
  warn(shown, invocation);
  return 0;
}

function contentOf({ keys, identities, certificates, roots }: ShownTrust): string {
  const needed = roots.filter(({ neededBy }) => neededBy.length > 0).length;
  return list(
    [
      [keys.length, count(keys.length, "key")],
      [identities.length, count(identities.length, "identity", "identities")],
      [certificates.length, count(certificates.length, "certificate")],
      [needed, count(needed, "root")],
    ].flatMap(([n, words]) => (n === 0 ? [] : [String(words)])),
  );
}

function warn({ warnings }: ShownTrust, { terminal }: Invocation): void {
  for (const text of warnings) terminal.warn(text);
}

function asked(
  { options }: Invocation,
  args: readonly string[],
  action: string,
): [request: ReturnType<typeof trustRequestOf>, endingDays: number] {
  const [file = null] = args;
  if (args.length > 1)
    throw new AppError("usage", `cannot ${action} trust: name one trust file`, {
      hint: `as in bulwark trust ${action} bulwark.trust.yaml`,
    });
  const request = { ...trustRequestOf(options), trust: file };
  return [request, daysOption(options, "ends-within", ENDING_DAYS)];
}
