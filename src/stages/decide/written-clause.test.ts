import { describe, expect, test } from "vitest";
import { finding, scan } from "../../../test/make-scan.ts";
import type { ImageSettings } from "../../model/image-settings.ts";
import { STAGES, type WrittenRule } from "../../model/policy.ts";
import type { ImageFacts } from "./clause.ts";
import { type Evaluated, writtenClause } from "./written-clause.ts";

const { artifact, packages } = scan();
const facts: ImageFacts = {
  artifact,
  settings: null,
  distribution: null,
  packages,
  findings: [finding({ id: "CVE-1" }), finding({ id: "CVE-2", name: "zlib" })],
  problems: [],
  data: "full",
  attached: { state: "unasked" },
  today: "2026-11-25",
};
const rule: WrittenRule = {
  kind: "written",
  id: "r",
  effect: "deny",
  stages: STAGES,
  fix: "do it",
  owner: null,
  failMode: "closed",
  line: 1,
  about: "finding",
  when: "",
  message: "",
};
type Values = Readonly<Record<string, unknown>>;
const says = (evaluate: (values: Values) => Evaluated): { evaluate: typeof evaluate } => ({
  evaluate,
});
const told = says(() => ({ value: "told" }));

describe("a written rule", () => {
  test("is asked about each finding", () => {
    const names: unknown[] = [];
    const when = says((values) => {
      const asked = values["finding"] as { vulnerability: { id: string } };
      names.push(asked.vulnerability.id);
      return { value: asked.vulnerability.id === "CVE-2" };
    });
    const judged = writtenClause(rule, when, told).judge(facts);
    expect([names, judged.count, judged.summary, judged.violations]).toEqual([
      ["CVE-1", "CVE-2"],
      1,
      "r: told",
      [
        {
          message: "told",
          finding: facts.findings[1]?.id,
          place: facts.findings[1]?.locations[0]?.path,
          fix: "do it",
        },
      ],
    ]);
  });

  test.each<[string, Evaluated, string]>([
    ["an error", { error: "no such key: x" }, "no such key: x"],
    ["a text", { value: "yes" }, "it is neither true nor false"],
    ["a number", { value: 1 }, "it is neither true nor false"],
  ])("that gives %s is not answered", (_, value, why) => {
    const judged = writtenClause(
      rule,
      says(() => value),
      told,
    ).judge(facts);
    expect([judged.count, judged.unanswered]).toEqual([
      0,
      [
        `rule r cannot be answered for CVE-1: ${why}`,
        `rule r cannot be answered for CVE-2: ${why}`,
      ],
    ]);
  });

  test("whose message cannot be made says which rule and what", () => {
    const judged = writtenClause(
      rule,
      says(() => ({ value: true })),
      says(() => ({ error: "x" })),
    ).judge(facts);
    expect(judged.violations.map(({ message }) => message)).toEqual(["r: CVE-1", "r: CVE-2"]);
  });

  test("about an image sees its settings, and what is not known is not there", () => {
    const settings: ImageSettings = {
      user: "1000",
      env: [],
      entrypoint: [],
      cmd: [],
      workingDir: "",
      ports: [],
      volumes: [],
      labels: {},
      healthcheck: null,
    };
    const seen: Values[] = [];
    const when = says((values) => {
      seen.push(values["image"] as Values);
      return { value: false };
    });
    const about = writtenClause({ ...rule, about: "image" }, when, told);
    about.judge({
      ...facts,
      settings,
      artifact: { ...artifact, createdAt: "2026-11-15T00:00:00Z" },
    });
    about.judge({ ...facts, artifact: { ...artifact, createdAt: null } });
    expect(seen.map((image) => [image["user"], image["ageDays"], "user" in image])).toEqual([
      ["1000", 10, true],
      [undefined, undefined, false],
    ]);
  });

  test("about an image has nothing to say of a folder", () => {
    const about = writtenClause(
      { ...rule, about: "image" },
      says(() => ({ error: "x" })),
      told,
    );
    const folder = { ...artifact, kind: "project" as const };
    expect(about.judge({ ...facts, artifact: folder })).toEqual({
      violations: [],
      count: 0,
      summary: "",
      unanswered: [],
    });
  });
});
