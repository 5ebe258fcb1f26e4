// What commands of package managers do: which manager, what it is asked for, and for which packages.
import type { BuildStage, ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand, ShellWord } from "../../../model/shell.ts";
import { type BuildSaid, commandsOf } from "./build-said.ts";

export interface PackageCommand {
  readonly manager: PackageTool;
  readonly action: "update" | "install" | "other";
  /** Options, as they are written. */
  readonly options: readonly string[];
  /** What is to be installed. */
  readonly packages: readonly ShellWord[];
}

export type PackageTool =
  | "apt"
  | "apk"
  | "dnf"
  | "zypper"
  | "pacman"
  | "pip"
  | "npm"
  | "gem"
  | "go"
  | "rpm"
  | "dpkg";

interface Grammar {
  readonly manager: PackageTool;
  readonly updates: readonly string[];
  readonly installs: readonly string[];
  /** Options that take the word after them. */
  readonly takes: readonly string[];
}

const APT: Grammar = {
  manager: "apt",
  updates: ["update"],
  installs: ["install"],
  takes: ["-o", "-t", "-c", "--option", "--target-release", "--default-release", "--config-file"],
};
const DNF: Grammar = {
  manager: "dnf",
  updates: ["update", "makecache", "check-update"],
  installs: ["install", "groupinstall", "localinstall", "reinstall"],
  takes: ["-c", "-x", "--enablerepo", "--disablerepo", "--installroot", "--releasever", "--setopt"],
};
const PIP_TAKES = [
  "requirement constraint editable index-url extra-index-url target find-links trusted-host prefix",
  "root timeout retries proxy cert cache-dir progress-bar platform python-version only-binary no-binary",
].flatMap((names) => names.split(" ").map((name) => `--${name}`));
const PIP: Grammar = {
  manager: "pip",
  updates: [],
  installs: ["install"],
  takes: ["-r", "-c", "-e", "-i", "-t", "-f", ...PIP_TAKES],
};
const NPM: Grammar = {
  manager: "npm",
  updates: [],
  installs: ["install", "i", "add"],
  takes: ["--registry", "--prefix", "--cache", "-w", "--workspace", "--loglevel"],
};

const GRAMMARS: ReadonlyMap<string, Grammar> = new Map([
  ["apt-get", APT],
  ["apt", APT],
  ["aptitude", APT],
  [
    "apk",
    {
      manager: "apk",
      updates: ["update"],
      installs: ["add"],
      takes: [
        "-t",
        "--virtual",
        "-X",
        "--repository",
        "-p",
        "--root",
        "--arch",
        "--cache-dir",
        "--keys-dir",
      ],
    },
  ],
  ["yum", DNF],
  ["dnf", DNF],
  ["microdnf", DNF],
  ["tdnf", DNF],
  [
    "zypper",
    {
      manager: "zypper",
      updates: ["refresh", "ref"],
      installs: ["install", "in"],
      takes: ["-R", "--root", "-r", "--repo", "--from", "-t", "--type"],
    },
  ],
  ["pip", PIP],
  ["pip2", PIP],
  ["pip3", PIP],
  ["npm", NPM],
  ["pnpm", NPM],
  ["gem", { manager: "gem", updates: [], installs: ["install"], takes: ["-i", "-n", "--source"] }],
  [
    "go",
    { manager: "go", updates: [], installs: ["install", "get"], takes: ["-ldflags", "-tags"] },
  ],
  ["rpm", { manager: "rpm", updates: [], installs: [], takes: ["--root", "--dbpath", "--prefix"] }],
  ["dpkg", { manager: "dpkg", updates: [], installs: [], takes: [] }],
]);

/** null when it is no package manager's. */
export function packageCommand({ name, words }: ShellCommand): PackageCommand | null {
  if (name === null) return null;
  if (name === "pacman") return pacman(words);
  if (
    /^python[\d.]*$/.test(name) &&
    words[0]?.value === "-m" &&
    /^pip\d?$/.test(words[1]?.value ?? "")
  )
    return parsed(PIP, words.slice(2));
  const grammar = GRAMMARS.get(name);
  return grammar === undefined ? null : parsed(grammar, words);
}

function parsed(
  { manager, updates, installs, takes }: Grammar,
  words: readonly ShellWord[],
): PackageCommand {
  const options: string[] = [];
  const rest: ShellWord[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === undefined) break;
    if (!word.value.startsWith("-")) {
      rest.push(word);
      continue;
    }
    options.push(word.value);
    if (!takes.includes(word.value)) continue;
    i += 1;
    options.push(words[i]?.value ?? "");
  }
  const [verb, ...packages] = rest;
  const action = updates.includes(verb?.value ?? "")
    ? "update"
    : installs.includes(verb?.value ?? "")
      ? "install"
      : "other";
  return { manager, action, options, packages: action === "install" ? packages : [] };
}

/** `-Sy` and its like bring the index up to date, and install when packages stand behind. */
function pacman(words: readonly ShellWord[]): PackageCommand {
  const options = words.map(({ value }) => value).filter((value) => value.startsWith("-"));
  const packages = words.filter(({ value }) => !value.startsWith("-"));
  const isSync = options.some((value) => value === "--sync" || /^-[A-Za-z]*S/.test(value));
  const isUpdate = options.some((value) => value === "--refresh" || /^-[A-Za-z]*y/.test(value));
  const action =
    isSync && packages.length > 0 ? "install" : isSync && isUpdate ? "update" : "other";
  return { manager: "pacman", action, options, packages };
}

/** Every package that a build installs by name. */
export function* packagesIn(
  build: ImageBuild,
  said: BuildSaid,
): Generator<{ readonly stage: BuildStage; readonly word: ShellWord }> {
  for (const { stage, command } of commandsOf(build, said))
    for (const word of packageCommand(command)?.packages ?? []) yield { stage, word };
}
