import { describe, expect, test } from "vitest";
import { configFinding, finding, scan, somePackage } from "../../../test/make-scan.ts";
import type { CheckRule, FindingsRule, WrittenRule } from "../../model/policy.ts";
import { ANY_FINDING, STAGES } from "../../model/policy.ts";
import type { Suppression, SuppressionScope } from "../../model/suppression.ts";
import type { Clause, ImageFacts } from "./clause.ts";
import { asksFor, decide } from "./decide.ts";
import { checkClause, findingsClause } from "./findings-clause.ts";
import { writtenClause } from "./written-clause.ts";

const TODAY = "2026-11-25";
const HEAD = {
  effect: "deny",
  stages: STAGES,
  failMode: "closed",
  fix: null,
  owner: null,
  line: 1,
} as const;
const { artifact } = scan();

function exception(id: string, scope: SuppressionScope = {}, until = "2027-01-01"): Suppression {
  return { names: "rule", id, scope, reason: "agreed", owner: "team-a", until, line: 3 };
}

const always = { evaluate: () => ({ value: true }) };
const named = {
  evaluate: (values: Readonly<Record<string, unknown>>) => ({
    value: (values["pkg"] as { name: string }).name,
  }),
};
const asks = (about: WrittenRule["about"], id: string): WrittenRule => ({
  ...HEAD,
  kind: "written",
  id,
  about,
  when: "",
  message: "",
});
const stale = writtenClause(asks("image", "stale"), always, { evaluate: () => ({ value: "old" }) });
const copyleft = writtenClause(asks("package", "copyleft"), always, named);
const high: FindingsRule = { ...HEAD, kind: "findings", id: "any", findings: ANY_FINDING };
const check: CheckRule = {
  ...HEAD,
  kind: "check",
  id: "no",
  check: "no-privileged",
  version: null,
};
const odd = writtenClause(asks("image", "odd"), { evaluate: () => ({ error: "no key" }) }, always);

const FACTS: ImageFacts = {
  artifact,
  settings: null,
  distribution: null,
  packages: [somePackage("bash"), somePackage("zlib1g")],
  findings: [finding({ id: "CVE-2024-1" }), finding({ id: "CVE-2024-2", name: "zlib1g" })],
  problems: [],
  attached: { state: "unattachable", why: "it is a test" },
  data: "full",
  today: TODAY,
};

function answered(
  clause: Clause,
  exceptions: readonly Suppression[],
  facts: Partial<ImageFacts> = {},
): unknown {
  const question = { clauses: [clause], problems: {}, content: "content", exceptions };
  const { verdict, answers, exempted, problems, used } = decide({ ...FACTS, ...facts }, question);
  return {
    outcome: verdict.outcome,
    counts: answers.map(({ count }) => count),
    exempted: exempted.map(({ summary }) => summary),
    problems: problems.map(({ code }) => code),
    used: used.size,
  };
}

const LET = { outcome: "allow", counts: [], problems: [], used: 1 };
const DENIED = { outcome: "deny", exempted: [], problems: [], used: 0 };
const configuration = { ...artifact, kind: "configuration", digest: null } as const;
const faulty = { artifact: configuration, findings: [configFinding()] };

describe("an exception for a rule", () => {
  test.each<[string, Clause, Suppression, unknown, Partial<ImageFacts>?]>([
    ["about an image", stale, exception("stale"), { ...LET, exempted: ["stale: old"] }],
    [
      "about an image, for this image",
      stale,
      exception("stale", { image: "registry.example/team/*" }),
      { ...LET, exempted: ["stale: old"] },
    ],
    [
      "about an image, for another image, changes nothing",
      stale,
      exception("stale", { image: "registry.example/other" }),
      { ...DENIED, counts: [1] },
    ],
    ["of another name changes nothing", stale, exception("stal"), { ...DENIED, counts: [1] }],
    [
      "that has ended changes nothing and is told",
      stale,
      exception("stale", {}, "2026-11-24"),
      { ...DENIED, counts: [1], problems: ["exception-expired"], used: 1 },
    ],
    [
      "about packages, for one of them",
      copyleft,
      exception("copyleft", { package: "zlib*" }),
      { ...DENIED, counts: [1], exempted: ["1 of: copyleft: bash, and 1 more"], used: 1 },
    ],
    [
      "about packages, for one that is not there",
      copyleft,
      exception("copyleft", { package: "glibc" }),
      { ...DENIED, counts: [2] },
    ],
    [
      "about findings, for one package",
      findingsClause(high),
      exception("any", { package: "pkg:deb/debian/zlib1g" }),
      { ...DENIED, counts: [1], exempted: ["1 of: 2 findings against any"], used: 1 },
    ],
    [
      "that cannot be answered",
      odd,
      exception("odd"),
      {
        ...LET,
        exempted: [`rule odd cannot be answered for ${artifact.target}: no key`],
      },
    ],
    [
      "that asks a check, for one container",
      checkClause(check),
      exception("no", { resource: "web", container: "app" }),
      { ...LET, exempted: ["1 finding against no"] },
      faulty,
    ],
    [
      "that asks a check, for another container",
      checkClause(check),
      exception("no", { container: "proxy" }),
      { ...DENIED, counts: [1] },
      faulty,
    ],
  ])("%s", (_, clause, rule, wanted, facts) => {
    expect(answered(clause, [rule], facts)).toEqual(wanted);
  });

  test("lets pass together with another, each for its own", () => {
    const both = ["bash", "zlib1g"].map((name) => exception("copyleft", { package: name }));
    expect(answered(copyleft, both)).toEqual({
      ...LET,
      exempted: ["1 of: copyleft: bash, and 1 more", "copyleft: zlib1g"],
      used: 2,
    });
  });

  test("is not one for a finding of the same name", () => {
    const rule: Suppression = { ...exception("stale"), names: "finding" };
    expect(answered(stale, [rule])).toEqual({ ...DENIED, counts: [1] });
  });
});

describe("an exception for a problem", () => {
  const damaged = { code: "file-damaged", detail: "cut", path: "var/lib/rpm/Packages" } as const;
  const content: Clause = { ...findingsClause(high), judge: () => ({ ...NOTHING }) };
  const NOTHING = { violations: [], count: 0, summary: "", unanswered: [] };
  const facts = { problems: [damaged] };

  test("lets it leave nothing open", () => {
    const rule = exception("file-damaged", { path: "/var/lib/rpm/**" });
    expect(answered(content, [rule], facts)).toEqual({ ...LET, exempted: ["cut"] });
  });

  test.each<[string, Suppression]>([
    ["another file", exception("file-damaged", { path: "usr/**" })],
    ["a package", exception("file-damaged", { package: "rpm" })],
  ])("for %s changes nothing", (_, rule) => {
    const open = { outcome: "undecided", counts: [], exempted: [], problems: [], used: 0 };
    expect(answered(content, [rule], facts)).toEqual(open);
  });

  test("that matters to nobody is of no use", () => {
    const old = [{ code: "data-old", detail: "3 days" }] as const;
    const wanted = { ...LET, exempted: [], used: 0 };
    expect(answered(content, [exception("data-old")], { problems: old })).toEqual(wanted);
  });
});

test("what a question asks for are its rules, and problems", () => {
  const question = { clauses: [stale], problems: {}, content: "" };
  expect(["stale", "data-old", "other", "toString"].map((id) => asksFor(question, id))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
