import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../error-code.ts";
import { openFolder, openInside } from "./open-inside.ts";

let folder: string;
let root: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-inside-"));
  const at = (path: string): string => join(folder, "root", path);
  mkdirSync(at("usr/bin"), { recursive: true });
  mkdirSync(at("etc"));
  writeFileSync(join(folder, "secret"), "outside");
  writeFileSync(at("secret"), "inside");
  writeFileSync(at("usr/bin/tool"), "tool");
  symlinkSync("usr/bin", at("bin"));
  symlinkSync("/usr/bin/tool", at("etc/tool"));
  symlinkSync("../../../../secret", at("etc/up"));
  symlinkSync("/../secret", at("etc/absolute-up"));
  symlinkSync(join(folder, "secret"), at("etc/host"));
  symlinkSync("..", at("etc/parent"));
  symlinkSync("loop", at("loop"));
  symlinkSync("nowhere", at("dangling"));
  execFileSync("mkfifo", [at("pipe")]);
  root = openFolder(join(folder, "root"));
});
afterAll(() => {
  closeSync(root);
  rmSync(folder, { recursive: true, force: true });
});

function read(path: string): { readonly path: string; readonly text: string } | string {
  try {
    const opened = openInside(root, path);
    try {
      return { path: opened.path, text: readFileSync(opened.fd, "utf8") };
    } finally {
      closeSync(opened.fd);
    }
  } catch (error) {
    return codeOf(error);
  }
}

describe("a path in a container", () => {
  test.each([
    ["usr/bin/tool", "usr/bin/tool", "tool"],
    ["/bin/tool", "usr/bin/tool", "tool"],
    ["bin/../bin/./tool", "usr/bin/tool", "tool"],
    ["etc/tool", "usr/bin/tool", "tool"],
    ["etc/parent/secret", "secret", "inside"],
    ["../../../secret", "secret", "inside"],
    ["etc/up", "secret", "inside"],
    ["etc/absolute-up", "secret", "inside"],
  ])("%s is %s", (asked, path, text) => expect(read(asked)).toEqual({ path, text }));

  test.each([
    ["loop", "ELOOP"],
    ["loop/x", "ELOOP"],
    ["dangling", "ENOENT"],
    ["pipe", "ENODEV"],
    ["secret/x", "ENOTDIR"],
    // On the host it exists, and in the container it does not.
    ["etc/host", "ENOENT"],
    ["usr/bin", "EISDIR"],
    ["..", "EISDIR"],
    ["x".repeat(300), "ENAMETOOLONG"],
  ])("%s is refused with %s", (asked, code) => expect(read(asked)).toBe(code));

  test("leaves nothing open", () => {
    const open = (): number =>
      execFileSync("ls", [`/proc/${process.pid}/fd`])
        .toString()
        .split("\n").length;
    const before = open();
    for (let i = 0; i < 50; i += 1)
      for (const path of ["etc/up", "loop/x", "bin/tool", "usr/bin"]) read(path);
    expect(open()).toBeLessThan(before + 10);
  });
});
