import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";

/** Up to here the file stays small. */
const SMALL = 99_999;

export const noUseraddLog: CheckOf<ImageBuild> = {
  id: "no-useradd-log",
  title: "a user with a high number is made without a log of logins",
  severity: "low",
  why: "useradd makes a sparse file as long as the number says, which an image stores in full: gigabytes that fill the disks of builders and nodes",
  fix: "add --no-log-init to useradd",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN useradd -u 1000700000 app"),
      building("RUN useradd --uid=100000 --create-home app"),
    ],
    good: [
      building("RUN useradd -l -u 1000700000 app"),
      building("RUN useradd -ml --uid 1000700000 app"),
      building("RUN useradd --no-log-init --uid 1000700000 app"),
      building("RUN useradd -u 10001 app"),
    ],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        for (const { stage, command } of commandsOf(build, said)) {
          if (command.name !== "useradd") continue;
          const words = command.words.map(({ value }) => value);
          const id = numberIn(words);
          if (
            id !== null &&
            id > SMALL &&
            !words.some((word) => /^(?:--no-log-init|-\w*l\w*)$/.test(word))
          )
            said.fault(stage, command.at, `makes user ${id} with a log of logins`, { value: id });
        }
        return said.all;
      },
    },
  ],
};

function numberIn(words: readonly string[]): number | null {
  const i = words.findIndex((word) => /^(?:-\w*u|--uid)$/.test(word));
  const joined = words.find((word) => /^(?:-u|--uid=)\d+$/.test(word))?.replace(/^\D+/, "");
  const text = joined ?? (i === -1 ? "" : (words[i + 1] ?? ""));
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}
