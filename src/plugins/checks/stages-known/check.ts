import type { BuildFlag, BuildStage, ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { dockerfile } from "../shared/build-examples.ts";
import { type BuildSaid, ofFiles, stepsOf } from "../shared/build-said.ts";

export const stagesKnown: CheckOf<ImageBuild> = {
  id: "stages-known",
  title: "a stage has a name of its own and is copied from by it",
  severity: "low",
  why: "a name that two stages share, or that no stage has, brings in files from another place than a reviewer takes it for",
  fix: "give every stage a name that no other has, and copy from stages that stand above",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      dockerfile("FROM a:1 AS build", "FROM b:1 AS Build", "USER 1"),
      dockerfile("FROM a:1 AS build", "COPY --from=build /a /b"),
      dockerfile("FROM a:1", "COPY --from=3 /a /b"),
    ],
    good: [
      dockerfile("FROM a:1 AS build", "FROM scratch", "COPY --from=build /a /b"),
      dockerfile("FROM a:1", "FROM scratch", "COPY --from=0 /a /b", "COPY --from=c:1 /c /c"),
    ],
  },
  versions: [{ from: 0, run: ofFiles(look) }],
};

function look(build: ImageBuild, said: BuildSaid): void {
  const indices = new Map<string, number>();
  for (const [i, stage] of build.stages.entries()) {
    const name = stage.name.toLowerCase();
    if (indices.has(name))
      said.fault(stage, stage.at, `has the name ${stage.name} of another stage`);
    else indices.set(name, i);
  }
  const order = new Map(build.stages.map((stage, i) => [stage, i]));
  for (const { stage, step } of stepsOf(build, "COPY"))
    for (const flag of step.flags)
      if (flag.name === "from") from(flag, { stage, own: order.get(stage) ?? 0, indices }, said);
}

interface Known {
  readonly stage: BuildStage;
  readonly own: number;
  readonly indices: ReadonlyMap<string, number>;
}

function from({ value, at }: BuildFlag, { stage, own, indices }: Known, said: BuildSaid): void {
  const name = (value ?? "").toLowerCase();
  const index = /^\d{1,6}$/.test(name) ? Number(name) : indices.get(name);
  if (index === undefined || index < own) return;
  const state =
    index === own ? "copies from itself" : `copies from ${name}, which is no stage above`;
  said.fault(stage, at, state, { value: name });
}
