import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitSnapshot } from "./git-snapshot.ts";

let folder = "";
const { signal } = new AbortController();

function git(...args: string[]): string {
  const who = ["-c", "user.email=a@example.com", "-c", "user.name=a"];
  return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-repository-"));
  git("init", "-q", "-b", "main");
  mkdirSync(join(folder, "deploy"));
  writeFileSync(join(folder, "deploy", "web.yaml"), "one\n");
  git("add", ".");
  git("commit", "-qm", "one");
  git("checkout", "-qb", "change");
  git("checkout", "-q", "main");
  writeFileSync(join(folder, "deploy", "web.yaml"), "theirs\n");
  git("commit", "-qam", "theirs");
  git("checkout", "-q", "change");
  writeFileSync(join(folder, "deploy", "web.yaml"), "ours\n");
  // A filter of the user's own settings is a program; that it is named by a stranger's file is no reason to run it.
  writeFileSync(join(folder, ".gitattributes"), "*.yaml filter=lfs\n");
  git("config", "filter.lfs.smudge", "touch ran; cat");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("takes the files of the commit that both have in common, and changes nothing of the repository", async () => {
  const before = git("status", "--porcelain");
  const deploy = join(folder, "deploy");
  const snapshot = await gitSnapshot({
    folder: deploy,
    revision: "main",
    env: process.env,
    signal,
  });
  const copy = await snapshot.copyOf(deploy);
  expect(readFileSync(join(copy, "web.yaml"), "utf8")).toBe("one\n");
  expect(git("status", "--porcelain")).toBe(before);
  await snapshot.remove();
  expect(() => readFileSync(join(copy, "web.yaml"))).toThrow("ENOENT");
});

test.each([
  ["a revision that there is not", "nothing", "no such commit, tag or branch"],
  ["an option in place of a revision", "--help", "no such commit, tag or branch"],
])("refuses %s", async (_, revision, message) => {
  const asked = gitSnapshot({ folder, revision, env: process.env, signal });
  await expect(asked).rejects.toThrow(message);
});

test("refuses a folder without a repository, and paths outside of it", async () => {
  const asked = { env: process.env, signal, revision: "main" };
  await expect(gitSnapshot({ ...asked, folder: tmpdir() })).rejects.toThrow("no git repository");
  const snapshot = await gitSnapshot({ ...asked, folder });
  await expect(snapshot.copyOf(tmpdir())).rejects.toThrow("lies outside of");
  await snapshot.remove();
});
