// `bulwark access minimize`: of containers by recorded events, of subjects by audit logs.
import type { StagedProfile } from "../app/seccomp-stages.ts";
import type { TrialRequest } from "../app/seccomp-trials.ts";
import { AppError } from "../kit/error.ts";
import { type Invocation, type OptionSpec, type Options, surroundingsOf } from "./command.ts";
import { lengthOption } from "./length-option.ts";
import { liveChoice } from "./live-options.ts";

export const MINIMIZE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  events: { type: "string", value: "FILE", summary: "minimize: a recording, one event a line" },
  "seccomp-stage": {
    type: "string",
    value: "log|enforce",
    choices: ["log", "enforce"],
    summary:
      "minimize: whether profiles write down what was not seen (log, the default; nothing is refused meanwhile, not even what the engine's own profile refuses), or those of --output that did so go on to refuse it (enforce)",
  },
  "kernel-log": {
    type: "string",
    value: "FILE",
    summary:
      "minimize: with enforce, what the kernel wrote meanwhile: dmesg, journalctl -k or audit.log; - for standard input; it speaks up to its last line",
  },
  for: {
    type: "string",
    value: "LENGTH",
    summary: "minimize: with enforce, how long a profile must have written down (default: 1h)",
  },
  "without-record": {
    type: "boolean",
    summary: "minimize: with enforce, take the risk without a log of the kernel",
  },
  "roll-back": {
    type: "boolean",
    summary: "minimize: put the profiles of --output back to what they were before",
  },
  "audit-log": {
    type: "string",
    value: "FILE",
    multiple: true,
    summary: "minimize: an audit log of Kubernetes, a folder of them, or -; may be repeated",
  },
  subject: {
    type: "string",
    value: "NAME",
    multiple: true,
    summary:
      "minimize: a user as the log names it, or NAMESPACE:NAME for a service account; may be repeated (default: all but those of Kubernetes itself)",
  },
  system: {
    type: "boolean",
    summary: "minimize: tell of the parts of Kubernetes itself as well",
  },
  generalize: {
    type: "string",
    value: "names|namespaces|verbs",
    choices: ["names", "namespaces", "verbs"],
    multiple: true,
    summary:
      "minimize: permit more than was seen, and say so: all names where several were seen, all namespaces, verbs that belong together; may be repeated",
  },
};

export async function minimize(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const events = options.text("events");
  const logs = options.texts("audit-log");
  if (options.flag("roll-back")) return rollBack(invocation);
  if (events === null && logs.length === 0)
    throw new AppError("usage", "cannot minimize: no recording was named", {
      hint: "name one with --events FILE, or an audit log with --audit-log FILE; docs/guide/least-privilege.md has their forms",
    });
  if (events !== null && logs.length > 0)
    throw new AppError("usage", "cannot minimize by --events and --audit-log at once", {
      hint: "run it twice: the one is of containers, the other of subjects",
    });
  return events === null ? minimizeByLogs(invocation, logs) : minimizeByEvents(invocation, events);
}

async function minimizeByEvents(invocation: Invocation, events: string): Promise<number> {
  const { args, options, terminal } = invocation;
  if (!["text", "json", null].includes(options.text("format")))
    throw new AppError("usage", "cannot answer in this form: text and json are those of --events", {
      hint: "--output DIR writes profiles, patches and network policies",
    });
  const [{ minimizeContainers }, { leastJson, leastText }] = await Promise.all([
    import("../app/minimize-containers.ts"),
    import("./least-text.ts"),
  ]);
  const result = await minimizeContainers(
    {
      events,
      manifests: args.slice(1),
      folder: options.text("output"),
      enforce: trialRequest(options),
    },
    surroundingsOf(invocation),
  );
  await terminal.print(
    options.text("format") === "json" ? leastJson(result) : leastText(result, terminal),
  );
  return exitCodeOf(result.profiles);
}

/** @throws {AppError} `usage` for what does not go together. */
function trialRequest(options: Options): TrialRequest | null {
  const log = options.text("kernel-log");
  const least = options.text("for");
  const isBlind = options.flag("without-record");
  if (options.text("seccomp-stage") !== "enforce") {
    if (log === null && least === null && !isBlind) return null;
    throw new AppError(
      "usage",
      "cannot use --kernel-log, --for and --without-record: nothing is to refuse",
      {
        hint: "they go with --seccomp-stage enforce",
      },
    );
  }
  if (options.text("output") === null)
    throw new AppError("usage", "cannot enforce profiles: no folder was named", {
      hint: "name the one that holds them with --output DIR",
    });
  if ((log === null) !== isBlind)
    throw new AppError(
      "usage",
      "cannot enforce profiles: name what the kernel wrote meanwhile, or take the risk",
      {
        hint: "dmesg | bulwark access minimize … --kernel-log -, or --without-record",
      },
    );
  return { log, leastMs: least === null ? HOUR_MS : lengthOption("for", least) * 1000 };
}

const HOUR_MS = 3_600_000;

/** What would have been refused is a threshold that was reached, and comes before what nobody knows. */
function exitCodeOf(profiles: readonly StagedProfile[]): number {
  const answers = profiles.map(({ trial }) => trial?.answer);
  if (answers.includes("called")) return 3;
  return answers.includes("unknown") ? 4 : 0;
}

async function rollBack({ options, terminal }: Invocation): Promise<number> {
  const folder = options.text("output");
  if (folder === null || options.text("events") !== null)
    throw new AppError("usage", "cannot roll back: say which folder, and nothing else", {
      hint: "bulwark access minimize --roll-back --output DIR",
    });
  const [{ rollBackProfiles }, { profilesText }] = await Promise.all([
    import("../app/seccomp-stages.ts"),
    import("./least-text.ts"),
  ]);
  const profiles = await rollBackProfiles(folder);
  const json = { schema: "bulwark.dev/seccomp-profiles/v1", profiles };
  await terminal.print(
    options.text("format") === "json"
      ? `${JSON.stringify(json, null, 2)}\n`
      : profilesText(profiles, terminal),
  );
  return 0;
}

async function minimizeByLogs(invocation: Invocation, logs: readonly string[]): Promise<number> {
  const { args, options, terminal } = invocation;
  const format = options.text("format");
  if (format === "dot" || format === "svg")
    throw new AppError("usage", "cannot draw the least roles: text, json and yaml are their forms");
  const [{ leastRolesYaml, minimizeRoles }, { leastRolesJson, leastRolesText }] = await Promise.all(
    [import("../app/minimize-roles.ts"), import("./least-roles-text.ts")],
  );
  const wider = new Set(options.texts("generalize"));
  const result = await minimizeRoles(
    {
      logs,
      grants: args.slice(1),
      live: liveChoice(options),
      folder: options.text("output"),
      subjects: options.texts("subject"),
      system: options.flag("system"),
      generalize: new Set(
        (["names", "namespaces", "verbs"] as const).filter((name) => wider.has(name)),
      ),
    },
    surroundingsOf(invocation),
  );
  if (format === "yaml") await terminal.print(leastRolesYaml(result.subjects));
  else
    await terminal.print(
      format === "json" ? leastRolesJson(result) : leastRolesText(result, terminal),
    );
  return 0;
}
