import { lookAround, writeProposed } from "../app/init.ts";
import { palette } from "../kit/colour.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

type Proposal = Awaited<ReturnType<typeof lookAround>>;

export const initCommand: Command = {
  name: "init",
  summary: "look around, propose a configuration and the next three commands",
  usage: ["init [FOLDER] [options]"],
  details: [
    "Looks for Dockerfiles, Compose files, Kubernetes objects, lock files, pipelines and container engines.",
    "Nothing is written without --write, and nothing that exists is ever replaced.",
  ],
  options: {
    write: { type: "boolean", summary: "write the proposed files" },
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark init", "what to do first, here"],
    ["bulwark init --write", "and write the proposed files"],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const [folder = "."] = args;
    if (args.length > 1) throw new AppError("usage", "cannot look around: name at most one folder");
    const proposal = await lookAround(folder, surroundingsOf(invocation));
    const written = options.flag("write") ? await writeProposed(folder, proposal.files) : null;
    const text =
      options.text("format") === "json"
        ? `${JSON.stringify({ schema: "bulwark.dev/init/v1", ...proposal, written }, null, 2)}\n`
        : textOf(proposal, { folder, written }, terminal);
    await terminal.print(text);
    return 0;
  },
};

function textOf(
  { found, files, commands }: Proposal,
  { folder, written }: { readonly folder: string; readonly written: readonly string[] | null },
  { colour }: Terminal,
): string {
  const { bold, dim, green } = palette(colour);
  const isHere = folder === ".";
  const where = visible(folder);
  const lines = [bold(`found ${found ?? "nothing that we know"}`), ""];
  for (const { path, why, content } of files) {
    const state = written === null ? "propose" : written.includes(path) ? "wrote" : "kept";
    lines.push(`${green(state)} ${bold(path)}: ${why}`);
    if (written === null)
      lines.push(
        ...content
          .trimEnd()
          .split("\n")
          .map((l) => dim(`    ${l}`)),
      );
    lines.push("");
  }
  if (written === null && files.length > 0)
    lines.push(`bulwark init${isHere ? "" : ` ${where}`} --write writes what is proposed`, "");
  const width = Math.max(...commands.map(({ line }) => line.length));
  lines.push(isHere ? "next:" : `next, in ${where}:`);
  for (const { line, why } of commands)
    lines.push(`  ${bold(visible(line).padEnd(width))}  ${dim(why)}`);
  return `${lines.join("\n")}\n`;
}
