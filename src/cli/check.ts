import { asScan, FRAMEWORKS, runCheck } from "../app/check.ts";
import type { Before } from "../app/check-baseline.ts";
import { reportPieces } from "../app/report.ts";
import { writeOutput } from "../app/write-output.ts";
import { AppError } from "../kit/error.ts";
import { jsonPieces } from "../kit/json-pieces.ts";
import { list } from "../kit/phrase.ts";
import type { CheckResult } from "../model/check-result.ts";
import { THRESHOLDS, type Threshold } from "../model/severity.ts";
import { checkAnswer, checkText } from "./check-text.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { frameworkText } from "./framework-text.ts";
import { formatOption } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

const FORMATS = ["table", "json", "sarif"] as const;

export const checkCommand: Command = {
  name: "check",
  summary: "find out whether what runs containers is configured as it ought to be",
  usage: ["check PATH|IMAGE… [options]"],
  details: [
    "PATH is a file or folder with Kubernetes objects (YAML or JSON, several in a file, lists), Compose files, Podman's Quadlet units, Dockerfiles, GitHub's workflows and actions, GitLab's pipelines, or what docker inspect and podman inspect wrote.",
    "Helm charts and kustomizations in it are rendered where helm, and kustomize or kubectl, is installed: without the network, plugins or anything outside of PATH.",
    "IMAGE is a built image: docker:app:1, podman:app:1, oci:DIR, docker-archive:FILE, or a reference with a tag or digest.",
    "Without a policy every check runs, findings alone end with 0, and --fail-on makes a threshold of them. With a policy a finding ends with 3, and what cannot be told or read with 4: what is unknown never passes.",
    "POLICY is a file, as bulwark gate takes it, whose packs and rules name checks, or a pack. Packs are pss-baseline and pss-restricted, each also for a version of Kubernetes: pss-restricted@v1.30.",
  ],
  options: {
    policy: {
      type: "string",
      value: "POLICY",
      summary:
        "run the checks of this policy or pack, and exit with 3 when one that denies finds something",
      short: "p",
    },
    format: formatOption(FORMATS, "how to report (default: table)"),
    output: { type: "string", value: "FILE", summary: "write the report to a file", short: "o" },
    "fail-on": {
      type: "string",
      value: THRESHOLDS.join("|"),
      choices: THRESHOLDS,
      summary: "exit with 3 when a finding is at least this bad",
    },
    framework: {
      type: "string",
      value: "NAME",
      summary: `report by the requirements of a standard: ${list(FRAMEWORKS)}`,
    },
    baseline: {
      type: "string",
      value: "FILE",
      summary: "leave out what an earlier check had found, as --format json wrote it",
    },
    changed: {
      type: "string",
      value: "REVISION",
      summary: "leave out what was there at this commit, tag or branch of git already",
    },
    fix: {
      type: "boolean",
      summary: "edit the files where nobody has to be asked, and check them again",
    },
    "dry-run": { type: "boolean", summary: "show what --fix would change, and change nothing" },
    values: {
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "render Helm charts with these values, as helm does; may be repeated",
    },
    exceptions: {
      type: "string",
      value: "FILE",
      summary: "decisions not to count a finding (default: bulwark.exceptions.yaml, if there)",
    },
  },
  examples: [
    ["bulwark check .", "every object, Compose file, Dockerfile and pipeline below this folder"],
    [
      "bulwark check deploy/ --policy pss-restricted",
      "as a gate, by Pod Security's strictest level",
    ],
    ["bulwark check app.yaml --policy pss-baseline@v1.30", "as a cluster of that version would"],
    ["bulwark check deploy/ --framework nsa", "what the NSA's guide demands, point by point"],
    ["bulwark check . --changed origin/main", "in a pull request: only what it adds"],
    ["bulwark check deploy/ --fix --dry-run", "what would be changed, as a diff"],
    ["bulwark check docker:app:1", "what a built image wants, and how it was made"],
    ["bulwark check compose.yaml --format sarif -o check.sarif", "for code hosts"],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    if (args.length === 0) {
      throw new AppError("usage", "cannot check: no file or folder was named", {
        hint: "bulwark check . checks all below this folder",
      });
    }
    const request = {
      targets: args,
      policy: options.text("policy"),
      threshold: options.text("fail-on") as Threshold | null,
      exceptions: options.text("exceptions"),
      framework: options.text("framework"),
      values: options.texts("values"),
      before: beforeOf(options.text("baseline"), options.text("changed")),
    };
    if (options.flag("fix") || options.flag("dry-run")) {
      const { checkAndFix } = await import("./check-fix.ts");
      return await checkAndFix(request, invocation);
    }
    const result = await runCheck(request, surroundingsOf(invocation));
    await printed(result, invocation, terminal);
    return result.exitCode;
  },
};

function beforeOf(path: string | null, revision: string | null): Before | null {
  if (path !== null && revision !== null)
    throw new AppError("usage", "cannot compare with --baseline and --changed at once", {
      hint: "leave one of them out",
    });
  if (path !== null) return { kind: "file", path };
  return revision === null ? null : { kind: "revision", revision };
}

async function printed(
  result: CheckResult,
  { options }: Invocation,
  terminal: Terminal,
): Promise<void> {
  const output = options.text("output");
  const screen = {
    width: output === null ? terminal.width : 100,
    colour: output === null && terminal.colour,
  };
  const format = options.text("format") ?? "table";
  const pieces = piecesOf(result, format, screen);
  if (output === null) {
    for await (const piece of pieces) await terminal.print(piece);
    return;
  }
  await writeOutput(output, pieces);
  terminal.note(checkAnswer(result));
  terminal.note(`the report is in ${JSON.stringify(output)}`);
}

async function* piecesOf(
  result: CheckResult,
  format: string,
  screen: { readonly width: number; readonly colour: boolean },
): AsyncGenerator<string> {
  if (format === "json") {
    yield* jsonPieces(result);
    yield "\n";
  } else if (format === "sarif")
    yield* await reportPieces([asScan(result)], "sarif", { ...screen, command: "check" });
  else if (result.framework === null) yield checkText(result, screen);
  else yield frameworkText(result, result.framework, screen);
}
