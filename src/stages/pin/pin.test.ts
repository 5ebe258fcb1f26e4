import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPinnable } from "../../formats/pinnable.ts";
import { withSplices } from "../../kit/splice.ts";
import { type PinAnswer, pinQuestions, planPins } from "./pin.ts";

const NEW = `sha256:${"1".repeat(64)}`;
const OLD = `sha256:${"0".repeat(64)}`;
const COMMIT = "a".repeat(40);
const BEFORE = "b".repeat(40);

type FileName = "dockerfile" | "yaml";

interface Pinned {
  readonly text: string;
  readonly states: readonly string[];
  readonly asked: readonly string[];
}

/** Pins a text, each question answered, but those about `lost`. */
function pinned(text: string, name: FileName, update = false): Pinned {
  const spots = readPinnable(text, { name, path: "f" })?.spots ?? [];
  const questions = pinQuestions(spots, { update });
  const answers = new Map(
    questions.map(({ what, key }): [string, PinAnswer] => {
      if (key.includes("lost")) return [key, { failure: "no such thing" }];
      return [key, { fixed: what === "image" ? NEW : COMMIT }];
    }),
  );
  const { places, edits } = planPins(spots, { answers, update });
  return {
    text: withSplices(text, edits),
    states: places.map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`)),
    asked: questions.map(({ key }) => key),
  };
}

const step = (uses: string): string => `on: x\njobs:\n  a:\n    steps:\n      - ${uses}\n`;

describe("pinning", () => {
  test.each<[FileName, string, string]>([
    ["dockerfile", "FROM alpine:3.19 AS a # x\r\n", `FROM alpine:3.19@${NEW} AS a # x\r\n`],
    ["dockerfile", "from\talpine", `from\talpine:latest@${NEW}`],
    ["dockerfile", "FROM localhost:5000/a", `FROM localhost:5000/a:latest@${NEW}`],
    ["dockerfile", "FROM a:\\\n1 AS b", "FROM a:\\\n1 AS b"],
    ["dockerfile", 'ARG A="a:1" B=2\nFROM $A', `ARG A="a:1@${NEW}" B=2\nFROM $A`],
    ["dockerfile", "FROM ${A:-a:1}", `FROM \${A:-a:1@${NEW}}`],
    [
      "dockerfile",
      'FROM scratch\nCOPY --from="a:1" . .\nRUN --mount=from=b,target=/b \\\n  x',
      `FROM scratch\nCOPY --from="a:1@${NEW}" . .\nRUN --mount=from=b:latest@${NEW},target=/b \\\n  x`,
    ],
    [
      "dockerfile",
      "#syntax=docker/dockerfile:1 \nFROM scratch",
      `#syntax=docker/dockerfile:1@${NEW} \nFROM scratch`,
    ],
    [
      "yaml",
      "services:\r\n  a: {image: 'a:1'} # why\r\n",
      `services:\r\n  a: {image: 'a:1@${NEW}'} # why\r\n`,
    ],
    [
      "yaml",
      "services:\n  a: &a\n    image: &i a:1\n  b: {image: *i}\n  c: *a\n",
      `services:\n  a: &a\n    image: &i a:1@${NEW}\n  b: {image: *i}\n  c: *a\n`,
    ],
    ["yaml", step("uses: o/r@v1"), step(`uses: o/r@${COMMIT} # v1`)],
    ["yaml", step('uses: "o/r/p@v1"  # why'), step(`uses: "o/r/p@${COMMIT}" # v1  # why`)],
    ["yaml", step("uses: o/r@v1 # v1"), step(`uses: o/r@${COMMIT} # v1`)],
    ["yaml", step("{uses: o/r@v1}"), step(`{uses: o/r@${COMMIT}} # v1`)],
    ["yaml", step("{uses: o/r@v1, id: x}"), step(`{uses: o/r@${COMMIT}, id: x}`)],
    ["yaml", step("uses: docker://a:1"), step(`uses: docker://a:1@${NEW}`)],
  ])("%s %j", (name, before, after) => {
    expect(pinned(before, name).text).toBe(after);
  });

  test.each<[string, string, string[]]>([
    ["what has a digest", `FROM a:1@${OLD}`, ["pinned"]],
    ["a digest behind a variable", `FROM \${R}/a@${OLD}`, ["pinned"]],
    ["a digest in a default", `ARG D=${OLD}\nFROM a@$D`, ["pinned"]],
    ["what nobody knows", "FROM lost", ["unpinned: no such thing"]],
    [
      "what is no reference",
      "FROM A:1",
      ['unknown: cannot read reference "A:1": "A" has upper-case letters'],
    ],
    ["what cannot be told", "FROM $A", ["unknown: the variable A has no default"]],
    [
      "what is put together",
      "ARG A=1\nFROM a:$A",
      ["unpinned: it is put together from several parts"],
    ],
  ])("leaves %s", (_, text, states) => {
    const done = pinned(text, "dockerfile");
    expect([done.text, done.states]).toEqual([text, states]);
  });

  test("asks for each name once, complete and without its digest", () => {
    const text = `FROM alpine AS a\nFROM docker.io/library/alpine:latest\nFROM b:1@${OLD}\n`;
    expect([pinned(text, "dockerfile").asked, pinned(text, "dockerfile", true).asked]).toEqual([
      ["docker.io/library/alpine:latest"],
      ["docker.io/library/alpine:latest", "docker.io/library/b:1"],
    ]);
  });

  test("without answers tells what is not pinned", () => {
    const text = `on: x\njobs:\n  a:\n    steps: [{uses: o/r@v1}, {uses: o/r@${BEFORE}}, {uses: r@v1}]\n`;
    const spots = readPinnable(text, { name: "yaml", path: "f" })?.spots ?? [];
    const { places, edits } = planPins(spots, { answers: new Map(), update: false });
    expect([places.map(({ state }) => state), edits]).toEqual([
      ["unpinned", "pinned", "unknown"],
      [],
    ]);
  });
});

describe("updating", () => {
  test.each<[FileName, string, string, string]>([
    ["dockerfile", `FROM a:1@${OLD} AS x`, `FROM a:1@${NEW} AS x`, "moved"],
    ["dockerfile", `FROM a:1@${NEW}`, `FROM a:1@${NEW}`, "pinned"],
    ["dockerfile", `FROM a@${OLD}`, `FROM a@${OLD}`, "pinned"],
    ["dockerfile", `FROM lost:1@${OLD}`, `FROM lost:1@${OLD}`, "unknown: no such thing"],
    ["yaml", step(`uses: o/r@${BEFORE} # v1.2`), step(`uses: o/r@${COMMIT} # v1.2`), "moved"],
    ["yaml", step(`uses: o/r@${BEFORE} # tag=v1`), step(`uses: o/r@${COMMIT} # tag=v1`), "moved"],
    ["yaml", step(`uses: o/r@${BEFORE} # main`), step(`uses: o/r@${COMMIT} # main`), "moved"],
    [
      "yaml",
      step(`uses: o/r@${BEFORE} # keep it`),
      step(`uses: o/r@${BEFORE} # keep it`),
      "pinned",
    ],
    ["yaml", step(`uses: o/r@${BEFORE}`), step(`uses: o/r@${BEFORE}`), "pinned"],
  ])("%s %j", (name, before, after, state) => {
    const done = pinned(before, name, true);
    expect([done.text, done.states]).toEqual([after, [state]]);
  });

  test("asks for the tag that a comment names", () => {
    expect(pinned(step(`uses: o/r/p@${BEFORE} # v1 # why`), "yaml", true).asked).toEqual([
      "o/r@v1",
    ]);
  });
});

const image = fc.constantFrom("a", "a:1", "r.example/a/b", `a:1@${OLD}`, "$A", "${A:-b:1}", "lost");
const blank = fc.constantFrom(" ", "  ", "\t", " \\\n  ", " \\\r\n# c\r\n ");
const dockerLine = fc.oneof(
  fc.tuple(blank, image).map(([b, i]) => `FROM${b}${i}`),
  fc.tuple(blank, image).map(([b, i]) => `COPY${b}--from=${i} x y`),
  image.map((i) => `ARG A=${i}`),
  image.map((i) => `RUN --mount=from=${i},target=/x <<E\nFROM x\nE`),
  fc.constantFrom("# c", "", "RUN x"),
);
const yamlLine = fc.oneof(
  image.map((i) => `      - uses: docker://${i} # ü`),
  fc.constantFrom("v1", BEFORE, "main").map((ref) => `      - {uses: "o/r@${ref}"}`),
  fc.constantFrom("v1", `${BEFORE} # v2`, "v1 # c").map((ref) => `      - uses:   o/r@${ref}`),
  fc.constantFrom("      # c", "", "      - run: x"),
);
const end = fc.constantFrom("\n", "\r\n");
const file = fc.oneof(
  fc.tuple(fc.array(dockerLine), end).map(([l, e]) => ["dockerfile", l.join(e)] as const),
  fc
    .tuple(fc.array(yamlLine), end)
    .map(([l, e]) => ["yaml", ["on: x", "jobs:", "  a:", "    steps:", ...l].join(e)] as const),
);

test("pinning twice changes nothing, and once only adds digests, commits and tags", () => {
  fc.assert(
    fc.property(file, fc.boolean(), ([name, text], update) => {
      const once = pinned(text, name, update);
      expect(pinned(once.text, name, update).text).toBe(once.text);
      expect(pinned(once.text, name).states).not.toContain("new");
      const bare = (s: string): string =>
        s
          .replaceAll(/(?::latest)?@sha256:[01]{64}/g, "")
          .replaceAll(/@(?:a{40}|b{40})/g, "@v1")
          .replaceAll(/@main/g, "@v1")
          .replaceAll(/ # (?:v1|main)/g, "");
      expect(bare(once.text)).toBe(bare(text));
    }),
    { numRuns: 500 },
  );
});
