import { AppError } from "../kit/error.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { leastJson, leastText } from "./least-text.ts";
import { formatOption } from "./option-specs.ts";

export const accessCommand: Command = {
  name: "access",
  summary: "find out who and what may do how much, and how much less would do",
  usage: ["access minimize --events FILE [PATH…] [options]"],
  details: [
    "minimize takes a recording of what containers did and tells the least that they need: capabilities, system calls, writable folders, network. PATH are the workloads as they are declared today; then it tells what is granted and was not seen.",
    "What was not seen is not unused: it is told with how long and how much was looked at, and with what speaks against it. A seccomp profile writes down what it would refuse; --refuse makes one that refuses.",
  ],
  options: {
    events: { type: "string", value: "FILE", summary: "minimize: a recording, one event a line" },
    refuse: {
      type: "boolean",
      summary: "minimize: profiles refuse what was not seen, instead of writing it down",
    },
    output: {
      type: "string",
      value: "DIR",
      short: "o",
      summary: "minimize: write profiles, patches and network policies into this folder",
    },
    format: formatOption(["text", "json"], "how to answer (default: text)"),
  },
  examples: [
    [
      "bulwark access minimize --events web.ndjson deploy/",
      "what is granted there and was not seen",
    ],
    ["bulwark access minimize --events web.ndjson -o least", "profiles, patches and policies"],
  ],
  run: (invocation) => {
    const [name = ""] = invocation.args;
    return chosenAction("access", name, ACTIONS)(invocation);
  },
};

const ACTIONS: ReadonlyMap<string, (invocation: Invocation) => Promise<number>> = new Map([
  ["minimize", minimize],
]);

async function minimize(invocation: Invocation): Promise<number> {
  const { args, options, terminal } = invocation;
  const events = options.text("events");
  if (events === null)
    throw new AppError("usage", "cannot minimize: no recording was named", {
      hint: "name one with --events FILE; docs/guide/least-privilege.md has its form",
    });
  const { minimizeContainers } = await import("../app/minimize-containers.ts");
  const result = await minimizeContainers(
    {
      events,
      manifests: args.slice(1),
      folder: options.text("output"),
      action: options.flag("refuse") ? "refuse" : "log",
    },
    surroundingsOf(invocation),
  );
  await terminal.print(
    options.text("format") === "json" ? leastJson(result) : leastText(result, terminal),
  );
  return 0;
}
