// What may never happen: that a program which looks for secrets tells one. Secrets are planted wherever an image and a folder
// have room for them, and then everything that is written is searched for them: every report, what is said meanwhile, the
// cache, the evidence log, and the file that serves as a baseline.
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { runGate } from "../../src/app/gate.ts";
import { GATE_FORMATS, REPORT_FORMATS, report, reportGate } from "../../src/app/report.ts";
import { runScan, type ScanRequest } from "../../src/app/scan.ts";
import { zipOf } from "../../src/formats/test-support/zip-writer.ts";
import { tarOf } from "../../src/io/archive/test-support/tar-writer.ts";
import type { ScanResult } from "../../src/model/scan.ts";
import { secretGroups } from "../../src/plugins/secrets/index.ts";
import { Chance, exampleOf } from "../../src/plugins/secrets/shared/test-support/examples.ts";

const root = mkdtempSync(join(tmpdir(), "bulwark-told-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const said: string[] = [];
const surroundings = {
  env: {
    HOME: root,
    PATH: process.env["PATH"],
    XDG_CACHE_HOME: join(root, "cache"),
    XDG_DATA_HOME: join(root, "data"),
  },
  signal: new AbortController().signal,
  progress: (text: string) => void said.push(text),
  warn: (text: string) => void said.push(text),
};

const REQUEST: Omit<ScanRequest, "targets"> = {
  running: false,
  platform: null,
  onlyFixable: false,
  baseline: null,
  exceptions: null,
  vex: [],
  inUse: [],
  offline: true,
  db: null,
  evidence: join(root, "evidence"),
  cached: true,
  secrets: "content-and-history",
  threshold: null,
};

const chance = new Chance(77);
const planted: string[] = [];

/** A value that is looked for in everything that is written. */
function plant(value: string): string {
  planted.push(value);
  return value;
}

function token(id: string): string {
  const kind = secretGroups.flatMap((group) => group.kinds).find((k) => k.id === id);
  return plant((kind && exampleOf(kind, chance.below(1 << 30))) ?? "");
}

const LETTERS = "bcdfghjkmnpqrstvwxz";
const password = (): string =>
  plant(
    `${chance.text(LETTERS, 6)}7${chance.text(LETTERS.toUpperCase(), 5)}9${chance.text(LETTERS, 5)}`,
  );
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const key = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "sec1", format: "pem" })
  .toString();
plant(key.split("\n")[1] ?? "");

const ESCAPE = String.fromCharCode(27);
const inGz = token("shopify-access-token");
const files: Readonly<Record<string, string | Buffer>> = {
  "app/.env": `TOKEN=${token("github-classic-token")}\nDB_PASSWORD=${password()}\nDATABASE_URL=postgres://svc:${password()}@db.corp.net/x\n`,
  "root/.netrc": `machine git.corp.net login me password ${password()}\n`,
  "root/.pgpass": `db.corp.net:5432:*:app:${password()}\n`,
  "root/.docker/config.json": `{"auths":{"r.corp.net":{"auth": "${base64(`deploy:${password()}`)}"}}}`,
  "root/.npmrc": `//r.corp.net/:_auth=${base64(`deploy:${password()}`)}\n//r/:_authToken=${token("npm-token")}\n`,
  "etc/ssl/key.pem": key,
  "srv/key.json": JSON.stringify({ key }),
  "srv/kube.yaml": `users:\n- user:\n    client-key-data: ${base64(key)}\n`,
  "srv/utf16.txt": Buffer.from(`\ufefftoken: ${token("digitalocean-token")}\r\n`, "utf16le"),
  "srv/call.sh": `curl -H "Authorization: Basic ${base64(`me:${password()}`)}" -u "Authorization: Bearer ${plant(chance.text(`${LETTERS}0123456789`, 40))}"\n`,
  "srv/app.config": `<add cs="Server=db.corp.net;User Id=app;Password=${password()};"/>\n`,
  [`srv/${ESCAPE}[31m<script>alert(1)|\`x\`.env`]: `TOKEN=${token("github-classic-token")}\n`,
  "srv/notes.gz": gzipSync(`token ${inGz}\n`),
  "srv/app.jar": zipOf([{ name: "app.properties", content: `key=${token("sonar-token")}\n` }]),
  "srv/secret.yaml": `kind: Secret\ndata:\n  any: ${base64(token("prefect-key"))}\n  password: ${base64(password())}\n`,
  ".git/HEAD": "ref: refs/heads/main\n",
  ".git/objects/info/x": "",
  ".git/config": `[remote "origin"]\n\turl = https://bot:${token("gitlab-deploy-token")}@git.corp.net/x.git\n`,
  "srv/folded.sh": `x="${token("pulumi-token").replace(/^(.{20})/, "$1\\\n    ")}"\n`,
  "requirements.txt": `--index-url https://bot:${password()}@pypi.corp.net/simple\nflask==1.0\nours @ git+https://bot:${password()}@git.corp.net/ours.git@v1\n`,
  "package-lock.json": JSON.stringify({
    name: "x",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": { name: "x", version: "1.0.0" },
      "node_modules/a": {
        version: "1.0.0",
        resolved: `https://bot:${password()}@r.corp.net/a-1.0.0.tgz`,
      },
      "node_modules/b": {
        version: "git+https://bot:x@git.corp.net/b.git#1",
        resolved: `git+https://bot:${token("github-oauth-token")}@git.corp.net/b.git#abcdef1`,
      },
    },
  }),
};

function archive(): string {
  const hex = (bytes: Uint8Array | string): string =>
    createHash("sha256").update(bytes).digest("hex");
  const layers = [
    tarOf(Object.entries(files).map(([name, content]) => ({ name, content }))),
    tarOf([{ name: "app/.wh..env", content: "" }]),
    tarOf([{ name: "x", content: "x" }]),
  ];
  // Cut in the middle of the secret by what shows only the beginning; and with characters that are not shown.
  const long = `RUN\t|1 ${"a=b ".repeat(122)}`;
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: {
      Env: [
        `REGISTRY=${token("gitlab-personal-token")}`,
        token("slack-app-token"),
        `CACHE=redis://u:${password()}@cache.corp.net`,
      ],
      Labels: { ci: token("dockerhub-token"), [token("npm-token")]: "1" },
      Entrypoint: ["run", "--key", token("stripe-secret-key")],
      Cmd: ["sh", "-c", `deploy ${token("github-server-token")}`],
      Healthcheck: { Test: ["CMD", "curl", `https://probe:${password()}@me.corp.net`] },
    },
    history: [
      { created_by: `${long}T=${token("sendgrid-key")} make`, comment: "buildkit" },
      { created_by: "COPY . .", comment: `by ${token("pulumi-token")}` },
      { created_by: `ENV\u0007 T=${token("linear-key")}`, empty_layer: true },
      { created_by: `RUN |1 T=${token("notion-token")} /bin/sh -c make` },
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
  const path = join(root, "image.tar");
  writeFileSync(
    path,
    tarOf([
      { name: `${hex(config)}.json`, content: config },
      ...layers.map((layer, i) => ({ name: `${i}/layer.tar`, content: layer })),
      { name: "manifest.json", content: JSON.stringify(manifest) },
    ]),
  );
  return path;
}

function folder(): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, "tree", path)), { recursive: true });
    writeFileSync(join(root, "tree", path), content);
  }
  return join(root, "tree");
}

/** In what forms a secret would still be one, or most of one. */
function formsOf(value: string): string[] {
  const half = Math.ceil(value.length / 2);
  const parts = [value, value.slice(0, Math.max(12, half + 6)), value.slice(-half)];
  return [...parts, base64(value).slice(0, -4)];
}

function betrayed(text: string): string[] {
  return planted.filter((value) => formsOf(value).some((form) => text.includes(form)));
}

/** What the name of a file does to who reads of it. */
function faultsOf(text: string, format: string): string[] {
  const marks = ["html", "markdown", "junit"].includes(format)
    ? [ESCAPE, "<script>alert"]
    : [ESCAPE];
  return marks.filter((mark) => text.includes(mark));
}

function* filesBelow(path: string): Generator<string> {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const place = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(place);
    else yield place;
  }
}

describe.each([
  ["an image", archive],
  ["a folder", folder],
] as const)("%s", (what, made) => {
  const target = made();
  let first: ScanResult | undefined;
  const scanned = async (): Promise<ScanResult> => {
    if (first !== undefined) return first;
    const run = await runScan({ ...REQUEST, targets: [target] }, surroundings);
    first = run.results[0];
    if (first === undefined) throw run.failures[0]?.error;
    return first;
  };

  test("has them found", async () => {
    const { findings } = await scanned();
    const kinds = new Set(findings.flatMap((f) => (f.kind === "secret" ? [f.rule.id] : [])));
    const inFiles = [
      "basic-auth-header",
      "bearer-token",
      "connection-string",
      "digitalocean-token",
      "ec-private-key",
      "gitlab-deploy-token",
      "github-oauth-token",
      "http-url",
      "named-password",
      "netrc-login",
      "npm-basic-auth",
      "npm-token",
      "packed-private-key",
      "pgpass-login",
      "postgres-url",
      "prefect-key",
      "pulumi-token",
      "registry-login",
      "shopify-access-token",
      "sonar-token",
    ];
    const inImage = [
      "dockerhub-token",
      "github-server-token",
      "gitlab-personal-token",
      "linear-key",
      "notion-token",
      "redis-url",
      "sendgrid-key",
      "slack-app-token",
      "stripe-secret-key",
    ];
    const wanted = what === "an image" ? [...inFiles, ...inImage] : inFiles;
    expect(wanted.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  test.each(REPORT_FORMATS)("as %s tells nothing of them", async (format) => {
    const options = { width: 400, colour: false, command: "scan" };
    const text = await report([await scanned()], format, options);
    expect([betrayed(text), faultsOf(text, format)]).toEqual([[], []]);
  });

  test.each(GATE_FORMATS)("as %s of a gate tells nothing of them", async (format) => {
    const policy = join(root, "policy.yaml");
    writeFileSync(
      policy,
      "policy: p\nrules:\n  - id: none\n    findings: { kind: secret, atLeast: low }\n",
    );
    const { gate } = await runGate(
      {
        ...REQUEST,
        targets: [target],
        policy,
        stage: "build",
        trust: null,
        attest: null,
        isPreview: false,
        overrides: { files: [], keys: [] },
      },
      surroundings,
    );
    const options = { width: 400, colour: false, command: "gate" };
    expect(gate.results.map((r) => r.verdict.outcome)).toEqual(["deny"]);
    const text = await reportGate(gate, format, options);
    expect([betrayed(text), faultsOf(text, format)]).toEqual([[], []]);
  });

  test("leaves nothing of them in the cache, in the evidence log, in a baseline or in what it says", async () => {
    const result = await scanned();
    const baseline = join(root, `${what}.json`);
    writeFileSync(
      baseline,
      await report([result], "json", { width: 80, colour: false, command: "scan" }),
    );
    const again = await runScan({ ...REQUEST, targets: [target], baseline }, surroundings);
    expect(again.results[0]?.findings.filter((f) => f.kind === "secret")).toEqual([]);
    const written = ["cache", "data", "evidence"].flatMap((name) => {
      const place = join(root, name);
      return [...filesBelow(place)];
    });
    expect(written.length).toBeGreaterThan(1);
    const told = [...written, baseline].filter(
      (path) => betrayed(readFileSync(path, "latin1")).length > 0,
    );
    expect([told, betrayed(said.join("\n"))]).toEqual([[], []]);
  });
});
