import type { ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { BuildSaid, commandsOf } from "../shared/build-said.ts";
import { controls } from "../shared/said.ts";

export const noPipedScripts: CheckOf<ImageBuild> = {
  id: "no-piped-scripts",
  title: "no build runs what it fetches unseen",
  severity: "high",
  why: "whoever controls the server, or takes over its name, runs code in the next build, and another one than a reviewer saw",
  fix: "fetch a release into a file, compare its checksum, then run it",
  controls: controls({ attack: ["T1195.002"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN curl -fsSL https://example.org/install.sh | sh"),
      building("RUN wget -qO- https://example.org/get.py | sudo python3 - --yes"),
      building('RUN bash -c "$(curl -fsSL https://example.org/install.sh)"'),
      building("RUN bash <(curl -s https://example.org/install.sh)"),
      building("RUN curl https://example.org/install.sh | tee install.log | bash -s -- -y"),
    ],
    good: [
      building("RUN curl -fsSL https://example.org/a.tgz | tar -xz"),
      building(
        "RUN curl -o get.sh https://example.org/get.sh && echo '0a  get.sh' | sha256sum -c && sh get.sh",
      ),
      building("RUN VERSION=$(curl -s https://example.org/version) make"),
    ],
  },
  versions: [{ from: 0, run }],
};

const FETCHERS: ReadonlySet<string> = new Set(["curl", "wget", "fetch", "aria2c", "http", "https"]);
const RUNNERS =
  /^(?:(?:ba|da|a|z|k|c|tc)?sh|python[\d.]*|perl|ruby|node|php|deno|bun|pwsh|eval|source|\.)$/;

function run(build: ImageBuild): BuildSaid["all"] {
  const said = new BuildSaid(build);
  for (const { stage, command, all } of commandsOf(build, said)) {
    if (command.name === null || !FETCHERS.has(command.name)) continue;
    const runner = runnerOf(command, all);
    if (runner !== null)
      said.fault(stage, command.at, `runs what ${command.name} fetches, by ${runner}`);
  }
  return said.all;
}

/** What runs the output of a command in the end, also when others pass it on. */
function runnerOf(command: ShellCommand, all: readonly ShellCommand[]): string | null {
  let at: ShellCommand = command;
  for (let steps = 0; steps < all.length && at.feeds !== null; steps += 1) {
    const next = all[at.feeds];
    if (next === undefined) return null;
    // A command that is the output itself.
    if (next.name === "") return nameOf(next, all);
    const ran = ranBy(next, all);
    if (ran !== null) return ran;
    at = next;
  }
  return null;
}

/** A wrapper takes the output for what it runs. */
function ranBy(command: ShellCommand, all: readonly ShellCommand[]): string | null {
  const { name } = command;
  if (name !== null && RUNNERS.test(name)) return takesScript(command) ? name : null;
  const inner = all.find(({ runBy }) => runBy !== null && all[runBy] === command);
  return inner === undefined ? null : ranBy(inner, all);
}

/** An interpreter with a program of its own takes what comes for data. */
function takesScript({ name, words }: ShellCommand): boolean {
  const texts = words.map(({ value }) => value);
  if (name === "eval" || name === "source" || name === ".") return true;
  const isShell = /sh$/.test(name ?? "");
  const first = texts.find((text) => !text.startsWith("-") || text === "-");
  if (texts.some((text) => (isShell ? /^-[a-z]*c$/ : /^-(?:[cerm]|-eval|pe|ne)$/).test(text)))
    return /^\$\(|^`/.test(first ?? "");
  if (isShell && texts.some((text) => /^-[a-z]*s$/.test(text))) return true;
  return first === undefined || first === "-" || first.startsWith("<(") || first === "/dev/stdin";
}

function nameOf(command: ShellCommand, all: readonly ShellCommand[]): string {
  const by = command.runBy === null ? null : all[command.runBy]?.name;
  return by ?? "the shell";
}
