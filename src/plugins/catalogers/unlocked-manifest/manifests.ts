// Which files say what a project needs, and which ones lock it. Only whether anything is asked for is looked at, not what.
import { asObject } from "../../../formats/json-object.ts";
import { eachLine, utf8 } from "../../../kit/text.ts";
import { namesOf, parseJsonObject } from "../shared/json-value.ts";

/** The manifests of one family of tools, and the lock files that say all that they leave open. */
export interface Family {
  readonly manifests: readonly string[];
  readonly locks: readonly string[];
  /** Whether a manifest asks for something that a product needs. Never throws. */
  declares(bytes: Uint8Array): boolean;
}

/** `requirements.txt` is read, and says itself what it leaves open. */
const PYTHON_LOCKS = [
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "pylock.toml",
  "Pipfile.lock",
  "requirements.txt",
];

export const FAMILIES: readonly Family[] = [
  {
    manifests: ["package.json"],
    locks: [
      "package-lock.json",
      "npm-shrinkwrap.json",
      "yarn.lock",
      "pnpm-lock.yaml",
      "bun.lock",
      "bun.lockb",
    ],
    declares: (bytes) => {
      const manifest = parseJsonObject(bytes) ?? {};
      const wanted = [manifest["dependencies"], manifest["optionalDependencies"]];
      return wanted.some((names) => namesOf(names, 1).length > 0);
    },
  },
  {
    manifests: ["composer.json"],
    locks: ["composer.lock"],
    // `php` and `ext-json` are what the platform must have.
    declares: (bytes) =>
      namesOf(asObject(parseJsonObject(bytes)?.["require"]), 1_000).some((n) => n.includes("/")),
  },
  {
    manifests: ["pyproject.toml"],
    locks: PYTHON_LOCKS,
    declares: (bytes) =>
      /^dependencies\s{0,20}=\s{0,20}\[\s{0,200}["']/m.test(utf8(bytes)) ||
      hasEntry(bytes, /^\[tool\.poetry\.dependencies\]/, /^(?!python\b)["'\w]/),
  },
  {
    manifests: ["setup.py", "setup.cfg"],
    locks: PYTHON_LOCKS,
    // `install_requires=requirements`, a name, may be filled from anywhere, so it counts.
    declares: (bytes) =>
      hasLine(bytes, /(?:^|[\s,(])install_requires\s{0,20}[=:](?!\s{0,20}\[\s{0,20}\])/),
  },
  {
    manifests: ["environment.yml", "environment.yaml"],
    // conda's lock files are not read, so that they close nothing.
    locks: [],
    declares: (bytes) =>
      hasLine(bytes, /^dependencies:/) && hasLine(bytes, /^- (?!python\b|pip\b)/),
  },
  {
    manifests: ["Pipfile"],
    locks: ["Pipfile.lock"],
    declares: (bytes) => hasEntry(bytes, /^\[packages\]/, /^["'\w]/),
  },
  {
    manifests: ["Cargo.toml"],
    locks: ["Cargo.lock"],
    declares: (bytes) =>
      hasEntry(bytes, /^\[(?:[^\]]{1,200}\.)?dependencies\]/, /^["'\w]/) ||
      hasLine(bytes, /^\[dependencies\.["'\w]/),
  },
  {
    manifests: ["Gemfile", "gems.rb"],
    locks: ["Gemfile.lock", "gems.locked"],
    declares: (bytes) => hasLine(bytes, /^gem[\s(]/),
  },
  {
    manifests: ["build.gradle", "build.gradle.kts"],
    locks: ["gradle.lockfile"],
    declares: (bytes) =>
      // `project(":a")` is the build's own.
      hasLine(
        bytes,
        /(?:^|[\s{;])(?:implementation|api|compile|runtime|runtimeOnly|compileOnly)[\s(]{1,4}(?:platform\()?(?:["']|libs\.)/,
      ),
  },
  {
    manifests: ["mix.exs"],
    locks: ["mix.lock"],
    declares: (bytes) => hasLine(bytes, /^\[?\{:\w{1,100}, (?:"|[a-z]{1,20}:)/),
  },
  {
    manifests: ["build.sbt"],
    locks: ["build.sbt.lock"],
    declares: (bytes) => hasLine(bytes, /^[^/].{0,500}" %%?%? "/),
  },
  {
    manifests: ["pubspec.yaml"],
    locks: ["pubspec.lock"],
    declares: (bytes) => hasLine(bytes, /^dependencies:/),
  },
];

/** Lines are trimmed; what is longer than any person writes is cut. */
function hasLine(bytes: Uint8Array, wanted: RegExp): boolean {
  let has = false;
  eachLine(utf8(bytes), (line) => {
    has ||= wanted.test(line.slice(0, LINE_LENGTH_MAX).trim());
  });
  return has;
}

/** Whether a table of a TOML file has an entry of this form. */
function hasEntry(bytes: Uint8Array, table: RegExp, entry: RegExp): boolean {
  let isInside = false;
  let has = false;
  eachLine(utf8(bytes), (line) => {
    const text = line.slice(0, LINE_LENGTH_MAX).trim();
    if (text.startsWith("[")) isInside = table.test(text);
    else if (isInside && entry.test(text)) has = true;
  });
  return has;
}

const LINE_LENGTH_MAX = 1_000;
