import type { Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid, type WithinScript } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { areHarmless } from "../shared/strangers-reach.ts";
import { strangersEventsOf, variablesIn } from "../shared/strangers-texts.ts";

const TITLE = "${{ github.event.pull_request.title }}";

export const noStrangersInEnvironment: CheckOf<Pipeline> = {
  id: "no-strangers-in-environment",
  title: "strangers' texts do not get into the environment of later steps",
  severity: "high",
  why: "a text with a line break sets any variable, and LD_PRELOAD, NODE_OPTIONS or PATH make the next step run what the stranger chose",
  fix: "hand the text over as an output with a delimiter that nobody can guess, or check its letters first",
  controls: controls({ "owasp-cicd": ["CICD-SEC-4"], attack: ["T1574", "T1059"] }),
  aspects: { harmless: { severity: "medium" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("pull_request_target", {
        run: 'echo "TITLE=$TITLE" >> "$GITHUB_ENV"',
        env: { TITLE },
      }),
      steps("pull_request_target", {
        run: 'echo "TITLE=$TITLE" | tee -a $GITHUB_ENV',
        env: { TITLE },
      }),
      steps("pull_request", { run: '{ echo "bin/$GITHUB_HEAD_REF"; } >> "$GITHUB_PATH"' }),
    ],
    good: [
      steps("pull_request_target", { run: 'echo "$TITLE"', env: { TITLE } }),
      steps("pull_request_target", {
        run: 'echo "NUMBER=$NUMBER" >> "$GITHUB_ENV"',
        env: { NUMBER: "${{ github.event.pull_request.number }}" },
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        if (pipeline.platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        for (const within of commandsOf(pipeline, said)) look(within, said);
        return said.all;
      },
    },
  ],
};

const FILES = /GITHUB_(?:ENV|PATH)\b/;

function look(within: WithinScript, said: PipelineSaid): void {
  const { command, job } = within;
  const file = fileOf(within);
  if (file === null) return;
  for (const name of command.words.flatMap(variablesIn)) {
    const events = strangersEventsOf(name, within);
    if (events.length === 0) continue;
    const aspect = areHarmless(events) ? { aspect: "harmless" } : {};
    const state = `writes $${name} to ${file}, which strangers write`;
    said.fault(job, command.at, state, { value: `$${name}`, ...aspect });
  }
}

/** The file to which its output goes, by itself or through `tee`. */
function fileOf({ command, all }: WithinScript): string | null {
  const next = command.feeds === null ? undefined : all[command.feeds];
  const targets = next?.name === "tee" ? [...command.into, ...next.words] : command.into;
  const [file] = targets.flatMap(({ value }) => FILES.exec(value)?.[0] ?? []);
  return file ?? null;
}
