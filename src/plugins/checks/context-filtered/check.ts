import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { type BuildSaid, ofFiles, stepsOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const contextFiltered: CheckOf<ImageBuild> = {
  id: "context-filtered",
  title: "what is copied into an image is chosen",
  severity: "low",
  why: "a whole folder brings .git, .env and keys along for everybody who can pull the image",
  fix: "name what is needed, or write a .dockerignore that begins with * and lets single folders in",
  controls: controls({ "cis-docker-1.6": ["4.10"], attack: ["T1552.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [building("COPY . /app"), building("COPY .git /app/.git"), building("ADD ./ /app/")],
    good: [building("COPY package.json src /app/"), building("COPY --from=build . /app")],
  },
  versions: [{ from: 0, run: ofFiles(look) }],
};

function look(build: ImageBuild, said: BuildSaid): void {
  const { hasIgnoreFile } = build;
  for (const { stage, step } of stepsOf(build, "COPY", "ADD")) {
    if (step.flags.some(({ name }) => name === "from")) continue;
    for (const { value, at } of step.words.slice(0, -1)) {
      if (/^(?:\.\/)?\.git\/?$/.test(value))
        said.fault(stage, at, "copies the whole history of the repository", { value });
      else if (
        /^(?:\.?\/?|\.\/\*|\*)$/.test(value) &&
        hasIgnoreFile.state === "known" &&
        !hasIgnoreFile.value
      )
        said.fault(stage, at, "copies the whole context, and there is no .dockerignore", { value });
    }
  }
}
