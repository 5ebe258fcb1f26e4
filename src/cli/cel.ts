import { type CelTrial, tryCel } from "../app/cel.ts";
import { palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { grouped } from "../kit/phrase.ts";
import type { Command } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

export const celCommand: Command = {
  name: "cel",
  summary: "try an expression of a policy, and see what it gives and costs",
  usage: ["cel EXPRESSION [options]"],
  details: [
    "EXPRESSION is written in CEL with Kubernetes' library; docs/guide/expressions.md has the language.",
    "Each document of the input is the variable object; of an AdmissionReview, request, object and oldObject are taken.",
    "The exit code is 1 when the expression gave an error for any document.",
  ],
  options: {
    input: { type: "string", value: "FILE", short: "i", summary: "a file of JSON or YAML" },
    set: {
      type: "string",
      value: "NAME=JSON",
      multiple: true,
      summary: "one more variable with its value",
    },
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark cel \"quantity('1.5Gi').compareTo(quantity('1Gi'))\"", "compute something"],
    [
      "bulwark cel 'object.spec.containers.all(c, has(c.resources))' --input pod.yaml",
      "ask something of every document of a file",
    ],
  ],
  run: async ({ args, options, terminal, signal }) => {
    const [expression] = args;
    if (expression === undefined || args.length > 1)
      throw new AppError("usage", "cannot try: give one expression", {
        hint: "put it in quotes, as in bulwark cel '1 + 1'",
      });
    const input = options.text("input");
    const asked = { expression, input, variables: options.texts("set") };
    const trial = await tryCel(asked, signal);
    const text =
      options.text("format") === "json"
        ? `${JSON.stringify({ schema: "bulwark.dev/cel/v1", ...trial }, null, 2)}\n`
        : textOf(trial, terminal);
    await terminal.print(text);
    return trial.answers.some(({ error }) => error !== null) ? 1 : 0;
  },
};

function textOf({ type, costMax, answers }: CelTrial, { colour }: Terminal): string {
  const { bold, dim, red } = palette(colour);
  const lines = answers.flatMap(({ subject, value, error, cost }) => [
    ...(subject === null ? [] : [dim(`${visible(subject)}:`)]),
    error === null ? bold(visible(JSON.stringify(value))) : red(`error: ${visible(error)}`),
    dim(`  cost ${grouped(cost)}`),
  ]);
  const most = `of type ${type}, at most ${grouped(Math.ceil(costMax))} for values of usual size`;
  return `${[...lines, dim(`  ${most}`)].join("\n")}\n`;
}
