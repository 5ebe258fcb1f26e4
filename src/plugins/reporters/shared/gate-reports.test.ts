// Every format of a policy's answer, over the same answers, plain and hostile.
import { describe, expect, test } from "vitest";
import { DIGEST, scan } from "../../../../test/make-scan.ts";
import { readXmlDocument } from "../../../formats/xml-document.ts";
import { GATE_SCHEMA, type GateAnswer, type GateResult } from "../../../model/gate.ts";
import { gateReporters } from "../index.ts";

const screen = { width: 80, colour: false, command: "gate" };
const HOSTILE = 'a"b<c>&d\u001b[31m\u202e]]> ::error::x | `y` %0A\r\n::warning::z';

function answer(text: string): GateAnswer {
  const { artifact, data } = scan();
  const violation = { message: text, finding: "0011223344556677", place: text, fix: text };
  return {
    artifact: { ...artifact, reference: text },
    verdict: { outcome: "deny", reasons: [text, text] },
    answers: [
      {
        rule: "r-1",
        effect: "deny",
        outcome: "violated",
        summary: `2 times ${text}`,
        violations: [violation, violation],
        count: 2,
        owner: text,
        failMode: "closed",
      },
      {
        rule: "r-2",
        effect: "deny",
        outcome: "unanswered",
        summary: text,
        violations: [],
        count: 0,
        owner: null,
        failMode: "closed",
      },
      {
        rule: "r-3",
        effect: "warn",
        outcome: "violated",
        summary: text,
        violations: [{ ...violation, finding: null, fix: null }],
        count: 1,
        owner: null,
        failMode: "closed",
      },
    ],
    override: null,
    exempted: [],
    suppressed: [],
    problems: [{ code: "file-damaged", detail: text, path: text }],
    data,
    exitCode: 3,
  };
}

function gate(...results: GateAnswer[]): GateResult {
  return {
    schema: GATE_SCHEMA,
    tool: { name: "bulwark", version: "1.2.3" },
    decidedAt: "2026-11-25T00:00:00.000Z",
    stage: "build",
    policy: {
      name: "shop",
      digest: DIGEST,
      path: "bulwark.yaml",
      rules: 3,
      ask: null,
    },
    results,
    exitCode: 3,
  };
}

async function written(format: string, result: GateResult): Promise<string> {
  const load = gateReporters[format];
  if (load === undefined) throw new Error(`no format ${format}`);
  return (await load()).report(result, screen);
}

const FORMATS = Object.keys(gateReporters);

describe("a gate's report", () => {
  test.each(FORMATS)("as %s lets no control character through", async (format) => {
    const text = await written(format, gate(answer(HOSTILE)));
    // JSON for programs keeps what it was given, in its own escapes.
    const isData = format === "json" || format === "sarif";
    const strange = Array.from(text).filter(
      (c) => (c < " " && c !== "\n") || (!isData && c === "\u202e"),
    );
    expect(strange).toEqual([]);
  });

  test.each(FORMATS)("as %s names every rule and ends with a line end", async (format) => {
    const text = await written(format, gate(answer("plain")));
    expect([["r-1", "r-2", "r-3"].every((rule) => text.includes(rule)), text.at(-1)]).toEqual([
      true,
      "\n",
    ]);
  });

  test("as junit is XML in which a suite counts what failed", async () => {
    const { root } = readXmlDocument(await written("junit", gate(answer(HOSTILE))));
    const suite = root?.children[0];
    expect([
      suite?.attributes.get("tests"),
      suite?.attributes.get("failures"),
      suite?.attributes.get("errors"),
      suite?.children.length,
    ]).toEqual(["4", "1", "1", 4]);
  });

  test("as junit fails a suite that is undecided without any rule's doing", async () => {
    const open: GateAnswer = {
      ...answer("plain"),
      verdict: { outcome: "undecided", reasons: ["no advisory data answered"] },
      answers: [],
      exitCode: 4,
    };
    const { root } = readXmlDocument(await written("junit", gate(open)));
    expect(root?.children[0]?.attributes.get("errors")).toBe("1");
  });

  test("as github holds one command a line, whatever names say", async () => {
    const lines = (await written("github", gate(answer(HOSTILE)))).trimEnd().split("\n");
    expect(lines.slice(1).map((line) => /^::(error|warning) [^:]*::/.exec(line)?.[1])).toEqual([
      "error",
      "error",
      "error",
      "warning",
    ]);
  });

  test("as markdown stays short, whatever was found", async () => {
    const many = gate(...Array.from({ length: 500 }, () => answer("plain ".repeat(100))));
    expect((await written("markdown", many)).length).toBeLessThan(65_536);
  });

  test("as table shows what to do and how to ask", async () => {
    expect(await written("table", gate(answer("plain")))).toMatchInlineSnapshot(`
      "plain @12ab34cd56ef : denied by policy shop (build): plain; 1 more reason; 1 warning

      DENIED
          r-1, ask plain
            2 times plain
            - plain
              in plain
              fix: plain
            - plain
              in plain
              fix: plain

      NOT ANSWERED
          r-2
            plain

      WARNED
          r-3
            plain
              in plain

      NOT ALL IS KNOWN
          file-damaged: plain: plain

      next: bulwark explain 0011223344556677  why it matched, where, and what to do
      exception: add the id with reason, owner and end date to bulwark.exceptions.yaml
      (docs/guide/exceptions.md)
      "
    `);
  });
});
