import type { BuildStage, ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { type BuildSaid, lastOf, ofFiles } from "../shared/build-said.ts";

export const oneStartCommand: CheckOf<ImageBuild> = {
  id: "one-start-command",
  title: "a stage says once how it is started, and without a shell",
  severity: "low",
  why: "of several only the last counts, so what a reviewer reads is not what runs; a shell in between swallows the signal to stop",
  fix: 'leave one of each, and write ENTRYPOINT as a list: ["/app", "run"]',
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building('CMD ["a"]', 'CMD ["b"]'),
      building("HEALTHCHECK CMD a", "HEALTHCHECK CMD b"),
      building("ENTRYPOINT /app run"),
    ],
    good: [building('ENTRYPOINT ["/app"]', 'CMD ["run"]'), building("CMD /app run")],
  },
  versions: [{ from: 0, run: ofFiles(look) }],
};

const ONCE = ["CMD", "ENTRYPOINT", "HEALTHCHECK"];

function look(build: ImageBuild, said: BuildSaid): void {
  for (const stage of build.stages) for (const keyword of ONCE) repeated(stage, keyword, said);
  const entrypoint = lastOf(build, "ENTRYPOINT");
  if (entrypoint === null || entrypoint.step.isExec || entrypoint.step.words.length === 0) return;
  said.fault(entrypoint.stage, entrypoint.step.at, "is started through a shell by its ENTRYPOINT");
}

function repeated(stage: BuildStage, keyword: string, said: BuildSaid): void {
  const all = stage.steps.filter((step) => step.keyword === keyword && !step.isLater);
  for (const { at } of all.slice(0, -1))
    said.fault(stage, at, `has a ${keyword} that a later one overrides`);
}
