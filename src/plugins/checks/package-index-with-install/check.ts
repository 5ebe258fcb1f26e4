import type { BuildStage, ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { type BuildSaid, commandsOf, ofFiles, type PlacedCommand } from "../shared/build-said.ts";
import { type PackageTool, packageCommand } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const packageIndexWithInstall: CheckOf<ImageBuild> = {
  id: "package-index-with-install",
  title: "the package index is brought up to date where packages are installed",
  severity: "medium",
  why: "a cached layer keeps an old index, so builds go on installing packages whose holes were closed long ago",
  fix: "put update and install into one RUN, joined by &&",
  controls: controls({ "cis-docker-1.6": ["4.7"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN apt-get update", "RUN apt-get install -y git=1:2.39.5-0"),
      building('RUN ["apk", "update"]', "RUN apk add git=2.45.2-r0"),
    ],
    good: [
      building("RUN apt-get update && apt-get install -y git=1:2.39.5-0"),
      building("RUN <<EOF", "apt-get update", "apt-get install -y git=1:2.39.5-0", "EOF"),
      building("RUN apt-get update -qq"),
    ],
  },
  versions: [{ from: 0, run: ofFiles(look) }],
};

interface Update {
  readonly placed: PlacedCommand;
  readonly manager: PackageTool;
}

/** An index that nothing is installed from later does no harm. */
function look(build: ImageBuild, said: BuildSaid): void {
  let stage: BuildStage | null = null;
  let open = new Map<PackageTool, Update>();
  for (const placed of commandsOf(build, said)) {
    if (placed.stage !== stage) open = new Map();
    stage = placed.stage;
    const found = packageCommand(placed.command);
    if (found === null || found.action === "other") continue;
    const { manager } = found;
    const update = open.get(manager);
    if (found.action === "update") open.set(manager, { placed, manager });
    else if (update !== undefined) {
      open.delete(manager);
      if (update.placed.step !== placed.step)
        said.fault(
          stage,
          placed.command.at,
          "installs from a package index that another RUN brought up to date",
        );
    }
  }
}
