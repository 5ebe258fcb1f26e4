// A built image in the normal form of builds: what its configuration says, and what its history says of how it was made.
import { ABSENT, unknown } from "../kit/fact.ts";
import type { BuildStep, BuildVariable, BuildWord, ImageBuild } from "../model/image-build.ts";
import type { ImageSettings } from "../model/image-settings.ts";
import type { Pointer } from "../model/workload.ts";
import { wordsOf } from "./dockerfile-words.ts";
import { readShell } from "./shell.ts";

/** What is read of an image. */
export interface BuiltImage {
  readonly settings: ImageSettings;
  /** What made it, line by line, from the bottom, as builders write it; null where it was taken out, as squashing does. */
  readonly history: readonly string[] | null;
}

/** Reads an image. Pointers lead into its configuration. Never throws. */
export function builtImage({ settings, history }: BuiltImage): ImageBuild {
  const steps = [...(history ?? []).flatMap(historySteps), ...settingSteps(settings)];
  return {
    form: "image",
    platform: "image",
    kind: "image",
    name: "",
    namespace: null,
    gaps: history === null ? [NOTHING_TOLD] : [],
    hasIgnoreFile: ABSENT,
    stages: [{ name: "0", at: "/config", base: { kind: "built" }, steps }],
    preamble: [],
  };
}

const NOTHING_TOLD = unknown("/history", "the image does not say how it was made");

type StepFacts = Partial<Pick<BuildStep, "words" | "assigns" | "script" | "isExec">>;

function stepOf(keyword: string, at: Pointer, facts: StepFacts): BuildStep {
  const nothing = {
    flags: [],
    words: [],
    assigns: [],
    script: null,
    isExec: false,
    isLater: false,
  };
  return { keyword, at, ...nothing, ...facts };
}

function wordAt(value: string, at: Pointer): BuildWord {
  return { value, isKnown: true, at };
}

function settingSteps(settings: ImageSettings): BuildStep[] {
  const { user, ports, volumes, healthcheck, entrypoint, cmd, workingDir } = settings;
  const listed = (keyword: string, values: readonly string[], member: string): BuildStep[] => {
    const at = `/config/${member}`;
    const words = values.map((value) => wordAt(value, at));
    return values.length === 0 ? [] : [stepOf(keyword, at, { words, isExec: true })];
  };
  return [
    ...assigned("ENV", settings.env, "Env"),
    ...assigned(
      "LABEL",
      Object.entries(settings.labels).map(([name, value]) => `${name}=${value}`),
      "Labels",
    ),
    ...listed("USER", user === "" ? [] : [user], "User"),
    ...listed("EXPOSE", ports, "ExposedPorts"),
    ...listed("VOLUME", volumes, "Volumes"),
    ...listed("WORKDIR", workingDir === "" ? [] : [workingDir], "WorkingDir"),
    ...listed("HEALTHCHECK", healthcheck ?? [], "Healthcheck"),
    ...listed("ENTRYPOINT", entrypoint, "Entrypoint"),
    ...listed("CMD", cmd, "Cmd"),
  ];
}

function assigned(keyword: string, pairs: readonly string[], member: string): BuildStep[] {
  const assigns = pairs.map((pair, i) => variableFrom(pair, `/config/${member}/${i}`));
  return assigns.length === 0 ? [] : [stepOf(keyword, `/config/${member}`, { assigns })];
}

function variableFrom(pair: string, at: Pointer): BuildVariable {
  const [name = "", value] = pair.split(/=(.*)/s);
  return { name, value: value === undefined ? null : wordAt(value, at), at };
}

/** `|2 A=1 B=2 /bin/sh -c`: the values of build arguments, and the shell. */
const SHELL = /^(\|\d+ [\s\S]*?)?\/bin\/(?:ba|a|da)?sh (?:-[a-z]+ )*-[a-z]*c /;
/** What builders add behind it. */
const MARK = " # buildkit";

/** Without the mark, and a remark in a line of its own behind it. */
function unmarked(written: string): string {
  const at = written.lastIndexOf(MARK);
  const behind = at === -1 ? "" : written.slice(at + MARK.length).trimEnd();
  return at !== -1 && /^(?:\n[^\n]*)?$/.test(behind) ? written.slice(0, at) : written;
}

/** Arguments and commands of RUN, and files of COPY and ADD where their names are written. */
function historySteps(written: string, index: number): BuildStep[] {
  const at = `/history/${index}`;
  const line = unmarked(written).replace(/^RUN /, "");
  const [head, args = ""] = SHELL.exec(line) ?? [];
  const command = head === undefined ? line : line.slice(head.length);
  const [, made = ""] = /^#\(nop\)\s+([\s\S]*)$/.exec(command) ?? [];
  if (head === undefined || made !== "") return copied(made === "" ? line : made, at);
  const assigns = wordsOf(args, args.indexOf(" ") + 1, "\\").map(({ value }) =>
    variableFrom(value, at),
  );
  const script = readShell(command, () => at);
  const run = stepOf("RUN", at, { script });
  return args === "" ? [run] : [stepOf("ARG", at, { assigns }), run];
}

/** Old builders write sums of files instead of names. */
function copied(made: string, at: Pointer): BuildStep[] {
  const [, keyword] = /^(COPY|ADD) /.exec(made) ?? [];
  if (keyword === undefined || /^(?:COPY|ADD) (?:file|dir|multi):/.test(made)) return [];
  const words = wordsOf(made, keyword.length, "\\").map(({ value }) => wordAt(value, at));
  return [stepOf(keyword, at, { words: words.filter(({ value }) => !value.startsWith("--")) })];
}
