import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import type { BuildStep } from "../model/image-build.ts";
import { dockerfileBuild, dockerfilePlace, isDockerfile } from "./dockerfile-build.ts";

function stepsIn(...lines: readonly string[]): readonly BuildStep[] {
  return dockerfileBuild(["FROM a:1", ...lines].join("\n")).stages[0]?.steps ?? [];
}

function words(...lines: readonly string[]): (readonly [string, boolean])[] {
  return (stepsIn(...lines).at(-1)?.words ?? []).map(({ value, isKnown }) => [value, isKnown]);
}

function commandsAt(...lines: readonly string[]): (readonly [string | null, string])[] {
  const script = stepsIn(...lines).at(-1)?.script;
  return (script?.commands ?? []).map(({ name, at }) => [name, at]);
}

test("stages know what they are built on", () => {
  const { stages } = dockerfileBuild(
    "ARG T=1\nFROM a:$T AS One\nFROM scratch\nFROM one\nFROM $X\nFROM --platform=linux/amd64 b@sha256:0",
  );
  expect(stages.map(({ name, base }) => [name, base.kind === "image" ? base.image : base])).toEqual(
    [
      ["One", { state: "known", value: "a:1", at: "/2/6" }],
      ["1", { kind: "scratch" }],
      ["2", { kind: "stage", index: 0 }],
      ["3", expect.objectContaining({ state: "unknown", at: "/5/6" })],
      ["4", { state: "known", value: "b@sha256:0", at: "/6/29" }],
    ],
  );
});

describe("variables are replaced", () => {
  test.each<[string[], (readonly [string, boolean])[]]>([
    [["ARG A=x", "USER $A"], [["x", true]]],
    [["USER ${A}"], [["${A}", false]]],
    [["USER ${A:-y}"], [["y", true]]],
    [["ENV A=1", "ARG A=2", "USER $A"], [["1", true]]],
    [["ENV A=1", "ENV B=$A", "USER a$B"], [["a1", true]]],
    [["ENV A=$Z", "USER $A"], [["$Z", false]]],
  ])("%j", (lines, wanted) => {
    expect(words(...lines)).toEqual(wanted);
  });

  test("and what would double without end is left as it is", () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `ENV A${i + 1}=$A${i}$A${i}`);
    expect(words("ENV A0=xx", ...doubling, "USER $A40")).toHaveLength(1);
  });

  test("stages hand their environment on", () => {
    const { stages } = dockerfileBuild("FROM a AS b\nENV U=7\nARG V=8\nFROM b\nUSER $U$V");
    expect(stages[1]?.steps[0]?.words[0]).toMatchObject({ value: "7$V", isKnown: false });
  });
});

describe("commands have their places", () => {
  test.each<[string[], (readonly [string, string])[]]>([
    [
      ["RUN a && \\", "  # no", "  b"],
      [
        ["a", "/2/5"],
        ["b", "/4/3"],
      ],
    ],
    [["RUN --mount=type=cache,target=/x a"], [["a", "/2/34"]]],
    [
      ["RUN <<E", "a", "b", "E"],
      [
        ["a", "/3/1"],
        ["b", "/4/1"],
      ],
    ],
    [["RUN <<E", "#!/usr/bin/env python3", "import a", "E"], []],
    [
      ["RUN bash <<E", " a", "E"],
      [
        ["bash", "/2/5"],
        ["a", "/3/2"],
      ],
    ],
    [["RUN cat <<E > f", "a", "E"], [["cat", "/2/5"]]],
    [['RUN ["a", "b"]'], [["a", "/2/1"]]],
    [["ONBUILD RUN a"], [["a", "/2/13"]]],
    [
      ["HEALTHCHECK --interval=5s CMD a || b"],
      [
        ["a", "/2/1"],
        ["b", "/2/1"],
      ],
    ],
  ])("%j", (lines, wanted) => {
    expect(commandsAt(...lines)).toEqual(wanted);
  });
});

test("what is for another shell is not read as one of ours", () => {
  const script = stepsIn('SHELL ["powershell", "-Command"]', "RUN a | b").at(-1)?.script;
  expect([script?.commands, script?.unread?.why]).toEqual([[], "its shell is not a POSIX one"]);
});

test("without a FROM, or with a heredoc that has no end, something is missing", () => {
  const gaps = (text: string): string[] => dockerfileBuild(text).gaps.map(({ why }) => why);
  expect([gaps("RUN x"), gaps("FROM a\nRUN <<E\nx"), gaps("FROM a")]).toEqual([
    ["it has no FROM"],
    ['the heredoc "E" has no end'],
    [],
  ]);
});

test("a file is a Dockerfile when an instruction begins a stage", () => {
  const texts = ["FROM a", "# x\n from a", "SELECT 1\nFROMAGE x", "", "RUN x"];
  expect(texts.map(isDockerfile)).toEqual([true, true, false, false, false]);
});

test("any text is read, or refused as too large, and every place lies in it", () => {
  const keyword = fc.constantFrom("FROM", "RUN", "ENV", "ARG", "COPY", "ONBUILD", "USER", "SHELL");
  const line = fc.tuple(keyword, fc.string({ unit: "binary" })).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const text = lines.join("\n");
      for (const { steps } of dockerfileBuild(text).stages)
        for (const { at } of steps)
          expect(dockerfilePlace(at)?.line).toBeLessThanOrEqual(text.split("\n").length);
    }),
  );
});

test("what is made to hurt is read in a moment, or refused", () => {
  const before = performance.now();
  expect(() => dockerfileBuild("RUN a\n".repeat(100_000))).toThrow(AppError);
  expect(() => dockerfileBuild(`RUN ${"x".repeat(10 << 20)}`)).toThrow(AppError);
  dockerfileBuild(`FROM a\nRUN ${"x ".repeat(1 << 20)}`);
  dockerfileBuild(`FROM a\n${"ENV A=$A$A\n".repeat(19_000)}`);
  dockerfileBuild(Array.from({ length: 19_000 }, (_, i) => `FROM s${i} AS s${i + 1}\n`).join(""));
  dockerfileBuild(`FROM a\n${"RUN $($($($($($($($(\n".repeat(10_000)}`);
  expect(performance.now() - before).toBeLessThan(20_000);
});
