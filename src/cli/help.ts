import type { Command, CommandEntry, OptionSpec } from "./command.ts";

/** The text of `bulwark --help`. */
export function programHelp(commands: readonly CommandEntry[], version: string): string {
  const width = Math.max(...commands.map((c) => c.name.length));
  const rows = commands.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`);
  return [
    `bulwark ${version}: container security in one program`,
    "",
    "usage: bulwark COMMAND [arguments]",
    "",
    ...rows,
    "",
    "bulwark COMMAND --help tells more; bulwark --version prints the version.",
    "exit codes: 0 done, 1 failed, 2 wrong usage, 3 threshold or policy reached,",
    "            4 undecided, 130 interrupted",
    "",
  ].join("\n");
}

/** The text of `bulwark COMMAND --help`. */
export function commandHelp(command: Command): string {
  const lines = [`bulwark ${command.name}: ${command.summary}`, ""];
  lines.push(...command.usage.map((u, i) => `${i === 0 ? "usage:" : "      "} bulwark ${u}`), "");
  for (const paragraph of command.details) lines.push(...wrap(paragraph, 78), "");
  const options = Object.entries(command.options);
  if (options.length > 0) lines.push("options:", ...optionRows(options), "");
  if (command.examples.length > 0) {
    lines.push("examples:");
    for (const [line, does] of command.examples) lines.push(`  ${line}`, `      ${does}`);
    lines.push("");
  }
  return lines.join("\n");
}

function optionRows(options: readonly (readonly [string, OptionSpec])[]): string[] {
  const heads = options.map(([name, spec]) => optionHead(name, spec));
  const width = Math.min(30, Math.max(...heads.map((h) => h.length)));
  return options.flatMap(([, spec], i) => {
    const head = heads[i] ?? "";
    const text = wrap(spec.summary, 80 - width - 4);
    const first =
      head.length > width
        ? [`  ${head}`, `  ${" ".repeat(width)}  ${text[0] ?? ""}`]
        : [`  ${head.padEnd(width)}  ${text[0] ?? ""}`];
    return [...first, ...text.slice(1).map((t) => `  ${" ".repeat(width)}  ${t}`)];
  });
}

/** `-o, --output FILE`. */
export function optionHead(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  return `${short}--${name}${spec.value === undefined ? "" : ` ${spec.value}`}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
