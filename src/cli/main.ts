import { version } from "../kit/build.ts";
import { AppError, ERROR_CODES } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import { parseArguments } from "./arguments.ts";
import { commands } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { failureText, processTerminal, type Terminal } from "./terminal.ts";

/**
 * Runs the program once.
 *
 * Never throws: what failed is said on stderr, and the answer is the exit code (STYLE.md, part 6).
 */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  // Whoever prints hears of it, too; without a listener it would end the process with a trace.
  process.stdout.on("error", () => undefined);
  const interruption = new AbortController();
  const interrupt = (): void => {
    // A second signal ends the process at once, as the default handler would.
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    interruption.abort(
      new AppError("interrupted", "interrupted: nothing half-written was left behind"),
    );
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await dispatch(argv, terminal, interruption.signal);
  } catch (thrown) {
    terminal.progress(null);
    const cause = interruption.signal.aborted ? interruption.signal.reason : thrown;
    process.stderr.write(failureText(cause));
    return cause instanceof AppError ? ERROR_CODES[cause.code].exitCode : 1;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function dispatch(
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = argv;
  if (
    name === undefined ||
    name === "--help" ||
    name === "-h" ||
    (name === "help" && rest.length === 0)
  ) {
    await terminal.print(programHelp(commands, version));
    return name === undefined ? ERROR_CODES.usage.exitCode : 0;
  }
  if (name === "--version" || name === "-V" || name === "version") {
    await terminal.print(`${version}\n`);
    return 0;
  }
  const wanted = name === "help" ? rest[0] : name;
  const entry = commands.find((c) => c.name === wanted);
  if (entry === undefined) throw unknownCommand(wanted ?? "");
  const command = await entry.load();
  const separator = rest.indexOf("--");
  const asked = separator === -1 ? rest : rest.slice(0, separator);
  if (name === "help" || asked.includes("--help") || asked.includes("-h")) {
    await terminal.print(commandHelp(command));
    return 0;
  }
  return command.run({ ...parseArguments(command, rest), terminal, signal });
}

function unknownCommand(name: string): AppError {
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint =
    near === null
      ? "run bulwark --help for the list"
      : `did you mean bulwark ${near}? bulwark --help has the list`;
  const what = name.startsWith("-") ? "option" : "command";
  return new AppError("usage", `cannot run ${JSON.stringify(name.slice(0, 60))}: no such ${what}`, {
    hint,
  });
}
