import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { mayBePinnable, pinnableName, readPinnable } from "./pinnable.ts";

type Said = readonly (readonly [place: string, user: string, name: string | null])[];

const read = (text: string, name: "dockerfile" | "yaml"): ReturnType<typeof readPinnable> =>
  readPinnable(text, { name, path: "f" });

/** `line:column`, user, and the name, or why there is none to be written. */
function said(text: string, name: "dockerfile" | "yaml"): Said {
  const spots = read(text, name)?.spots ?? [];
  for (const { span, name: named, hindrance } of spots) {
    expect(span === null ? null : text.slice(span.start, span.end)).toBe(span && named);
    expect(span === null).toBe(hindrance !== null);
  }
  return spots.map((s) => [
    `${s.line}:${s.column}`,
    s.user,
    s.hindrance === null ? s.name : `${s.name ?? "?"}: ${s.hindrance}`,
  ]);
}

describe("a Dockerfile names", () => {
  test.each<[string, string, Said]>([
    ["a base", "FROM alpine:3 AS a", [["1:6", "stage a", "alpine:3"]]],
    ["a base with a platform", "FROM --platform=$X a\n", [["1:20", "stage 0", "a"]]],
    ["a base in quotes", 'FROM "a:1"', [["1:7", "stage 0", "a:1"]]],
    ["a base on the next line", "FROM \\\n# c\n  a:1\n", [["3:3", "stage 0", "a:1"]]],
    ["no stage, and not scratch", "FROM scratch AS A\nFROM a\nCOPY --from=A / /\nFROM scratch", []],
    ["no stage by its number", "FROM a:1\nCOPY --from=0 / /", [["1:6", "stage 0", "a:1"]]],
    [
      "no image before it is a stage",
      "FROM b\nFROM c AS b\nFROM b\nCOPY --from=d / /\nFROM e AS d",
      [
        ["1:6", "stage 0", "b"],
        ["2:6", "stage b", "c"],
        ["5:6", "stage d", "e"],
      ],
    ],
    [
      "where others are copied from",
      "FROM a\nCOPY --chown=1 --from=b:1 / /\nADD --from=c / /\nRUN --mount=type=cache,target=/c --mount=target=/x,from=d:2,type=bind x",
      [
        ["1:6", "stage 0", "a"],
        ["2:23", "stage 0", "b:1"],
        ["4:57", "stage 0", "d:2"],
      ],
    ],
    [
      "what reads it",
      "# syntax=docker/dockerfile:1\nFROM scratch",
      [["1:10", "syntax", "docker/dockerfile:1"]],
    ],
    ["nothing in a heredoc", "FROM scratch\nRUN <<E\nFROM a\nE\n", []],
    [
      "what the file above may name",
      "FROM scratch\nONBUILD COPY --from=b / /\nONBUILD COPY --from=c:1 / /",
      [
        ["2:14", "stage 0", "?: whether b is a stage is told by the file that builds on this one"],
        ["3:21", "stage 0", "c:1"],
      ],
    ],
    [
      "no variable there",
      "FROM scratch\nCOPY --from=$A / /",
      [["2:6", "stage 0", "?: engines replace no variables here"]],
    ],
  ])("%s", (_, text, wanted) => {
    expect(said(text, "dockerfile")).toEqual(wanted);
  });

  test.each<[string, string, Said]>([
    ["a default", "ARG A=a:1\nFROM $A", [["1:7", "stage 0", "a:1"]]],
    [
      "a default in quotes, of several",
      "ARG X=1 A='a:1'\nFROM ${A} AS b",
      [["1:12", "stage b", "a:1"]],
    ],
    ["a default once", "ARG A=a\nFROM $A\nFROM ${A}", [["1:7", "stage 0", "a"]]],
    ["a default's default", "ARG A=a\nARG B=${A}\nFROM $B", [["1:7", "stage 0", "a"]]],
    ["the last default", "ARG A=a\nARG A=b\nFROM $A", [["2:7", "stage 0", "b"]]],
    ["what counts without a value", "ARG A\nFROM ${A:-a:1}", [["2:11", "stage 0", "a:1"]]],
    ["not that when there is one", "ARG A=b\nFROM ${A:-a}", [["1:7", "stage 0", "b"]]],
    ["that when it is empty", "ARG A=\nFROM ${A:-a}", [["2:11", "stage 0", "a"]]],
    ["a stage by a default", "ARG A=b\nFROM a AS b\nFROM $A", [["2:6", "stage b", "a"]]],
    [
      "a stage for each platform",
      "FROM a AS b-amd64\nFROM b-${TARGETARCH}\n",
      [["1:6", "stage b-amd64", "a"]],
    ],
    [
      "nothing by ARG in a stage",
      "FROM a\nARG A=b\nFROM $A",
      [
        ["1:6", "stage 0", "a"],
        ["3:6", "stage 1", "?: the variable A has no default"],
      ],
    ],
    ["nothing by none", "ARG A\nFROM $A", [["2:6", "stage 0", "?: the variable A has no default"]]],
    [
      "nothing by a platform",
      "FROM a-$TARGETARCH",
      [["1:6", "stage 0", "?: the platform decides it by TARGETARCH"]],
    ],
    [
      "parts",
      "ARG V=3\nFROM a:${V}",
      [["2:6", "stage 0", "a:3: it is put together from several parts"]],
    ],
    [
      "a default that is a part elsewhere",
      "ARG A=a\nFROM $A\nFROM $A-slim",
      [
        ["1:7", "stage 0", "a: the variable A is a part of other names, too"],
        ["3:6", "stage 1", "a-slim: it is put together from several parts"],
      ],
    ],
    [
      "a circle",
      "ARG A=$B\nARG B=$A\nFROM $A",
      [["3:6", "stage 0", "?: its variables stand for one another"]],
    ],
    ["what is otherwise", "FROM ${A+b}", [["1:6", "stage 0", "?: the variable A decides it"]]],
    [
      "what is cut",
      "ARG A=a\nFROM ${A%x}",
      [["2:6", "stage 0", "?: it is put together in a way that is not followed"]],
    ],
  ])("by a variable: %s", (_, text, wanted) => {
    expect(said(text, "dockerfile")).toEqual(wanted);
  });
});

describe("a Compose file names", () => {
  test.each<[string, string, Said]>([
    ["images", "services: {a: {image: 'a:1'}}", [["1:24", "service a", "a:1"]]],
    ["no name of what is built", "services: {a: {image: a, build: .}}", []],
    [
      "one for two",
      "x: &x {image: a}\nservices: {a: {<<: *x}, b: *x}",
      [["1:15", "service b", "a"]],
    ],
    [
      "one in a block",
      "services:\n a:\n  image: >- # a:1\n    a:1\n",
      [["4:5", "service a", "a:1"]],
    ],
    ["one by a default", 'services: {a: {image: "${A:-a:1}"}}', [["1:29", "service a", "a:1"]]],
    [
      "none by a variable",
      'services: {a: {image: "a:$V"}}',
      [["1:24", "service a", "?: the variable V decides it"]],
    ],
    [
      "none with escapes",
      'services: {a: {image: "\\x61"}}',
      [["1:23", "service a", "a: it is written over several lines or with escapes"]],
    ],
    [
      "volumes and bases",
      "services:\n a:\n  image: a\n  volumes: [{type: image, source: b}, {type: bind, source: c}, d:/d]\n b:\n  build: {additional_contexts: {x: 'docker-image://c:1', y: ../y}}\n",
      [
        ["3:10", "service a", "a"],
        ["4:35", "service a", "b"],
        ["6:52", "service b", "c:1"],
      ],
    ],
    [
      "a Dockerfile within",
      "services: {a: {build: {dockerfile_inline: FROM b}}}",
      [
        [
          "1:43",
          "service a, stage 0 of its dockerfile_inline",
          "b: a Dockerfile within another file is not rewritten",
        ],
      ],
    ],
  ])("%s", (_, text, wanted) => {
    expect(said(text, "yaml")).toEqual(wanted);
  });
});

test("Kubernetes objects name images in every container, and nowhere else", () => {
  const text =
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"initContainers":[{"image":"a"}],"containers":[{"image":"b:1"}]}},{"apiVersion":"v1","kind":"ConfigMap","data":{"image":"no"}}]}\n';
  expect(said(text, "yaml").map(([, user, name]) => [user, name])).toEqual([
    ["Pod p", "a"],
    ["Pod p", "b:1"],
  ]);
});

test("workflows and actions name actions and images", () => {
  const workflow = `on: push
jobs:
  a: {uses: o/r/.github/workflows/w.yml@v1}
  b:
    container: {image: a:1}
    services: {x: {image: 'b:1'}}
    steps:
      - uses: o/r@v1 # why
      - uses: ./own
      - uses: docker://c:1
      - uses: "o/\${{ x }}@v1"
      - run: x
  c: {container: d}
`;
  const action = "name: x\nruns: {using: composite, steps: [{uses: o/r@v2}]}\n";
  const docker = "name: x\nruns: {using: docker, image: 'docker://a:1'}\n";
  const own = "name: x\nruns: {using: docker, image: Dockerfile}\n";
  expect([workflow, action, docker, own].map((text) => said(text, "yaml"))).toEqual([
    [
      ["3:13", "job a", "o/r/.github/workflows/w.yml@v1"],
      ["5:24", "job b", "a:1"],
      ["6:28", "job b", "b:1"],
      ["8:15", "job b", "o/r@v1"],
      ["10:24", "job b", "c:1"],
      ["11:16", "job b", "?: a variable or an expression decides it"],
      ["13:18", "job c", "d"],
    ],
    [["2:41", "action", "o/r@v2"]],
    [["2:40", "action", "a:1"]],
    [],
  ]);
});

test("pipelines of GitLab name images, told by the name of the file", () => {
  const text = `image: a:1
default: {image: {name: b:1, entrypoint: [""]}}
variables: {image: c}
.base: &base
  services: [d:1, {name: e:1, alias: x}, $DB]
job:
  <<: *base
  image: "$CI_REGISTRY_IMAGE:1"
`;
  const found = readPinnable(text, { name: "yaml", path: "a/.gitlab-ci.yml" });
  expect(mayBePinnable("a: b", "x/team.gitlab-ci.yml")).toBe(true);
  expect([found?.kind, found?.spots.map((s) => [s.line, s.user, s.name ?? s.hindrance])]).toEqual([
    "gitlab",
    [
      [1, "all jobs", "a:1"],
      [2, "all jobs", "b:1"],
      [5, "job job", "d:1"],
      [5, "job job", "e:1"],
      [5, "job job", "a variable or an expression decides it"],
      [8, "job job", "a variable or an expression decides it"],
    ],
  ]);
});

test.each([
  ["- uses: a/b@v1", "- uses: a/b@v1|", null],
  ["- uses: 'a/b@v1'  ", "- uses: 'a/b@v1'|  ", null],
  ["- uses: a/b@v1 # v1", "- uses: a/b@v1| # v1", " v1"],
  ["- {uses: a/b@v1 }", "- {uses: a/b@v1 }|", null],
  ["- {uses: a/b@v1, with: {}}", null, null],
  ["- uses: >\n            a/b@v1", null, null],
])("a comment may stand behind %j", (step, wanted, text) => {
  const head = "on: x\njobs:\n  a:\n    steps:\n    ";
  const file = `${head}${step}\r\n`;
  const comment = read(file, "yaml")?.spots[0]?.comment ?? null;
  const at = comment?.at ?? 0;
  const marked = `${file.slice(head.length, at)}|${file.slice(at).trimEnd()}`;
  expect([comment === null ? null : marked, comment?.text ?? null]).toEqual([
    wanted?.replace(/ +$/, "") ?? null,
    text,
  ]);
});

test.each([
  ["Dockerfile", "dockerfile"],
  ["a/Dockerfile.prod", "dockerfile"],
  ["api.Dockerfile", "dockerfile"],
  ["Containerfile", "dockerfile"],
  ["Dockerfile.dockerignore", null],
  ["a.dockerignore", null],
  ["compose.yml", "yaml"],
  ["pod.json", "yaml"],
  ["readme.md", null],
])("%s is told by its name", (path, wanted) => {
  expect(pinnableName(path)).toBe(wanted);
});

test("files that cannot be ours are told without parsing", () => {
  expect(
    [
      "kind: x\napiVersion: v1",
      '{"apiVersion": "v1"}',
      "on: x\njobs:",
      "runs:",
      "services:",
      "a: 1",
    ].map((text) => mayBePinnable(text, "f")),
  ).toEqual([true, true, true, true, true, false]);
});

test("variables that multiply, and stages without number, cost no more than a moment", () => {
  const names = Array.from({ length: 4 }, (_, i) => `ARG A${i}=${`$A${i + 1}`.repeat(50)}`);
  const multiplied = `${names.join("\n")}\nARG A4=a\nFROM $A0$A0\n`;
  const stages = Array.from({ length: 9000 }, (_, i) => `FROM a AS s${i}\nCOPY --from=x${i} a b`);
  const mounts = `FROM a\nRUN ${"--mount=from=b \\\n".repeat(1000)}${"\\\n".repeat(200_000)}x`;
  const before = performance.now();
  expect(said(multiplied, "dockerfile")).toEqual([
    ["6:6", "stage 0", "?: too many variables stand in it"],
  ]);
  expect(said(stages.join("\n"), "dockerfile").length).toBe(18_000);
  expect(said(mounts, "dockerfile").length).toBe(1001);
  expect(performance.now() - before).toBeLessThan(20_000);
});

test("any text is read or refused, and what is found stands there", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("dockerfile", "yaml"),
      (text, name) => {
        try {
          said(text, name);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
