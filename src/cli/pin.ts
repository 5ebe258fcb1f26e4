import { type PinnedFile, type PinRun, pin } from "../app/pin.ts";
import { parsePlatform } from "../app/platform.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import { type Command, type Invocation, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT, OFFLINE } from "./option-specs.ts";

export const pinCommand: Command = {
  name: "pin",
  summary: "rewrite tags to digests, in Dockerfiles, Compose, Kubernetes and pipeline files",
  usage: ["pin PATH… [options]"],
  details: [
    "PATH is a file, or a folder to look for files in. alpine:3.19 becomes alpine:3.19@sha256:…, with the digest that the tag has at its registry now; of an image for several platforms, that of the whole index. In workflows, owner/repo@v4 becomes owner/repo@COMMIT # v4.",
    "Nothing else in a file changes: comments, order, quotes, line ends stay, byte for byte. A file is written whole or not at all, and not if it was changed meanwhile.",
    "Names that depend on a variable without a default are told and left. Ends with 0 when all is pinned, 3 when --check found something that is not, 4 when something could not be told or resolved.",
  ],
  options: {
    "dry-run": { type: "boolean", summary: "tell what would be written, and write nothing" },
    check: {
      type: "boolean",
      summary: "tell what is not pinned, and end with 3 if something is not; asks no registry",
    },
    update: {
      type: "boolean",
      summary: "move digests that are there to what their tags mean now; with --check, compare",
    },
    platform: {
      type: "string",
      value: "OS/ARCH",
      summary: "pin to this platform's image, instead of the index of all",
    },
    actions: {
      type: "string",
      value: "FILE",
      summary: "commits of actions, a line owner/repo@ref: COMMIT for each",
    },
    git: {
      type: "boolean",
      summary: "ask git ls-remote for commits of actions; GITHUB_SERVER_URL names the server",
    },
    offline: OFFLINE,
    format: ANSWER_FORMAT,
  },
  examples: [
    ["bulwark pin .", "everything below this folder"],
    ["bulwark pin Dockerfile compose.yaml --dry-run", "what would be written"],
    ["bulwark pin . --check", "in a pipeline: is everything pinned?"],
    ["bulwark pin .github --git", "workflows, with commits from github.com"],
    ["bulwark pin deploy --update", "to what the tags mean today"],
  ],
  run: async (invocation) => {
    const { options, terminal, args } = invocation;
    const request = requestOf(invocation);
    if (args.length === 0)
      throw new AppError("usage", "cannot pin: no file or folder was named", {
        hint: "bulwark pin . pins everything below this folder",
      });
    const run = await pin(request, surroundingsOf(invocation));
    if (options.text("format") === "json") await terminal.print(jsonOf(run, request.mode));
    else await told(run, invocation, request.mode);
    return run.exitCode;
  },
};

type Mode = "write" | "preview" | "check";

function requestOf({ args, options }: Invocation): Parameters<typeof pin>[0] {
  const [check, preview] = [options.flag("check"), options.flag("dry-run")];
  const [offline, git] = [options.flag("offline"), options.flag("git")];
  if (check && preview)
    throw new AppError("usage", "cannot use --check and --dry-run together", {
      hint: "--dry-run tells what would be written, --check whether there is something to write",
    });
  if (offline && git)
    throw new AppError("usage", "cannot use --git with --offline: git asks a server", {
      hint: "name the commits in a file with --actions",
    });
  const platform = options.text("platform");
  return {
    paths: args,
    mode: check ? "check" : preview ? "preview" : "write",
    update: options.flag("update"),
    platform: platform === null ? null : parsePlatform(platform),
    actions: options.text("actions"),
    git,
    offline,
  };
}

function jsonOf({ files, problems, exitCode }: PinRun, mode: Mode): string {
  const document = { schema: "bulwark.dev/pin/v1", mode, exitCode, files, problems };
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function told(run: PinRun, { terminal }: Invocation, mode: Mode): Promise<void> {
  const { files, problems } = run;
  await terminal.print(files.map((file) => textOf(file, mode)).join(""));
  for (const { path, reason } of problems)
    terminal.warn(`${JSON.stringify(path)} was not looked at: ${reason}`);
  for (const { path, failure } of files)
    if (failure !== null) terminal.warn(`cannot pin ${JSON.stringify(path)}: ${failure}`);
  terminal.note(summaryOf(files, mode));
}

function textOf({ path, places, failure }: PinnedFile, mode: Mode): string {
  return places
    .filter(({ state }) => state !== "pinned")
    .map(({ line, column, name, state, becomes, reason, user }) => {
      const place = `${visible(path)}:${line}:${column}`;
      const done = failure === null ? VERBS[mode] : "not written";
      const what = becomes === null ? `${STATES[state] ?? state}` : `${done} ${visible(becomes)}`;
      const why = reason === null ? "" : `: ${visible(reason)}`;
      return `${place}: ${visible(name)} (${visible(user)}) ${what}${why}\n`;
    })
    .join("");
}

const VERBS: Readonly<Record<Mode, string>> = {
  write: "is now",
  preview: "would be",
  check: "ought to be",
};

const STATES: Readonly<Record<string, string>> = {
  unpinned: "is not pinned",
  unknown: "cannot be told",
};

function summaryOf(files: readonly PinnedFile[], mode: Mode): string {
  const places = files.flatMap((file) => file.places);
  const having = (...states: string[]): number =>
    places.filter(({ state }) => states.includes(state)).length;
  const changed = mode === "write" ? "pinned now" : "to be pinned";
  return [
    `${count(places.length, "name")} in ${count(files.length, "file")}`,
    `${having("pinned")} pinned already`,
    ...(having("new", "moved") > 0 ? [`${having("new", "moved")} ${changed}`] : []),
    ...(having("unpinned") > 0 ? [`${having("unpinned")} not pinned`] : []),
    ...(having("unknown") > 0 ? [`${having("unknown")} that cannot be told`] : []),
  ].join(", ");
}
