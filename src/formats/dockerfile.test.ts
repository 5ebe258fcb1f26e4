import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { type Instruction, readDockerfile } from "./dockerfile.ts";
import { assignmentsOf, wordsOf } from "./dockerfile-words.ts";

/** Keyword and arguments of each instruction. */
const said = (text: string): string[] =>
  readDockerfile(text).instructions.map(
    ({ keyword, text: { value }, argsAt }) => `${keyword}|${value.slice(argsAt)}`,
  );

describe("instructions", () => {
  test.each([
    ["from a\nRun  b  c \n", ["FROM|a", "RUN|b  c "]],
    ["RUN a \\\n  b\n", ["RUN|a   b"]],
    ["RUN a \\  \r\n  b\r\nUSER x", ["RUN|a   b", "USER|x"]],
    ["RUN a \\\n# no\n\n   # no\n b\n", ["RUN|a  b"]],
    ["RUN a \\\\\nUSER x\n", ["RUN|a \\\\", "USER|x"]],
    ["RUN a \\", ["RUN|a "]],
    ["# escape=`\nRUN a `\n b\nRUN c:\\\nUSER x", ["RUN|a  b", "RUN|c:\\", "USER|x"]],
    ["#escape = `\nRUN a \\\nUSER x", ["RUN|a \\", "USER|x"]],
    ["# a comment\n# escape=`\nRUN a \\\n b", ["RUN|a  b"]],
    ["\n# escape=`\nRUN a \\\n b", ["RUN|a  b"]],
    ["#!/usr/bin/env docker\n# escape=`\nRUN a `\n b", ["RUN|a  b"]],
    ["RUN <<EOF\nFROM x\nEOF\nUSER x", ["RUN|<<EOF", "USER|x"]],
    ['RUN <<-"A B" cat <<C\n1\n\tA B\n2\nC\nUSER x', ['RUN|<<-"A B" cat <<C', "USER|x"]],
    ["RUN cat <<< x\nUSER x", ["RUN|cat <<< x", "USER|x"]],
    ['RUN ["a", "<<EOF"]\nUSER x', ['RUN|["a", "<<EOF"]', "USER|x"]],
    ["RUN echo '<<EOF'\nUSER x", ["RUN|echo '<<EOF'", "USER|x"]],
    ["CMD <<EOF\nUSER x", ["CMD|<<EOF", "USER|x"]],
    ["ONBUILD COPY <<E /x\n1\nE\nUSER x", ["ONBUILD|COPY <<E /x", "USER|x"]],
    ["RUN --mount=type=bind,from=a --network=none -- x", ["RUN|x"]],
    ['COPY --from="a b" --chown=x a b', ["COPY|a b"]],
    ["", []],
    ["\\\n", ["|"]],
  ])("of %j", (text, wanted) => {
    expect(said(text)).toEqual(wanted);
  });

  test("know where they stand", () => {
    const text = "# c\n  RUN a \\\n   b <<E\n1\n2\nE\nUSER x\n";
    const [run, user] = readDockerfile(text).instructions as [Instruction, Instruction];
    const word = wordsOf(run.text.value, run.argsAt, "\\")[1];
    const span = run.text.spanOf(word?.start ?? 0, word?.end ?? 0);
    expect({
      lines: [run.line, run.endLine, user.line],
      whole: text.slice(run.start, run.end),
      word: text.slice(span.start, span.end),
      across: text.slice(run.text.spanOf(4, 12).start, run.text.spanOf(4, 12).end),
      heredoc: text.slice(run.heredocs[0]?.start, run.heredocs[0]?.end),
      comments: readDockerfile(text).comments,
    }).toEqual({
      lines: [2, 6, 7],
      whole: "RUN a \\\n   b <<E\n1\n2\nE",
      word: "b",
      across: "a \\\n   b <",
      heredoc: "1\n2\n",
      comments: [{ start: 0, end: 3, line: 1 }],
    });
  });

  test("have flags, an exec form, and an instruction kept for later", () => {
    const text =
      'COPY --from=a --link b c\nCMD ["x", "y"]\nONBUILD RUN --network=none z\nCMD [x]\n';
    const { instructions } = readDockerfile(text);
    expect(
      instructions.map(({ flags, json, onbuild }) => [
        flags.map(({ name, value }) => [name, value]),
        json,
        onbuild?.keyword ?? null,
        onbuild?.flags.map(({ name }) => name) ?? null,
      ]),
    ).toEqual([
      [
        [
          ["from", "a"],
          ["link", null],
        ],
        null,
        null,
        null,
      ],
      [[], ["x", "y"], null, null],
      [[], null, "RUN", ["network"]],
      [[], null, null, null],
    ]);
  });
});

test("directives are those at the top that engines know, and doubled ones are a fault", () => {
  const text =
    "# Syntax = docker/dockerfile:1 \n# check=skip=all\n# syntax=x\n# other=1\n# check=y\nRUN x\n";
  const { directives, faults } = readDockerfile(text);
  expect([
    directives.map((d) => [d.name, d.value, text.indexOf(d.value) === d.valueStart]),
    faults,
  ]).toEqual([
    [
      ["syntax", "docker/dockerfile:1", true],
      ["check", "skip=all", true],
      ["syntax", "x", false],
    ],
    [{ line: 3, reason: "the directive syntax stands twice" }],
  ]);
});

test("a heredoc without an end is a fault, and takes the rest", () => {
  const { instructions, faults } = readDockerfile("RUN <<E\nFROM x\n");
  expect([instructions.length, faults]).toEqual([
    1,
    [{ line: 1, reason: 'the heredoc "E" has no end' }],
  ]);
});

test.each([
  [
    'ARG A=1 B="x y" C',
    [
      ["A", "1"],
      ["B", "x y"],
      ["C", null],
    ],
  ],
  [
    "ENV A=a\\ b B='$c'",
    [
      ["A", "a b"],
      ["B", "$c"],
    ],
  ],
  ["ENV A the rest = this ", [["A", "the rest = this"]]],
  ['LABEL "a.b"=c', [["a.b", "c"]]],
  ["ENV", []],
])("%s assigns", (text, wanted) => {
  const [instruction] = readDockerfile(text).instructions;
  const found = instruction === undefined ? [] : assignmentsOf(instruction, "\\");
  expect(found.map(({ name, value }) => [name, value])).toEqual(wanted);
});

const line = fc.constantFrom(
  ...[
    "FROM a",
    "RUN x \\",
    "RUN <<E",
    "E",
    "# c",
    "# escape=`",
    "ONBUILD COPY --from=a <<E \\",
    " \\",
  ],
  ...[
    "`",
    "",
    '"',
    "CMD [",
    "ARG A='",
    'COPY --x="',
    "\t<<-E",
    "\r",
    'RUN <<"" <<\'a',
    "ONBUILD ONBUILD",
  ],
);

test("any text is read, in pieces that lie in it and do not overlap", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n")),
      ),
      (text) => {
        const { instructions, comments } = readDockerfile(text);
        let at = 0;
        for (const { start, end, text: joined, heredocs } of instructions) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
          for (let i = 0; i < joined.value.length; i += 1)
            expect(text[joined.startAt(i)]).toBe(joined.value[i]);
          for (const heredoc of heredocs)
            expect(heredoc.end).toBeLessThanOrEqual(heredoc.terminatorEnd);
          at = end;
        }
        for (const { start } of comments) expect(text[start]).toBe("#");
      },
    ),
    { numRuns: 2000 },
  );
});

test("what is larger than anybody's is refused, and a megabyte of anything is read in a moment", () => {
  expect(() => readDockerfile("#".repeat(5 << 20))).toThrow(AppError);
  expect(() => readDockerfile("RUN x\n".repeat(30_000))).toThrow(/more than 20000 instructions/);
  const before = performance.now();
  for (const unit of ["\\\n", "a \\\n", "RUN <<E\n", '"', "--a ", "<<E ", "# x\n"])
    readDockerfile(`RUN ${unit.repeat(Math.floor(100_000 / unit.length))}`);
  expect(performance.now() - before).toBeLessThan(10_000);
});
