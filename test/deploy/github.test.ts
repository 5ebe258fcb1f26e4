// The scripts of the workflow for GitHub, run in a repository that git makes, with a stand-in for GitHub's own program.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle } from "../lab/bundle.ts";
import { missingPrograms } from "../lab/programs.ts";
import { runStep } from "./github-workflow.ts";

const missing = missingPrograms("bash", "git");

const pom = (artifact: string, ...dependencies: string[]): string => {
  const listed = dependencies.map((dependency) => {
    const [group, name, version] = dependency.split(":");
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>${artifact}</artifactId><version>1</version><dependencies>${listed.join("")}</dependencies></project>\n`;
};

const LOG4J = "org.apache.logging.log4j:log4j-core:2.14.1";
const TEXT = "org.apache.commons:commons-text:1.9";
const STRUTS = "org.apache.struts:struts2-core:2.3.31";

describe.skipIf(missing !== null)("the scripts of the workflow for GitHub (bash, git)", () => {
  let bundle: Bundle;
  let top: string;
  const at = (name: string): string => join(top, name);

  beforeAll(() => {
    bundle = buildBundle("deploy");
    top = mkdtempSync(join(tmpdir(), "bulwark-deploy-"));
    for (const folder of ["bin", "temp/report", "tell/report", "home"])
      mkdirSync(at(folder), { recursive: true });
    const node = process.execPath;
    writeFileSync(at("bin/bulwark"), `#!/bin/sh\nexec ${node} ${bundle.program} "$@"\n`, {
      mode: 0o755,
    });
    // Says what it is asked, and has the comments that it is told to have.
    const gh =
      '#!/bin/sh\nprintf "%s\\n" "$*" >> "$GH_LOG"\ncase "$*" in *--jq*) cat "$GH_COMMENTS";; esac\n';
    writeFileSync(at("bin/gh"), gh, { mode: 0o755 });
  }, BUNDLE_TIMEOUT_MS);

  afterAll(() => {
    bundle.remove();
    rmSync(top, { recursive: true, force: true });
  });

  const env = (): Record<string, string> => ({
    PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
    HOME: at("home"),
    RUNNER_TEMP: at("temp"),
    GITHUB_STEP_SUMMARY: at("summary.md"),
  });

  test("tell of a pull request what it adds and what it closes, and nothing else", {
    timeout: 120_000,
  }, () => {
    const folder = at("repository");
    mkdirSync(folder);
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@x", ...args], {
        cwd: folder,
        encoding: "utf8",
        env: env(),
      });
    git("init", "-q", "-b", "main");
    writeFileSync(join(folder, "bulwark.yaml"), "policy: test\nowner: team\npacks: [startup]\n");
    writeFileSync(join(folder, "pom.xml"), pom("app", LOG4J, STRUTS));
    git("add", ".");
    git("commit", "-q", "-m", "base");
    git("checkout", "-q", "-b", "change");
    writeFileSync(join(folder, "pom.xml"), pom("app", LOG4J, TEXT));
    git("commit", "-q", "-a", "-m", "change");
    git("checkout", "-q", "--detach", "main");
    git("merge", "-q", "--no-ff", "-m", "merge", "change");
    const steps = [
      "Report everything, for code scanning",
      "Look at the base branch",
      "Gate what the pull request adds",
      "Show the report in the summary",
    ];
    const ended = steps.map((step) => runStep(step, { folder, env: env() }));
    const named = (path: string): string[] =>
      [LOG4J, TEXT, STRUTS]
        .map((dependency) => dependency.split(":")[1] ?? "")
        .filter((name) => readFileSync(path, "utf8").includes(name));
    expect(
      ended.map(({ exit, output }) => (exit === 0 ? 0 : [exit, output.includes("::error")])),
    ).toEqual([0, 0, [3, true], 0]);
    expect({
      all: named(at("temp/report/bulwark.sarif")),
      added: named(at("temp/report/gate.md")),
      closed: named(at("temp/report/closed.md")),
      summary: named(at("summary.md")),
    }).toEqual({
      all: ["log4j-core", "commons-text"],
      added: ["commons-text"],
      closed: ["struts2-core"],
      summary: ["commons-text"],
    });
  });

  test("write one comment, and bring it up to date the next time", () => {
    const folder = at("tell");
    writeFileSync(join(folder, "report/gate.md"), "denied\n");
    writeFileSync(join(folder, "report/closed.md"), "x".repeat(100_000));
    const tell = (comments: string): string[] => {
      writeFileSync(at("comments"), comments);
      rmSync(at("gh.log"), { force: true });
      const told = runStep("Write the comment, or bring it up to date", {
        folder,
        env: {
          ...env(),
          GH_LOG: at("gh.log"),
          GH_COMMENTS: at("comments"),
          COMMENTS: "repos/o/r/issues",
          NUMBER: "7",
          MARKER: "<!-- bulwark:gate -->",
        },
      });
      expect(told).toEqual({ exit: 0, output: "" });
      return readFileSync(at("gh.log"), "utf8").trim().split("\n");
    };
    const first = tell("");
    const second = tell("41\n42\n");
    const body = readFileSync(join(folder, "body.md"), "utf8");
    expect([first.length, first[1], second[1]]).toEqual([
      2,
      "api --silent --method POST repos/o/r/issues/7/comments --field body=@body.md",
      "api --silent --method PATCH repos/o/r/issues/comments/41 --field body=@body.md",
    ]);
    expect(first[0]).toContain('.user.login == "github-actions[bot]"');
    expect(body.startsWith("<!-- bulwark:gate -->\n")).toBe(true);
    expect(body.length).toBeLessThan(5000);
  });
});
