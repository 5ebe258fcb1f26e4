// `bulwark access minimize`: of containers by recorded events, of subjects by audit logs.
import { AppError } from "../kit/error.ts";
import { type Invocation, type OptionSpec, surroundingsOf } from "./command.ts";
import { liveChoice } from "./live-options.ts";

export const MINIMIZE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  events: { type: "string", value: "FILE", summary: "minimize: a recording, one event a line" },
  refuse: {
    type: "boolean",
    summary: "minimize: profiles refuse what was not seen, instead of writing it down",
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
      action: options.flag("refuse") ? "refuse" : "log",
    },
    surroundingsOf(invocation),
  );
  await terminal.print(
    options.text("format") === "json" ? leastJson(result) : leastText(result, terminal),
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
