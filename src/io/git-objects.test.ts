import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGitObjects } from "./git-objects.ts";

const folder = mkdtempSync(join(tmpdir(), "git-objects-"));
const inFolder = (...names: string[]): string => join(folder, ...names);

function git(cwd: string, ...args: string[]): string {
  const who = [
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@example.org",
    "-c",
    "protocol.file.allow=always",
  ];
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  return execFileSync("git", [...who, ...args], { cwd, env, encoding: "utf8", stdio: "pipe" });
}

/** Every object's content as text, and what was said of the rest. */
async function readOf(
  path: string,
): Promise<{ texts: string[]; problems: readonly string[] } | null> {
  const texts: string[] = [];
  let text = "";
  const visitor = {
    begin: () => {
      text = "";
    },
    piece: (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString("utf8");
    },
    end: () => {
      texts.push(text);
    },
  };
  const context = { env: process.env, signal: new AbortController().signal };
  const reading = await readGitObjects(path, visitor, context);
  reading?.close();
  return reading && { texts, problems: reading.problems };
}

beforeAll(() => {
  mkdirSync(inFolder("whole"));
  git(inFolder("whole"), "init", "--quiet");
  git(inFolder("whole"), "config", "uploadpack.allowFilter", "true");
  for (const word of ["first", "second", "third"]) {
    writeFileSync(inFolder("whole", "file"), `${word} content\n`);
    git(inFolder("whole"), "add", ".");
    git(inFolder("whole"), "commit", "--quiet", "--message", word);
  }
  git(inFolder("whole"), "gc", "--quiet");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONTENTS = ["first content\n", "second content\n", "third content\n"];

describe("a repository's history is read wherever git keeps it", () => {
  const made: Record<string, (path: string) => string> = {
    "a work tree": (path) => copied(path),
    "a bare repository": (path) => {
      git(folder, "clone", "--quiet", "--bare", inFolder("whole"), path);
      return path;
    },
    "a separate folder": (path) => {
      git(folder, "clone", "--quiet", "--separate-git-dir", `${path}.git`, inFolder("whole"), path);
      return path;
    },
    "another work tree": (path) => {
      git(copied(`${path}-main`), "worktree", "add", "--quiet", path);
      return path;
    },
    "a submodule, asked for by itself": (path) => join(withSubmodule(path), "libs/part"),
    "a submodule of what is asked for": (path) => withSubmodule(path),
    "names by SHA-256": (path) => {
      git(folder, "init", "--quiet", "--object-format=sha256", path);
      for (const [at, content] of CONTENTS.entries()) {
        writeFileSync(join(path, "file"), content);
        git(path, "add", ".");
        git(path, "commit", "--quiet", "--message", `${at}`);
      }
      return path;
    },
  };
  for (const [name, make] of Object.entries(made))
    test(name, async () => {
      const read = await readOf(make(inFolder(name.replaceAll(/\W/g, "-"))));
      expect(read?.problems).toEqual([]);
      expect(read?.texts).toEqual(expect.arrayContaining(CONTENTS));
    });

  test("a folder that is none has no history", async () => {
    mkdirSync(inFolder("none"));
    expect(await readOf(inFolder("none"))).toBeNull();
  });
});

describe("history that is not there is told of", () => {
  const made: Record<string, [RegExp, (path: string) => void]> = {
    "a shallow clone": [
      /shallow clone.*git fetch --unshallow.*--no-history/,
      (path) => git(folder, "clone", "--quiet", "--depth=1", `file://${inFolder("whole")}`, path),
    ],
    "a partial clone": [
      /partial clone.*--no-history/,
      (path) =>
        git(folder, "clone", "--quiet", "--filter=blob:none", `file://${inFolder("whole")}`, path),
    ],
    "a pack without its index": [
      /history is not there/,
      (path) => {
        for (const name of packsOf(copied(path), ".idx")) rmSync(name);
      },
    ],
    "a pack cut short": [
      /was not searched/,
      (path) => {
        for (const name of packsOf(copied(path), ".pack")) {
          chmodSync(name, 0o600);
          truncateSync(name, 100);
        }
      },
    ],
    "an object that is gone": [
      /history is not there/,
      (path) => {
        copied(path);
        writeFileSync(join(path, "file"), "gone content\n");
        git(path, "add", ".");
        git(path, "commit", "--quiet", "--message", "gone");
        const id = git(path, "rev-parse", "HEAD:file").trim();
        rmSync(join(path, ".git/objects", id.slice(0, 2), id.slice(2)));
      },
    ],
    "a work tree whose repository is elsewhere": [
      /the folder that \.git names/,
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, ".git"), "gitdir: /nowhere/at/all\n");
      },
    ],
    "a file that names nothing": [
      /\.git names no folder/,
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, ".git"), "\0\0\0");
      },
    ],
    "a folder without objects": [
      /\.git has no objects/,
      (path) => mkdirSync(join(path, ".git"), { recursive: true }),
    ],
    "a submodule with other names": [
      /by another hash/,
      (path) => {
        copied(path);
        git(
          folder,
          "init",
          "--quiet",
          "--bare",
          "--object-format=sha256",
          join(path, ".git/modules/other"),
        );
      },
    ],
    "a branch that leads nowhere": [
      /history is not there/,
      (path) =>
        appendFileSync(
          join(copied(path), ".git/packed-refs"),
          `${"ab".repeat(20)} refs/heads/lost\n`,
        ),
    ],
  };
  for (const [name, [words, make]] of Object.entries(made))
    test(name, async () => {
      const path = inFolder(name.replaceAll(/\W/g, "-"));
      make(path);
      expect((await readOf(path))?.problems.join("\n")).toMatch(words);
    });
});

function copied(path: string): string {
  cpSync(inFolder("whole"), path, { recursive: true });
  return path;
}

function packsOf(path: string, end: string): string[] {
  const packs = join(path, ".git/objects/pack");
  return readdirSync(packs)
    .filter((name) => name.endsWith(end))
    .map((name) => join(packs, name));
}

function withSubmodule(path: string): string {
  git(folder, "init", "--quiet", path);
  git(path, "submodule", "--quiet", "add", `file://${inFolder("whole")}`, "libs/part");
  return path;
}
