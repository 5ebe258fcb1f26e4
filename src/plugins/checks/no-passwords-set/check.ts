import type { ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const noPasswordsSet: CheckOf<ImageBuild> = {
  id: "no-passwords-set",
  title: "no build gives an account a password",
  severity: "critical",
  why: "every container of the image has the same password, and whoever can pull the image can read or crack it",
  fix: "leave accounts without a password that works: nobody logs in to a container",
  controls: controls({ attack: ["T1078.003"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN echo 'root:root' | chpasswd"),
      building("RUN useradd -m -p '$6$salt$hash' app"),
      building("RUN passwd -d root"),
      building("RUN printf 'a\\na\\n' | passwd app"),
    ],
    good: [building("RUN useradd --system app"), building("RUN passwd -l root")],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        for (const { stage, command, all } of commandsOf(build, said)) {
          const state = offence(command, all);
          if (state !== null) said.fault(stage, command.at, state);
        }
        return said.all;
      },
    },
  ],
};

/** Never with the password. */
function offence(command: ShellCommand, all: readonly ShellCommand[]): string | null {
  const { name, words } = command;
  const has = (form: RegExp): boolean => words.some(({ value }) => form.test(value));
  if (name === "chpasswd") return "sets passwords with chpasswd";
  if (name === "useradd" || name === "usermod")
    return has(/^(?:-p|--password(?:=.*)?)$/) ? `sets a password with ${name}` : null;
  if (name !== "passwd") return null;
  if (has(/^(?:-[a-z]*d[a-z]*|--delete)$/)) return "leaves an account with an empty password";
  if (has(/^(?:-[lSe]|--(?:lock|status|expire))$/)) return null;
  const isFed = all.some(({ feeds }) => feeds !== null && all[feeds] === command);
  return isFed || has(/^--stdin$/) ? "sets a password with passwd" : null;
}
