import type { Pipeline, Step } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { steps } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const TAGS = { push: { tags: ["v*"] } };

export const noCacheInRelease: CheckOf<Pipeline> = {
  id: "no-cache-in-release",
  title: "what is released is not built out of a cache",
  severity: "low",
  why: "whoever can run code in any job of the default branch can fill the cache, and so change what is released without a commit",
  fix: "build releases without caches",
  controls: controls({ "owasp-cicd": ["CICD-SEC-9"], attack: ["T1195.002", "T1080"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps(TAGS, { uses: "actions/cache@v4", with: { path: "node_modules", key: "modules" } }),
      steps(
        { release: { types: ["published"] } },
        {
          uses: "actions/setup-node@v4",
          with: { cache: "npm" },
        },
      ),
    ],
    good: [
      steps(TAGS, { uses: "actions/setup-node@v4" }),
      steps("push", { uses: "actions/cache@v4", with: { path: "node_modules", key: "modules" } }),
      steps(TAGS, { uses: "actions/setup-go@v5", with: { cache: false } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ kind, platform, triggers, jobs }) => {
        if (kind !== "workflow" || platform !== "github") return "not-applicable";
        const said = new PipelineSaid();
        // A workflow that other events start too releases only in part, which cannot be told from here.
        const isRelease =
          triggers.length > 0 &&
          triggers.every(
            ({ event, refs }) =>
              event === "release" || event === "workflow_dispatch" || isTags(refs),
          ) &&
          triggers.some(({ event }) => event !== "workflow_dispatch");
        if (!isRelease) return [];
        for (const one of jobs)
          for (const step of one.steps) {
            const name = cacheIn(step);
            if (name === null) continue;
            said.fault(one, step.uses?.at ?? step.at, `releases with the cache of ${name}`, {
              value: step.uses?.value ?? name,
            });
          }
        return said.all;
      },
    },
  ],
};

function isTags(refs: readonly string[]): boolean {
  return refs.length > 0 && refs.every((ref) => ref.startsWith("tags:"));
}

/** Actions that keep a cache, and the input that says so; those with `null` always do, the last one unless it is told not to. */
const ASKED: ReadonlyMap<string, string | null> = new Map([
  ["actions/cache", null],
  ["actions/setup-node", "cache"],
  ["actions/setup-python", "cache"],
  ["actions/setup-java", "cache"],
  ["actions/setup-dotnet", "cache"],
  ["swatinem/rust-cache", null],
  ["gradle/actions", null],
]);
const UNLESS_TOLD = "actions/setup-go";

function cacheIn({ uses, with: inputs }: Step): string | null {
  const name = actionName(uses);
  if (name === null) return null;
  const given = (wanted: string): string | undefined =>
    inputs.find((input) => input.name === wanted)?.value.value;
  if (name === UNLESS_TOLD) return given("cache") === "false" ? null : name;
  const input = ASKED.get(name);
  if (input === undefined) return null;
  if (input === null) return /\/save@/.test(uses?.value ?? "") ? null : name;
  const value = given(input);
  return value !== undefined && value !== "" && value !== "false" ? name : null;
}
