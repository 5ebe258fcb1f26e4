// `bulwark access graph|paths`.
import type { AccessPaths, ToldGraph } from "../app/access-graph.ts";
import { AppError } from "../kit/error.ts";
import { ACCESS_TARGETS } from "../model/access-target.ts";
import type { OptionSpec } from "./command.ts";
import { type Invocation, type Options, surroundingsOf } from "./command.ts";
import { liveChoice } from "./live-options.ts";

export const GRAPH_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  host: {
    type: "string",
    value: "DIR",
    multiple: true,
    summary:
      "paths, graph: the files of a host that runs containers, / for this one; may be repeated",
  },
  from: {
    type: "string",
    value: "WHO",
    summary:
      "paths: internet, network, workload, or a subject as explain takes it (default: all of them)",
  },
  to: {
    type: "string",
    value: ACCESS_TARGETS.join("|"),
    choices: ACCESS_TARGETS,
    summary: "paths: where to (default: cluster-admin)",
  },
  against: {
    type: "string",
    value: "PATH",
    summary: "paths: what it was before; ends with 3 when a way is new",
  },
  fix: {
    type: "boolean",
    summary: "paths: print the changes that end most ways as a patch, and write nothing",
  },
};

/** Paths, as text or picture; ends with 3 when something is new. */
export async function paths(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const result = await pathsOf(invocation);
  await put(invocation, await written(result, options, terminal));
  return result.exitCode;
}

/** The whole graph: how much of what, or everything for other programs. */
export async function graph(invocation: Invocation): Promise<number> {
  const { args, options, terminal } = invocation;
  const targets = args.slice(1);
  const live = liveChoice(options);
  const hosts = options.texts("host");
  if (targets.length + hosts.length === 0 && live === null)
    throw new AppError("usage", "cannot build a graph: say where to look", {
      hint: "as in bulwark access graph cluster/, or with --live or --host",
    });
  const format = options.text("format");
  const { toldGraph } = await import("../app/access-graph.ts");
  const told = await toldGraph({ targets, live, hosts }, surroundingsOf(invocation));
  await put(invocation, await graphAs(format, told, terminal));
  return 0;
}

async function graphAs(
  format: string | null,
  told: ToldGraph,
  screen: Invocation["terminal"],
): Promise<string> {
  if (format === "json") return `${JSON.stringify(told)}\n`;
  if (format === "svg") {
    const drawn = (await import("../app/access-picture.ts")).graphSvg(told);
    if (drawn !== null) return drawn;
    throw new AppError("usage", "cannot draw all of it: nobody could read so much at once", {
      hint: "bulwark access paths --format svg draws the ways that matter; --format dot has everything",
    });
  }
  if (format === "dot") return (await import("../app/access-picture.ts")).graphDot(told);
  return (await import("./access-graph-text.ts")).graphText(told, screen);
}

async function pathsOf(invocation: Invocation): Promise<AccessPaths> {
  const { args, options } = invocation;
  const targets = args.slice(1);
  const live = liveChoice(options);
  const hosts = options.texts("host");
  if (targets.length + hosts.length === 0 && live === null)
    throw new AppError("usage", "cannot look for paths: say where to look", {
      hint: "as in bulwark access paths cluster/, or with --live or --host",
    });
  const { accessPaths } = await import("../app/access-graph.ts");
  const to = ACCESS_TARGETS.find((name) => name === options.text("to")) ?? "cluster-admin";
  const request = {
    targets,
    live,
    hosts,
    to,
    from: options.text("from"),
    against: options.text("against"),
    isFix: options.flag("fix"),
  };
  return accessPaths(request, surroundingsOf(invocation));
}

async function written(
  result: AccessPaths,
  options: Options,
  screen: Invocation["terminal"],
): Promise<string> {
  const format = options.text("format");
  if (format === "json") return `${JSON.stringify(result, null, 2)}\n`;
  if (format === "dot" || format === "svg") {
    const { pathsPicture } = await import("../app/access-picture.ts");
    return pathsPicture(result, format);
  }
  const { accessPathsText } = await import("./access-paths-text.ts");
  return accessPathsText(result, screen);
}

async function put({ options, terminal }: Invocation, text: string): Promise<void> {
  const path = options.text("output");
  if (path === null) return terminal.print(text);
  const { writeOutput } = await import("../app/write-output.ts");
  await writeOutput(path, text);
  terminal.note(`written: ${path}`);
}
