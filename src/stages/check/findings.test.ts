import { describe, expect, test } from "vitest";
import type { Workload } from "../../model/workload.ts";
import type { Check, CheckRun, Fault, Statement } from "./contract.ts";
import { type Answered, aspectKey, told } from "./findings.ts";
import { NO_SETTINGS, readied, runChecks } from "./run.ts";

const EXAMPLE = { format: "kubernetes", document: {} } as const;

function check(run: CheckRun): Check {
  return {
    id: "no-harm",
    title: "no harm is done",
    severity: "medium",
    why: "it hurts",
    fix: "stop it",
    controls: [{ standard: "attack", id: "T1611" }],
    aspects: { grave: { severity: "critical", controls: [{ standard: "attack", id: "T1068" }] } },
    needs: [],
    state: "trial",
    appliesTo: "workload",
    examples: { good: [EXAMPLE], bad: [EXAMPLE] },
    versions: [{ from: 0, run }],
  };
}

const WORKLOAD = {
  form: "workload",
  platform: "kubernetes",
  kind: "Deployment",
  name: "web",
  namespace: "shop",
  gaps: [],
} as unknown as Workload;

function answered(run: CheckRun, workload: Workload = WORKLOAD): Answered {
  return {
    path: "web.yaml",
    subject: workload,
    answers: runChecks(workload, [readied(check(run), 30)]),
    // Two pointers lead to one line: an anchor.
    places: (pointers) =>
      new Map(pointers.map((p) => [p, { line: p.startsWith("/same") ? 7 : 9, column: 3 }])),
  };
}

function fault(facts: Partial<Fault>): Fault {
  return { kind: "fault", at: "/spec", container: null, state: "is harmed", ...facts };
}

describe("a fault", () => {
  test("is a finding with everything that people need", () => {
    const { findings } = told([answered(() => [fault({ container: "app", value: true })])]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      kind: "config",
      severity: "medium",
      rule: { id: "no-harm", title: "no harm is done" },
      message: "Deployment web, container app: is harmed",
      locations: [{ path: "web.yaml", layer: null, line: 9, column: 3 }],
      subject: { kind: "Deployment", name: "web", namespace: "shop", container: "app" },
      pointer: "/spec",
      value: true,
      remedy: "stop it",
    });
  });

  test("of an aspect has its severity, and its controls beside the check's", () => {
    const [finding] = told([answered(() => [fault({ aspect: "grave" })])]).findings;
    expect([finding?.severity, finding?.controls.map(({ id }) => id)]).toEqual([
      "critical",
      ["T1611", "T1068"],
    ]);
  });

  test("that several containers share at one place is one finding", () => {
    const shared = [
      fault({ at: "/same/0", container: "a" }),
      fault({ at: "/same/1", container: "b" }),
    ];
    const apart = [fault({ at: "/same/0" }), fault({ at: "/other" })];
    const [one, ...more] = told([answered(() => shared)]).findings;
    const all = [one?.subject, ...(one?.sharedBy ?? [])].map((subject) => subject?.container);
    expect([all, more]).toEqual([shared.map(({ container }) => container), []]);
    expect(told([answered(() => apart)]).findings).toHaveLength(2);
  });

  test("keeps its id when lines move", () => {
    const ids = ["/same", "/other"].map(
      (at) => told([answered(() => [fault({ at })])]).findings[0]?.id,
    );
    expect(ids[0]).toBe(ids[1]);
  });
});

describe("what cannot be told", () => {
  const doubt: Statement = { kind: "doubt", at: "/spec", container: null, why: "it is a text" };

  test("is a problem", () => {
    expect(told([answered(() => [doubt])])).toMatchObject({
      findings: [],
      problems: [
        {
          code: "configuration-unknown",
          detail: "Deployment web: cannot tell no-harm: it is a text",
          path: "web.yaml:9",
        },
      ],
    });
  });

  test("is none beside a fault, and where the check does not apply", () => {
    expect(told([answered(() => [doubt, fault({})])]).problems).toEqual([]);
    expect(told([answered(() => "not-applicable")])).toMatchObject({ findings: [], problems: [] });
  });

  test("is everything when a part of the workload cannot be read", () => {
    const gaps = [{ state: "unknown", at: "/spec", why: "containers is a text" }] as const;
    const { answers } = answered(() => [], { ...WORKLOAD, gaps });
    expect(answers.map(({ answer }) => answer)).toEqual(["unknown"]);
  });
});

test("the version of a check is the newest that is not newer than what is asked", () => {
  const versions = [0, 25, 35].map((from) => ({ from, run: () => [fault({ state: `${from}` })] }));
  const versioned = { ...check(() => []), versions } as unknown as Check;
  const states = [0, 24, 25, 36].map(
    (version) =>
      (readied(versioned, version).run(WORKLOAD, NO_SETTINGS)[0] as { state: string }).state,
  );
  expect(states).toEqual(["0", "0", "25", "35"]);
});

describe("aspects are counted of their own", () => {
  const tallied = (said: ReturnType<CheckRun>): Record<string, unknown> => {
    const aspected: Check = { ...check(() => said), aspects: { a: {}, b: {}, c: {} } } as Check;
    const answers = runChecks(WORKLOAD, [readied(aspected, 30)]);
    const { tallies } = told([{ ...answered(() => said), answers }]);
    const word = (key: string): string =>
      Object.entries(tallies.get(key) ?? {})
        .filter(([, times]) => times > 0)
        .map(([answer]) => answer)
        .join();
    const all = ["a", "b", "c"].map((aspect) => [aspect, word(aspectKey(aspected.id, aspect))]);
    return { whole: word(aspected.id), ...Object.fromEntries(all) };
  };
  const doubt = { kind: "doubt", at: "", container: null, why: "?" } as const;
  test.each([
    ["nothing said", [], { whole: "pass", a: "pass", b: "pass", c: "pass" }],
    [
      "not applicable",
      "not-applicable",
      { whole: "not-applicable", a: "not-applicable", b: "not-applicable", c: "not-applicable" },
    ],
    [
      "one is a fault",
      [fault({ aspect: "a" })],
      { whole: "fault", a: "fault", b: "pass", c: "pass" },
    ],
    [
      "one is unknown",
      [{ ...doubt, aspect: "b" }],
      { whole: "unknown", a: "pass", b: "unknown", c: "pass" },
    ],
    ["all are unknown", [doubt], { whole: "unknown", a: "unknown", b: "unknown", c: "unknown" }],
    [
      "one cannot be",
      [{ kind: "inapplicable", aspect: "c" }],
      { whole: "pass", a: "pass", b: "pass", c: "not-applicable" },
    ],
  ] as const)("%s", (_, said, wanted) => {
    expect(tallied(said)).toEqual(wanted);
  });
});
