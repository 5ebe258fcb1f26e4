import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { dockerfile, image } from "../shared/build-examples.ts";
import { BuildSaid, chainOf, lastOf, rootOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const imageUserNotRoot: CheckOf<ImageBuild> = {
  id: "image-user-not-root",
  title: "an image gives up root before it runs",
  severity: "high",
  why: "what breaks into a container that runs as root has the first half of the way to the host behind it",
  fix: "end the last stage with USER and a number, as USER 10001, and give that user the files it writes",
  controls: controls({
    "cis-docker-1.6": ["4.1"],
    "nsa-kubernetes": ["Non-root containers"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      image({ User: "0" }),
      image({}),
      dockerfile("FROM debian:12.5"),
      dockerfile("FROM debian:12.5", "USER app", "RUN make", "USER 0:0"),
      dockerfile(
        "FROM golang:1.23 AS build",
        "USER app",
        "FROM scratch",
        "COPY --from=build /app /app",
      ),
      dockerfile("FROM debian:12.5", "ARG WHO=root", "USER ${WHO}"),
    ],
    good: [
      image({ User: "10001:10001" }),
      dockerfile("FROM debian:12.5", "USER 10001"),
      dockerfile("FROM debian:12.5 AS base", "USER app", "FROM base", "RUN make"),
    ],
  },
  versions: [{ from: 0, run }],
};

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  const last = lastOf(build, "USER");
  if (last === null) withoutUser(build, said);
  else {
    const [word] = last.step.words;
    const at = word?.at ?? last.step.at;
    const user = (word?.value ?? "").split(":", 1)[0] ?? "";
    if (word !== undefined && !word.isKnown)
      said.doubt(null, at, `USER ${word.value} has a variable without value`);
    else if (/^(?:root|0+|)$/.test(user))
      said.fault(null, at, "runs as root", { value: word?.value ?? "" });
  }
  return said.all;
}

function withoutUser(build: ImageBuild, said: BuildSaid): void {
  const at = chainOf(build)[0]?.at ?? "";
  const base = rootOf(build)?.base;
  const written = base?.kind === "image" ? base.written : "";
  if (/non-?root|rootless/i.test(written)) {
    said.doubt(null, at, `no USER stands in it, and that of ${written} is not known`);
    return;
  }
  const state =
    base?.kind === "built"
      ? "has no user and runs as root"
      : "has no USER, so it runs as root unless its base does not";
  said.fault(null, at, state);
}
