// The workflow for GitHub as it is copied, and its scripts as a runner would start them.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions: Readonly<Record<string, string>>; readonly steps: readonly Step[] }
    >
  >;
}

export function githubWorkflow(): Workflow {
  const path = resolve(import.meta.dirname, "../../deploy/ci/github-workflow.yaml");
  return parse(readFileSync(path, "utf8")) as Workflow;
}

/** Runs the script of a step as GitHub's runners do. @returns Its exit code and what it said. */
export function runStep(
  named: string,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): { exit: number | null; output: string } {
  const steps = Object.values(githubWorkflow().jobs).flatMap((job) => job.steps);
  const script = steps.find(({ name }) => name === named)?.run;
  if (script === undefined) throw new Error(`the workflow has no script ${named}`);
  const ended = spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], {
    cwd: folder,
    env: { ...env },
    encoding: "utf8",
  });
  return { exit: ended.status, output: ended.stdout + ended.stderr };
}
