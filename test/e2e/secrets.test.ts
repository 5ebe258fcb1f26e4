// Secrets over the whole program: an image whose layer hides one, whose environment, labels and history hold others; a folder.
// No output may hold one of them.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runGate } from "../../src/app/gate.ts";
import { REPORT_FORMATS, report } from "../../src/app/report.ts";
import { runScan, type ScanRequest } from "../../src/app/scan.ts";
import { tarOf, type WrittenEntry } from "../../src/io/archive/test-support/tar-writer.ts";
import { secretGroups } from "../../src/plugins/secrets/index.ts";
import { exampleOf } from "../../src/plugins/secrets/shared/test-support/examples.ts";

const root = mkdtempSync(join(tmpdir(), "bulwark-secrets-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const surroundings = {
  env: {
    HOME: root,
    PATH: process.env["PATH"],
    XDG_CACHE_HOME: join(root, "cache"),
    XDG_DATA_HOME: join(root, "data"),
  },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};

const NOTHING_ELSE: Omit<ScanRequest, "targets"> = {
  running: false,
  platform: null,
  onlyFixable: false,
  baseline: null,
  exceptions: null,
  vex: [],
  inUse: [],
  offline: true,
  db: null,
  evidence: null,
  cached: true,
  secrets: "content-and-history",
  threshold: null,
};

const kinds = secretGroups.flatMap((group) => group.kinds);
function secret(id: string, seed: number): string {
  const kind = kinds.find((k) => k.id === id);
  return (kind === undefined ? null : exampleOf(kind, seed)) ?? "";
}

const deleted = secret("github-classic-token", 1);
const inEnv = secret("npm-token", 2);
const inLabel = secret("gitlab-personal-token", 3);
const inStep = secret("dockerhub-token", 4);
const everywhere = [deleted, inEnv, inLabel, inStep];

const LAYERS: readonly (readonly WrittenEntry[])[] = [
  [
    { name: "app/.env", content: `TOKEN=${deleted}\n` },
    { name: "app/kept", content: "nothing" },
  ],
  [{ name: "app/.wh..env", content: "" }],
];

/** A Docker archive. */
function archive(entries = LAYERS, name = "image.tar"): string {
  const hex = (bytes: Uint8Array | string): string =>
    createHash("sha256").update(bytes).digest("hex");
  const layers = entries.map(tarOf);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin", `REGISTRY=${inEnv}`], Labels: { ci: inLabel } },
    history: [
      { created_by: `RUN |1 T=${inStep} /bin/sh -c docker login` },
      { created_by: "ENV A=b", empty_layer: true },
      { created_by: "RUN rm /app/.env" },
    ],
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${hex(layer)}`) },
  });
  const manifest = [
    {
      Config: `${hex(config)}.json`,
      RepoTags: ["shop/api:1"],
      Layers: layers.map((_, i) => `${i}/layer.tar`),
    },
  ];
  const path = join(root, name);
  const bytes = tarOf([
    { name: `${hex(config)}.json`, content: config },
    ...layers.map((layer, i) => ({ name: `${i}/layer.tar`, content: layer })),
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ]);
  writeFileSync(path, bytes);
  return path;
}

function folder(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return join(root, name);
}

async function found(target: string, request: Partial<ScanRequest> = {}) {
  const run = await runScan({ ...NOTHING_ELSE, ...request, targets: [target] }, surroundings);
  const [result] = run.results;
  if (result === undefined) throw run.failures[0]?.error;
  const secrets = result.findings.filter((finding) => finding.kind === "secret");
  return { run, result, secrets };
}

describe("an image", () => {
  const path = archive();
  const wanted = [
    ["dockerhub-token", "image configuration: history 1", null, false],
    ["github-classic-token", "app/.env", 0, true],
    ["gitlab-personal-token", "image configuration: label ci", null, false],
    ["npm-token", "image configuration: env REGISTRY", null, false],
  ];
  const told = ({ secrets }: Awaited<ReturnType<typeof found>>): unknown =>
    secrets
      .map((s) => [s.rule.id, s.locations[0]?.path, s.locations[0]?.layer, s.secret.isHidden])
      .sort();

  test("is searched in every layer and in its configuration, and again out of the cache", async () => {
    expect(told(await found(path))).toEqual(wanted);
    expect(told(await found(path))).toEqual(wanted);
  });

  test("tells what is hidden: replaced, or in a folder that was emptied, and not what has another name that is left", async () => {
    const layers = [
      [
        { name: "a/one", content: `T=${secret("sonar-token", 21)}` },
        { name: "b/two", type: "1", link: "a/one" },
        { name: "c/three", type: "2", link: "/a/one" },
        { name: "replaced", content: `T=${secret("pulumi-token", 22)}` },
        { name: "emptied/x", content: `T=${secret("prefect-key", 23)}` },
      ],
      [
        { name: "a/.wh.one", content: "" },
        { name: "replaced", content: "nothing" },
        { name: "emptied/.wh..wh..opq", content: "" },
      ],
    ];
    const { secrets } = await found(archive(layers, "hidden.tar"));
    const places = secrets.map((s) => [s.rule.id, s.locations[0]?.path, s.secret.isHidden]);
    expect(places.filter(([, path]) => !`${path}`.startsWith("image")).sort()).toEqual([
      ["prefect-key", "emptied/x", true],
      ["pulumi-token", "replaced", true],
      ["sonar-token", "b/two", false],
    ]);
  });

  test("has none when nobody asks", async () => {
    expect((await found(path, { secrets: "no" })).secrets).toEqual([]);
  });

  test.each(REPORT_FORMATS)("as %s, nothing of them is told", async (format) => {
    const { run } = await found(path);
    const text = await report(run.results, format, { width: 200, colour: false, command: "scan" });
    expect(everywhere.filter((value) => text.includes(value.slice(8)))).toEqual([]);
  });

  test("a threshold counts them, and a baseline knows them again", async () => {
    const before = await found(path, { threshold: "critical" });
    const file = join(root, "before.json");
    writeFileSync(file, JSON.stringify(before.result));
    const after = await found(path, { baseline: file });
    expect([before.result.verdict.outcome, after.secrets, after.result.suppressed.length]).toEqual([
      "deny",
      [],
      4,
    ]);
  });
});

describe("a policy", () => {
  test("that names secrets has them searched for", async () => {
    const policy = join(root, "policy.yaml");
    writeFileSync(
      policy,
      "policy: p\nrules:\n  - id: no-secrets\n    findings: { kind: secret, atLeast: high }\n",
    );
    const asked = { policy, stage: "build" as const, trust: null, attest: null, isPreview: true };
    const overrides = { files: [], keys: [] };
    const run = await runGate(
      { ...NOTHING_ELSE, secrets: "no", targets: [archive()], ...asked, overrides },
      surroundings,
    );
    expect(
      run.gate.results.map(({ verdict, answers }) => [verdict.outcome, answers.map((a) => a.rule)]),
    ).toEqual([["deny", ["no-secrets"]]]);
  });
});

describe("a folder", () => {
  test("is searched in every file, and one secret in two places is one finding", async () => {
    const path = folder("two", {
      "a/.npmrc": `//r/:_authToken=${inEnv}\n`,
      "b.txt": `\n${inEnv}`,
      c: "x",
    });
    const { secrets } = await found(path);
    expect(
      secrets.map((s) => [s.rule.id, s.secret.places, s.locations.map((l) => [l.path, l.line])]),
    ).toEqual([
      [
        "npm-token",
        2,
        [
          ["a/.npmrc", 1],
          ["b.txt", 2],
        ],
      ],
    ]);
  });

  test("two passwords of one length in two files are two", async () => {
    const path = folder("passwords", {
      "a/.env": "DB_PASSWORD=kR7thqLw91\n",
      "b/.env": "DB_PASSWORD=kR7thqLw91\n",
    });
    const { secrets } = await found(path);
    expect([secrets.length, secrets[0]?.secret.fingerprint.length]).toEqual([2, 3]);
  });
});

describe("a repository", () => {
  const removed = secret("github-oauth-token", 11);
  const dropped = secret("digitalocean-token", 12);
  const path = folder("repository", { "app.env": `TOKEN=${removed}\n`, "readme.txt": "hello\n" });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      cwd: path,
      encoding: "utf8",
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    }).trim();
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "first");
  const first = git("rev-parse", "HEAD").slice(0, 12);
  git("rm", "-q", "app.env");
  git("commit", "-qm", "second");
  folder("repository", { "late.txt": dropped });
  git("add", ".");
  git("commit", "-qm", "third");
  const third = git("rev-parse", "HEAD").slice(0, 12);
  git("reset", "-q", "--hard", "HEAD~1");
  const trace = join(root, "trace");
  git("config", "core.fsmonitor", `touch ${trace}`);
  git("config", "core.pager", `touch ${trace}`);
  git("config", "core.hooksPath", root);

  test("is searched in its history, also where no branch leads any more, and none of its configuration is followed", async () => {
    const { secrets, result } = await found(path);
    expect(
      secrets.map((s) => [
        s.rule.id,
        s.locations[0]?.path,
        s.locations[0]?.line,
        s.secret.isHidden,
      ]),
    ).toEqual([
      ["digitalocean-token", `${third}:late.txt`, 1, true],
      ["github-oauth-token", `${first}:app.env`, 1, true],
    ]);
    expect([
      result.problems.map((p) => p.code).filter((c) => c === "secrets-unsearched"),
      existsSync(trace),
    ]).toEqual([[], false]);
  });

  test("is not when that is left out", async () => {
    expect((await found(path, { secrets: "content" })).secrets).toEqual([]);
  });

  test("with an object that is damaged says so, and tells the rest", async () => {
    const id = git("rev-parse", "HEAD:readme.txt");
    const object = join(path, ".git/objects", id.slice(0, 2), id.slice(2));
    chmodSync(object, 0o644);
    writeFileSync(object, "no object");
    const { result } = await found(path);
    expect(result.problems.some((p) => p.code === "secrets-unsearched")).toBe(true);
  });
});
