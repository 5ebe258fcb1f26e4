import { parseArgs } from "node:util";
import { AppError, reasonOf } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import type { Command, OptionSpec, Options } from "./command.ts";

/** Reads a command's arguments by its table of options. @throws {AppError} `usage` */
export function parseArguments(
  command: Command,
  argv: readonly string[],
): { args: string[]; options: Options } {
  const specs: Record<string, OptionSpec> = { ...command.options };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [name, parserOption(spec)]),
      ),
    });
    const options = readable(values);
    checkChoices(specs, options);
    checkTaken(command, positionals[0] ?? "", Object.keys(values));
    return { args: positionals, options };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("usage", firstSentence(reasonOf(error)), {
      hint: hintFor(reasonOf(error), command),
      cause: error,
    });
  }
}

function hintFor(reason: string, { name, options }: Command): string {
  const [, unknown = ""] = /^Unknown option '--([^'=]+)/.exec(reason) ?? [];
  const near = nearest(unknown, Object.keys(options));
  return near === null
    ? `run bulwark ${name} --help`
    : `did you mean --${near}? bulwark ${name} --help has the list`;
}

function parserOption(spec: OptionSpec): {
  type: "string" | "boolean";
  multiple: boolean;
  short?: string;
} {
  const base = { type: spec.type, multiple: spec.multiple === true };
  return spec.short === undefined ? base : { ...base, short: spec.short };
}

type Parsed = Record<string, string | boolean | (string | boolean)[] | undefined>;

function readable(values: Parsed): Options {
  return {
    flag: (name) => values[name] === true,
    text: (name) => {
      const value = values[name];
      return typeof value === "string" ? value : null;
    },
    texts: (name) => {
      const value = values[name];
      if (Array.isArray(value)) return value.filter((v) => typeof v === "string");
      return typeof value === "string" ? [value] : [];
    },
  };
}

function checkChoices(specs: Record<string, OptionSpec>, options: Options): void {
  for (const [name, spec] of Object.entries(specs)) {
    const wrong =
      spec.choices && options.texts(name).find((value) => !spec.choices?.includes(value));
    if (wrong !== undefined) {
      throw new AppError(
        "usage",
        `cannot use --${name} ${JSON.stringify(wrong)}: not one of ${spec.choices?.join(", ")}`,
      );
    }
  }
}

/** An option of something else that the command does would be ignored. */
function checkTaken(
  { name: command, takes }: Command,
  word: string,
  given: readonly string[],
): void {
  if (takes === undefined) return;
  const action = actionOf(takes, word, given);
  const stray = given.find((name) => takes[action]?.includes(name) === false);
  if (stray === undefined) return;
  const spoken = (one: string): string => `${command} ${one}`.trim();
  const others = Object.keys(takes).filter((one) => takes[one]?.includes(stray));
  throw new AppError(
    "usage",
    `cannot use --${stray} with ${spoken(action)}: it is of no use there`,
    {
      hint: `it goes with bulwark ${others.map(spoken).join(", bulwark ")}`,
    },
  );
}

function actionOf(
  takes: Readonly<Record<string, readonly string[]>>,
  word: string,
  given: readonly string[],
): string {
  const flag = given.map((name) => `--${name}`).find((name) => Object.hasOwn(takes, name));
  if (flag !== undefined) return flag;
  // Where no word says what is done, the first one is what it is done to.
  return Object.keys(takes).some((one) => /^\w/.test(one)) ? word : "";
}

/** Node's own message, in our voice: lower case, without its advice. */
function firstSentence(text: string): string {
  const sentence = text.split(/\. |\n/, 1)[0] ?? text;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
