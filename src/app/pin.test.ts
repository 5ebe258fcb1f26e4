// Against Debian's docker-registry, to which skopeo pushes, and repositories that git makes.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import {
  homeFor,
  type LabRegistry,
  REGISTRY_PROGRAMS,
  startRegistry,
} from "../../test/lab/registry.ts";
import { LayoutWriter, named } from "../io/layout/test-support/layout-writer.ts";
import { type PinRequest, type PinRun, pin, unpinned } from "./pin.ts";
import type { Surroundings } from "./surroundings.ts";

const missing = missingPrograms(...REGISTRY_PROGRAMS, "git");
let registry: LabRegistry;
let folder: string;
let surroundings: Surroundings;
let index = "";
let arm = "";
let single = "";

const at = (name: string): string => join(folder, name);
const content = (name: string): string => readFileSync(at(name), "utf8");

function write(name: string, text: string): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
}

const request = (changes: Partial<PinRequest>): PinRequest => ({
  paths: [],
  mode: "write",
  update: false,
  offline: false,
  platform: null,
  actions: null,
  git: false,
  ...changes,
});

const states = ({ files }: PinRun): string[] =>
  files.flatMap(({ places }) => places.map(({ state }) => state));

describe.skipIf(missing !== null)(
  "pinning against a registry (docker-registry, htpasswd, openssl, skopeo, git)",
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "bulwark-pin-"));
      registry = await startRegistry();
      surroundings = {
        env: { HOME: await homeFor(registry), PATH: process.env["PATH"] },
        signal: new AbortController().signal,
        progress: () => undefined,
        warn: () => undefined,
      };
      const layout = new LayoutWriter(at("layout"));
      const amd64 = layout.image(["first"]);
      const arm64 = layout.image(["for arm"], { architecture: "arm64" });
      const both = layout.index([
        { ...amd64.manifest, platform: { os: "linux", architecture: "amd64" } },
        { ...arm64.manifest, platform: { os: "linux", architecture: "arm64" } },
      ]);
      layout.finish([named(amd64.manifest, "one"), named(both, "many")]);
      [single, arm, index] = [amd64.manifest.digest, arm64.manifest.digest, both.digest];
      const from = `oci:${layout.folder}`;
      await registry.push(`${from}:one`, "one:1", "--preserve-digests");
      await registry.push(`${from}:many`, "many:1", "--all", "--preserve-digests");
    }, 60_000);

    afterAll(async () => {
      await registry.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("writes the digest of the index, and asks for each name once", async () => {
      const { host } = registry;
      const image = `${host}/many:1`;
      const dockerfile = `\uFEFFFROM ${image} AS a\r\nFROM ${host}/one:1\r\nCOPY --from=${image} / /\r\n`;
      const path = write("a/Dockerfile", dockerfile);
      chmodSync(path, 0o664);
      write("a/compose.yaml", `services: {a: {image: ${image}}}\n`);
      const before = registry.log().length;
      const run = await pin(request({ paths: [at("a")] }), surroundings);
      const asked = registry.log().slice(before);
      expect([
        run.exitCode,
        states(run),
        content("a/Dockerfile"),
        content("a/compose.yaml"),
      ]).toEqual([
        0,
        ["new", "new", "new", "new"],
        `\uFEFFFROM ${image}@${index} AS a\r\nFROM ${host}/one:1@${single}\r\nCOPY --from=${image}@${index} / /\r\n`,
        `services: {a: {image: ${image}@${index}}}\n`,
      ]);
      expect(asked.match(/"HEAD \/v2\/many\/manifests\/1 HTTP\/1.1" 200/g)?.length).toBe(1);
      expect(statSync(path).mode & 0o777).toBe(0o664);
      const again = await pin(request({ paths: [at("a")] }), surroundings);
      expect([again.exitCode, states(again)]).toEqual([
        0,
        ["pinned", "pinned", "pinned", "pinned"],
      ]);
    });

    test("writes the digest of one platform when that is asked for", async () => {
      const path = write("b/Dockerfile", `FROM ${registry.host}/many:1\n`);
      const platform = { os: "linux", architecture: "arm64" };
      await pin(request({ paths: [path], platform }), surroundings);
      expect(content("b/Dockerfile")).toBe(`FROM ${registry.host}/many:1@${arm}\n`);
    });

    test("tells what a registry does not have, and pins the rest", async () => {
      const { host } = registry;
      const path = write("c/Dockerfile", `FROM ${host}/one:2 AS x\nFROM ${host}/one:1\nFROM $Z\n`);
      const run = await pin(request({ paths: [path] }), surroundings);
      const reasons = run.files[0]?.places.map(({ line, column, reason }) => [
        line,
        column,
        reason,
      ]);
      expect([run.exitCode, reasons, content("c/Dockerfile")]).toEqual([
        4,
        [
          [1, 6, expect.stringContaining("MANIFEST_UNKNOWN")],
          [2, 6, null],
          [3, 6, "the variable Z has no default"],
        ],
        `FROM ${host}/one:2 AS x\nFROM ${host}/one:1@${single}\nFROM $Z\n`,
      ]);
    });

    test("moves a digest to what its tag means now, and --check tells that it would", async () => {
      const old = `sha256:${"0".repeat(64)}`;
      const path = write("d/Dockerfile", `FROM ${registry.host}/one:1@${old}\n`);
      const run = (mode: PinRequest["mode"]): Promise<PinRun> =>
        pin(request({ paths: [path], mode, update: true }), surroundings);
      const looked = [await run("check"), await run("preview")];
      expect(content("d/Dockerfile")).toContain(old);
      const written = await run("write");
      expect([...looked, written, await run("check")].map((r) => [r.exitCode, states(r)])).toEqual([
        [3, ["moved"]],
        [0, ["moved"]],
        [0, ["moved"]],
        [0, ["pinned"]],
      ]);
      expect(content("d/Dockerfile")).toBe(`FROM ${registry.host}/one:1@${single}\n`);
    });

    test("leaves a file that was changed meanwhile, and follows links to the file", async () => {
      const text = `FROM ${registry.host}/one:1\n`;
      const path = write("e/real", text);
      symlinkSync(path, at("e/Dockerfile"));
      const meanwhile = { ...surroundings, progress: () => writeFileSync(path, `${text}# mine\n`) };
      const run = await pin(request({ paths: [at("e/Dockerfile")] }), meanwhile);
      expect([run.exitCode, run.files[0]?.failure, content("e/real")]).toEqual([
        1,
        "it was changed meanwhile; nothing was written",
        `${text}# mine\n`,
      ]);
      const again = await pin(request({ paths: [at("e/Dockerfile"), path] }), surroundings);
      expect([again.files.length, content("e/real")]).toEqual([
        1,
        `FROM ${registry.host}/one:1@${single}\n# mine\n`,
      ]);
    });

    test("knows commits from git or from a file, and asks nobody else", async () => {
      const repository = at("server/o/r");
      mkdirSync(repository, { recursive: true });
      const git = (...args: string[]): string =>
        execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@x", ...args], {
          cwd: repository,
          encoding: "utf8",
        }).trim();
      git("init", "-q", "-b", "main");
      git("commit", "-q", "--allow-empty", "-m", "first");
      git("tag", "-a", "v1", "-m", "v1");
      const first = git("rev-parse", "HEAD");
      git("commit", "-q", "--allow-empty", "-m", "second");
      const second = git("rev-parse", "HEAD");
      const steps = ["o/r@v1", "o/r/sub@main", "o/r@v9", "o/known@v2"].map((u) => `{uses: ${u}}`);
      const head = "on: x\njobs:\n  a:\n    steps:\n";
      const path = write(
        ".github/workflows/a.yml",
        `${head}${steps.map((s) => `      - ${s}\n`).join("")}`,
      );
      const actions = write("actions.yaml", `o/known@v2: ${"1".repeat(40)}\n`);
      const env = { ...surroundings.env, GITHUB_SERVER_URL: `file://${at("server")}` };
      const without = await pin(request({ paths: [path], mode: "preview" }), surroundings);
      const run = await pin(request({ paths: [path], git: true, actions }), {
        ...surroundings,
        env,
      });
      expect([states(without), states(run), run.exitCode]).toEqual([
        ["unpinned", "unpinned", "unpinned", "unpinned"],
        ["new", "new", "unpinned", "new"],
        4,
      ]);
      expect(run.files[0]?.places[2]?.reason).toContain("it has no such tag or branch");
      expect(content(".github/workflows/a.yml").slice(head.length)).toBe(
        [
          `      - {uses: o/r@${first}} # v1\n`,
          `      - {uses: o/r/sub@${second}} # main\n`,
          "      - {uses: o/r@v9}\n",
          `      - {uses: o/known@${"1".repeat(40)}} # v2\n`,
        ].join(""),
      );
    });

    test("asks nobody to tell what is not pinned", async () => {
      write("f/Dockerfile", "FROM a:1\n");
      write("f/Dockerfile.good", `FROM a:1@${single}\n`);
      write("f/broken.yaml", "apiVersion: v1\nkind: [\n");
      write("f/chart.yaml", "apiVersion: v1\nkind: Pod\n{{- if .x }}\n");
      const before = registry.log().length;
      const runs = await Promise.all(
        ["f", "f/Dockerfile.good"].map((name) => unpinned([at(name)])),
      );
      expect(runs.map((r) => [r.exitCode, states(r), r.problems.map(({ path }) => path)])).toEqual([
        [3, ["unpinned", "pinned"], [at("f/broken.yaml"), at("f/chart.yaml")]],
        [0, ["pinned"], []],
      ]);
      rmSync(at("f/Dockerfile"));
      const blind = await unpinned([at("f")]);
      expect([blind.exitCode, registry.log().length]).toEqual([4, before]);
    });
  },
);
