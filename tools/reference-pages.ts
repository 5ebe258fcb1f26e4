// The text of the generated reference pages. Pure: tables of the product go in, Markdown comes out.
import { stringify } from "yaml";
import type { Command } from "../src/cli/command.ts";
import { optionHead } from "../src/cli/help.ts";
import type { ERROR_CODES } from "../src/kit/error.ts";
import type { PROBLEM_CODES } from "../src/model/problem.ts";
import type { Cataloger, Wants } from "../src/stages/catalog/contract.ts";
import type { Check, Example, Pack } from "../src/stages/check/contract.ts";

const HEAD = "<!-- Written by npm run gen; changes made here are lost. -->\n";

/** A cell of a table: bars would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

const code = (text: string): string => `\`${text}\``;

export function errorsPage(codes: typeof ERROR_CODES): string {
  const rows = Object.entries(codes).map(([name, { exitCode, when }]) => [
    code(name),
    when,
    String(exitCode),
  ]);
  return `${HEAD}
# Errors and exit codes

An operation that fails says why on standard error, with one of these codes in brackets and, where there is something to do about it, a hint.
Codes are never renamed and never reused.
What could not be examined is not an error but a [problem](problems.md).

${table(["code", "when", "exit code"], rows)}

## Exit codes

${table(
  ["exit code", "meaning"],
  [
    ["0", "done; findings alone are no failure"],
    ["1", "the operation failed"],
    ["2", "wrong usage: the command line or a configuration file cannot be understood"],
    ["3", "a threshold or policy was reached"],
    ["4", "undecided: something that matters for the threshold or policy could not be examined"],
    ["130", "interrupted"],
  ],
)}

When several apply, the lowest of 1 to 4 is given.
Read every other code as a failure.
`;
}

export function problemsPage(codes: typeof PROBLEM_CODES): string {
  const rows = Object.entries(codes).map(([name, { means, blocks }]) => [
    code(name),
    means,
    blocks ? "undecided" : "no effect",
  ]);
  return `${HEAD}
# Problems

A problem is something that could not be examined, and why.
It travels with the result, is shown in every format, and never ends a scan.
The last column says what it does to the verdict when a threshold such as \`--fail-on\` is asked for and nothing else reached it.

${table(["code", "meaning", "verdict"], rows)}
`;
}

export function catalogersPage(catalogers: readonly Cataloger[]): string {
  const rows = catalogers.map((c) => [
    `[${c.id}](../../src/plugins/catalogers/${c.id}/readme.md)`,
    c.title,
    c.types.map(code).join(", "),
    c.evidence,
    wanted(c.wants),
    c.state,
  ]);
  return `${HEAD}
# Catalogers

A cataloger reads one kind of package evidence.
\`installed\` evidence says what is really there, and is read in images and projects; \`declared\` evidence says what is meant to be there, and is read in projects only.

${table(["id", "reads", "package types", "evidence", "files", "state"], rows)}
`;
}

/** What a cataloger is offered, in words; long lists are cut, its readme has the rest. */
function wanted(wants: Wants): string {
  const parts = [
    ...(wants.paths ?? []).map(code),
    ...(wants.folders ?? []).map((f) => code(`${f}/*`)),
    ...(wants.names ?? []).map(code),
    ...(wants.extensions ?? []).map((e) => code(`*.${e}`)),
    ...(wants.elf === true ? ["every ELF binary"] : []),
  ];
  const shown = parts.slice(0, 12);
  return parts.length > shown.length
    ? `${shown.join(", ")} and ${parts.length - shown.length} more`
    : shown.join(", ");
}

export function checksPage(checks: readonly Check[], packs: readonly Pack[]): string {
  const rows = checks.map((check) => [
    `[${check.id}](#${check.id})`,
    check.title,
    check.severity,
    packsOf(check, packs),
    check.state,
  ]);
  return `${HEAD}
# Checks

A check asserts one property of configuration, the same for Kubernetes objects, Compose services and containers of an engine: see [workload](../concepts/workload.md).
Others look at pipelines, and at how images are built.
\`bulwark check\` runs them.

${table(["id", "what must hold", "severity", "packs", "state"], rows)}

${checks.map(checkSection).join("\n")}`;
}

/** `pss-baseline from v1.34`. */
function packsOf({ id }: Check, packs: readonly Pack[]): string {
  return packs
    .flatMap((pack) => pack.entries.map((entry) => ({ ...entry, pack: pack.id })))
    .filter(({ check }) => check === id)
    .map(({ pack, from, before }) => {
      const begin = from === undefined ? "" : ` from v1.${from}`;
      return `${pack}${begin}${before === undefined ? "" : ` before v1.${before}`}`;
    })
    .join(", ");
}

function checkSection(check: Check): string {
  const aspects = Object.values(check.aspects ?? {}).flatMap((aspect) => aspect.controls ?? []);
  const answers = [...check.controls, ...aspects].map(({ standard, id }) => `${standard} ${id}`);
  const [bad] = check.examples.bad;
  const [good] = check.examples.good;
  return `## ${check.id}

${capital(check.title)}.
Why: ${check.why}.
Fix: ${check.fix}.
Requirements: ${answers.join("; ")}.
More: [its page](../../src/plugins/checks/${check.id}/readme.md).

${exampleBlock("bad", bad)}

${exampleBlock("good", good)}
`;
}

function exampleBlock(word: string, { document, format, settings }: Example): string {
  const { allowed = null, denied = [], immutable = [] } = settings?.registries ?? {};
  const said = Object.entries({ allowed: allowed ?? [], denied, immutable })
    .filter(([, entries]) => entries.length > 0)
    .map(([key, entries]) => `# where the policy has registries: { ${key}: [${entries}] }\n`);
  if (format === "dockerfile") return `\`\`\`dockerfile\n# ${word}\n${String(document)}\`\`\``;
  return `\`\`\`yaml\n# ${word}\n${said.join("")}${stringify(document)}\`\`\``;
}

export function cliPage(commands: readonly Command[]): string {
  const list = commands.map((c) => [`[bulwark ${c.name}](#bulwark-${c.name})`, c.summary]);
  return `${HEAD}
# The command line

Results go to standard output, everything else to standard error.
Exit codes are in [errors and exit codes](errors.md).

${table(["command", "what for"], list)}

${commands.map(commandSection).join("\n")}`;
}

function commandSection(command: Command): string {
  const usage = command.usage.map((line) => `bulwark ${line}`).join("\n");
  const parts = [
    `## bulwark ${command.name}`,
    `${capital(command.summary)}.`,
    `\`\`\`text\n${usage}\n\`\`\``,
    ...command.details.map(sentences),
  ];
  const options = Object.entries(command.options);
  if (options.length > 0) {
    const rows = options.map(([name, spec]) => [code(optionHead(name, spec)), spec.summary]);
    parts.push(table(["option", "what it does"], rows));
  }
  if (command.examples.length > 0) {
    const lines = command.examples.map(([line, does]) => `# ${does}\n${line}`);
    parts.push(`\`\`\`sh\n${lines.join("\n")}\n\`\`\``);
  }
  return `${parts.join("\n\n")}\n`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One sentence a line, as in every page. */
function sentences(paragraph: string): string {
  return paragraph.replace(/([.!?]) +(?=[A-Z])/g, "$1\n");
}
