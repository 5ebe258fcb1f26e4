// Files that are broken, in every way that we know of: each is a problem with its line and its reason, and all else in the folder, and
// in the file, is checked nevertheless.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";

const POD = "apiVersion: v1\nkind: Pod\n";
const REST = `---\n${POD}metadata: {name: rest}\nspec: {containers: [{name: app, image: "a:1"}]}\n`;
const ANCHORS = "bcdefghijklm";
/** Nine times as many with each line: 9 to the 13th. */
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${[...ANCHORS]
  .map(
    (name, i) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${`a${ANCHORS}`[i]}`)
        .join(", ")}]\n`,
  )
  .join("")}`;

interface Row {
  readonly what: string;
  readonly name: string;
  /** What it holds; a function makes what is no plain file. */
  readonly content: string | Buffer | ((path: string) => void);
  /** null where it can be read after all. */
  readonly problem: RegExp | null;
  /** The subjects that are checked of this very file. */
  readonly rest: readonly string[];
}

const ofYaml = (what: string, text: string, problem: RegExp | null, rest = ["rest"]): Row => {
  return { what, name: "app.yaml", content: text + REST, problem, rest };
};

const KUBERNETES: readonly Row[] = [
  ofYaml("a tab", `${POD}spec:\n\tcontainers: []\n`, /line 4: a tab stands where/),
  ofYaml(
    "no closing quote",
    `${POD}metadata:\n  name: "web\n`,
    /line 5: a text in quotes \("\) has/,
  ),
  ofYaml("no closing bracket", `${POD}metadata: {name: web\n`, /line [34]: .*end with a }/),
  ofYaml("wrong indentation", `${POD}metadata:\n   name: a\n  x: b\n`, /line 5: /),
  ofYaml(
    "a key twice",
    `${POD}spec:\n  hostPID: true\n  hostIPC: true\n  hostPID: false\n`,
    /line 6: a key stands twice in a mapping, first 2 lines above/,
  ),
  ofYaml("an anchor that there is not", `${POD}spec: *no\n`, /line 3: there is no anchor "no"/),
  ofYaml("an anchor in itself", `${POD}spec: &a\n  x: [*a]\n`, /line 4: an anchor contains itself/),
  ofYaml("a merge with itself", `${POD}spec: &a\n  <<: *a\n`, /line 4: an anchor contains itself/),
  ofYaml("a merge of a text", `${POD}spec:\n  <<: text\n`, /line 4: what is merged \(<<\) is no/),
  ofYaml("an alias bomb", `${POD}${BOMB}spec: {containers: *m}\n`, /of containers is a list/, [
    "",
    "rest",
  ]),
  ofYaml("brackets, deep", `${POD}x: ${"[".repeat(200_000)}\n`, /line 3: it is nested too deep/),
  ofYaml(
    "mappings, deep",
    `${POD}x:\n${Array.from({ length: 2500 }, (_, i) => `${" ".repeat(i + 1)}a:\n`).join("")}`,
    /line \d+: it is nested too deeply/,
  ),
  ofYaml(
    "marks of keys, deep",
    `${POD}x:\n  ${"? ".repeat(100_000)}\n`,
    /line 4: it is nested too/,
  ),
  ofYaml("a key that is a list", `${POD}x:\n  [a, b]: c\n`, /line 4: a key is a list or a mapping/),
  ofYaml(
    "a zero byte",
    `${POD}metadata: {name: "a\0b"}\n`,
    /line 3: a control character \(U\+0000/,
  ),
  ofYaml("an escape sequence", `${POD}# \u001b[2J\n`, /line 3: a control character \(U\+001B/),
  {
    ...ofYaml("Windows-1252", "", /line 3: bytes that are no UTF-8/),
    content: Buffer.concat([
      Buffer.from(`${POD}metadata: {name: caf\u00e9}\n`, "latin1"),
      Buffer.from(REST),
    ]),
  },
  ofYaml("Helm, around", `{{- if .x }}\n${POD}{{- end }}\n`, /line 1: it is a template; render/),
  ofYaml(
    "Helm, a value",
    `${POD}metadata:\n  name: {{ .x }}\n`,
    /line 4: it is a template; render/,
  ),
  ofYaml("Jinja", `${POD}{% if x %}\nspec: {}\n{% endif %}\n`, /line 3: it is a template; render/),
  ofYaml(
    "a template in texts",
    `${POD}metadata: {name: web}\nspec: "{{ x }}"\n`,
    /spec is a text/,
    ["web", "rest"],
  ),
  ofYaml("a long line", `${POD}x: ${"a: ".repeat(100_000)}\n`, /line 3: nested mappings/),
  ofYaml("a byte order mark", `\uFEFF${POD}metadata: {name: web}\nspec: {containers: []}\n`, null, [
    "web",
    "rest",
  ]),
  {
    ...ofYaml("lines that end as on Windows", "", null),
    content: REST.replaceAll("\n", "\r\n"),
  },
  {
    ...ofYaml("10,000 documents and one that is cut", "", /line 5000[45]: a text in quotes/),
    content: `${REST.repeat(10_000)}---\n${POD}metadata: "x\n`,
    rest: Array(10_000).fill("rest"),
  },
  { ...ofYaml("UTF-16 with its mark", "", /it is UTF-16/, []), content: utf16(`\uFEFF${REST}`) },
  { ...ofYaml("UTF-16 without", "", /line 1: a zero byte/, []), content: utf16(REST) },
  {
    ...ofYaml("a program", "", /line 1: a zero byte/, []),
    content: Buffer.from("\x7fELF\x02\x01\x01\0\0\0", "latin1"),
  },
  {
    ...ofYaml("100 MB", "", /larger than 16777216 bytes, it has 104857600/, []),
    content: (path) => {
      writeFileSync(path, REST);
      truncateSync(path, 100 << 20);
    },
  },
  {
    ...ofYaml("a pipe", "", /it is a pipe/, []),
    content: (path) => void execFileSync("mkfifo", [path]),
  },
  {
    ...ofYaml("a link to nothing", "", /a link that leads nowhere/, []),
    content: (path) => symlinkSync("nothing", path),
  },
  {
    ...ofYaml("a link out of the folder", "", /or out of the folder: name what it leads to/, []),
    content: (path) => symlinkSync("/etc/hostname", path),
  },
  {
    ...ofYaml("a link of a folder to itself", "", null, []),
    content: (path) => symlinkSync(".", path),
  },
  { ...ofYaml("a folder that is called so", "", null), name: "app.yaml/inner.yaml", content: REST },
];

const json = (what: string, text: string, problem: RegExp): Row => {
  return { what, name: "app.json", content: text, problem, rest: [] };
};

const JSON_FILES: readonly Row[] = [
  json(
    "cut",
    '{"apiVersion": "v1",\n"kind": "Pod",\n"spec": {"a": [',
    /line 3: the document is cut/,
  ),
  json("no quotes", '{"apiVersion": "v1",\n"kind": "Pod"\n"spec": {}}', /line 3: expected ","/),
  json(
    "a member twice",
    '{"apiVersion": "v1",\n"kind": "Pod",\n"kind": "Job"}',
    /line 3: a key stands twice in a mapping, first on line 2/,
  ),
  json(
    "200,000 deep",
    `{"apiVersion": "v1", "kind": "Pod", "x":\n${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    /line 2: it is nested more than 200 deep/,
  ),
  json("a template", '{"apiVersion": "v1",\n"kind": {{ .kind }}}', /line 2: /),
];

const COMPOSE: readonly Row[] = [
  ofCompose("a service that says twice", "image: x\n    image: y", /line 4: a key stands twice/),
  ofCompose("a list without its end", "image: [x", /line [34]: /),
  ofCompose("a tab", "image: x\n\tprivileged: true", /line 4: /),
  ofCompose("an unrendered value", "image: {{ image }}", /line 3: it is a template/),
];

function ofCompose(what: string, service: string, problem: RegExp): Row {
  const content = `services:\n  web:\n    ${service}\n`;
  return { what, name: "compose.yaml", content, problem, rest: [] };
}

const dockerfile = (what: string, content: string | Buffer, problem: RegExp): Row => {
  return { what, name: "Dockerfile", content, problem, rest: [""] };
};

const DOCKERFILES: readonly Row[] = [
  dockerfile("a zero byte", "FROM a:1\nRUN x\0y\n", /line 2: a zero byte/),
  dockerfile("nothing", "", /Dockerfile:1 .*it has no FROM/),
  dockerfile("a heredoc without its end", "FROM a:1\nRUN <<EOF\nls\n", /Dockerfile:2 .*has no end/),
  dockerfile("a quote without its end", 'FROM a:1\nRUN echo "x\n', /Dockerfile:2 .*unterminated/),
  dockerfile("a word that is misspelt", "FROM a:1\nRUNN ls\n", /Dockerfile:2 .*"RUNN" is no instr/),
  dockerfile("Jinja", "FROM a:1\n{% if x %}\nRUN ls\n", /Dockerfile:2 .*it is a template/),
  dockerfile("a base to be rendered", "FROM {{ base }}\n", /Dockerfile:1 .*it is a template/),
  { ...dockerfile("UTF-16", utf16("\uFEFFFROM a\n"), /it is UTF-16: save it as UTF-8/), rest: [] },
];

const pipeline = (what: string, name: string, content: string, problem: RegExp): Row => {
  return { what, name, content, problem, rest: [] };
};

const WORKFLOW = ".github/workflows/ci.yml";
const GITLAB = ".gitlab-ci.yml";
const PIPELINES: readonly Row[] = [
  pipeline("a tab in a workflow", WORKFLOW, "on: push\njobs:\n\ta: {}\n", /line 3: a tab stands/),
  pipeline(
    "a key twice in one",
    WORKFLOW,
    "on: push\njobs: {}\non: pull\n",
    /line 3: .*2 lines above/,
  ),
  pipeline("a template of one", WORKFLOW, "on: push\njobs: {% x %}\n", /line 2: it is a template/),
  pipeline("a quote in a pipeline", GITLAB, 'a:\n  script: "x\n', /line 3: a text in quotes/),
  pipeline(
    "a template of one of GitLab",
    GITLAB,
    "a:\n  image: {{ x }}\n",
    /line 2: it is a templ/,
  ),
  pipeline("an action that is cut", "action.yml", 'runs:\n  using: "comp\n', /line 3: a text in/),
];

function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

let bundle: Bundle;

beforeAll(() => {
  bundle = buildBundle("broken");
}, BUNDLE_TIMEOUT_MS);

afterAll(() => bundle.remove());

interface Told {
  readonly exit: number | null;
  /** Place and detail. */
  readonly problems: readonly string[];
  /** Names of what was checked, by file. */
  readonly subjects: ReadonlyMap<string, readonly string[]>;
}

/** As a gate, whose verdict is to be open for what cannot be read. */
async function checked(folder: string): Promise<Told> {
  const args = ["check", ".", "--policy", POLICY_FILE, "--format", "json"];
  const { ended } = start(bundle.program, args, { folder });
  const { exit, stdout } = await ended;
  const said = JSON.parse(stdout) as {
    problems: { path?: string; detail: string }[];
    subjects: { path: string; name: string }[];
  };
  const subjects = new Map<string, string[]>();
  for (const { path, name } of said.subjects)
    subjects.set(path, [...(subjects.get(path) ?? []), name]);
  const problems = said.problems.map(({ path, detail }) => `${path} ${detail}`);
  return { exit, problems, subjects };
}

/** One check for each kind of subject, none of which finds anything in these files. */
const POLICY_FILE = "policy.yaml";
const POLICY = `policy: broken
rules:
  - check: no-privileged
  - check: copy-instead-of-add
  - check: no-docker-inside
  - check: no-printed-secrets
`;

/** Fails where a row is not as it says. */
async function hold({ name, content, problem, rest }: Row): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-broken-"));
  try {
    writeFileSync(join(folder, POLICY_FILE), POLICY);
    writeFileSync(join(folder, "neighbour.yaml"), REST);
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "function") content(path);
    else writeFileSync(path, content);
    const { exit, problems, subjects } = await checked(folder);
    if (problem === null) expect(problems).toEqual([]);
    else {
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(problem);
      expect(problems[0]).toContain(name);
    }
    expect(subjects.get("neighbour.yaml")).toEqual(["rest"]);
    expect(subjects.get(name) ?? []).toEqual(rest);
    expect(exit).toBe(problem === null ? 0 : 4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each([
  ["Kubernetes' YAML", KUBERNETES],
  ["JSON", JSON_FILES],
  ["Compose", COMPOSE],
  ["Dockerfiles", DOCKERFILES],
  ["pipelines", PIPELINES],
] as const)("%s", (_, rows) => {
  test.each(rows)("$what", { timeout: 60_000 }, hold);
});

/** Rows that say what is not so: were one of them held, the table could not fail. */
const TAB = `${POD}spec:\n\tcontainers: []\n`;
const UNTRUE: readonly Row[] = [
  ofYaml("another line", TAB, /line 5: a tab stands where/),
  ofYaml("another reason", TAB, /line 4: a key stands twice/),
  ofYaml("no problem where there is one", TAB, null),
  ofYaml("a problem where there is none", `${POD}metadata: {name: web}\n`, /line 4/),
  ofYaml("that the rest is not checked", TAB, /line 4: a tab stands where/, []),
  ofYaml("that more is checked", TAB, /line 4: a tab stands where/, ["web", "rest"]),
];

describe("the table fails where a row says", () => {
  test.each(UNTRUE)("$what", { timeout: 60_000 }, async (row) => {
    await expect(hold(row)).rejects.toThrow(/expected/);
  });
});
