import { describe, expect, test } from "vitest";
import { DIGEST, scan } from "../../../test/make-scan.ts";
import { type Attached, type Statement, VERDICT_PREDICATE } from "../../model/attached.ts";
import { type AttachedRule, type AttachedSelector, STAGES } from "../../model/policy.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import { verificationSummary } from "../../model/verification-summary.ts";
import { attachedClause } from "./attached-clause.ts";
import type { ImageFacts } from "./clause.ts";
import type { Expression } from "./written-clause.ts";

const NOW = "2026-11-25T12:00:00Z";
const NAME = "registry.example/api";
const { artifact } = scan();
const REFERENCE = `${NAME}:1`;

function facts(attached: Attached): ImageFacts {
  return {
    artifact: { ...artifact, kind: "image", reference: REFERENCE },
    settings: null,
    distribution: null,
    packages: [],
    findings: [],
    problems: [],
    data: "not-needed",
    attached,
    today: "2026-11-25",
  };
}

function read(...statements: readonly Statement[]): Attached & { readonly state: "read" } {
  return {
    state: "read",
    name: NAME,
    digests: [DIGEST],
    statements,
    refused: [],
    unread: [],
    at: NOW,
  };
}

function statement(facts: Partial<Statement>): Statement {
  const by = facts.by ?? "release";
  const signatory = { kind: "key", fingerprint: "00", id: by } as const;
  return { predicateType: SIGN_PREDICATE, by, signatory, signedAt: null, predicate: {}, ...facts };
}

const POLICY = { name: "payments", digest: DIGEST };
function verdict(facts: Partial<Parameters<typeof verificationSummary>[0]> = {}): Statement {
  const predicate = verificationSummary({
    name: NAME,
    digest: DIGEST,
    policy: POLICY,
    stage: "build",
    outcome: "allow",
    maxAgeHours: 48,
    verifiedAt: "2026-11-25T00:00:00Z",
    version: "1",
    ...facts,
  });
  return statement({ predicateType: VERDICT_PREDICATE, predicate });
}

function ask(
  wants: Partial<AttachedSelector>,
  attached: Attached,
  types: readonly string[] = [],
  where: Expression | null = null,
): string {
  const rule: AttachedRule = {
    kind: "attached",
    id: "r",
    effect: "deny",
    stages: STAGES,
    fix: null,
    owner: null,
    failMode: "closed",
    line: 1,
    wants: {
      what: "signature",
      type: null,
      by: null,
      where: null,
      maxAgeHours: null,
      policy: null,
      stages: null,
      ...wants,
    },
  };
  const judged = attachedClause(rule, { types, where }).judge(facts(attached));
  if (judged.count > 0) return `no: ${judged.summary.replace(`r: ${REFERENCE} is not `, "")}`;
  const [unanswered] = judged.unanswered;
  return unanswered === undefined ? "yes" : `?: ${unanswered.split(`${REFERENCE}: `)[1]}`;
}

describe("a rule about signatures", () => {
  test.each<[string, Attached, Partial<AttachedSelector>, string]>([
    ["is content with anybody who is trusted", read(statement({})), {}, "yes"],
    ["is content with whom it names", read(statement({})), { by: ["release"] }, "yes"],
    [
      "is not content with somebody else",
      read(statement({ by: "nightly" })),
      { by: ["release"] },
      "no: signed by release: it is by nightly",
    ],
    [
      "takes no attestation for a signature",
      read(verdict()),
      {},
      "no: signed by anybody who is trusted: nothing of the kind is attached",
    ],
    [
      "says what it found instead",
      { ...read(), refused: ["found 1 bundle by key 12: it is not by a trusted key"] },
      {},
      "no: signed by anybody who is trusted: found 1 bundle by key 12: it is not by a trusted key",
    ],
    [
      "cannot tell what could not be read",
      { ...read(), unread: ["a list"] },
      {},
      "?: cannot read a list",
    ],
    [
      "needs no more than one that counts",
      { ...read(statement({})), unread: ["a list"] },
      {},
      "yes",
    ],
    [
      "cannot tell where nobody could look",
      { state: "unread", why: "no network" },
      {},
      "?: no network",
    ],
    [
      "is not content where nothing can be attached",
      { state: "unattachable", why: "it was never pushed" },
      {},
      "no: signed by anybody who is trusted: it was never pushed",
    ],
    [
      "cannot tell where nobody looked",
      { state: "unasked" },
      {},
      "?: nobody looked at what is attached",
    ],
  ])("%s", (_, attached, wants, answer) => {
    expect(ask(wants, attached)).toBe(answer);
  });

  test("says nothing of what is no image", () => {
    const clause = attachedClause(
      {
        kind: "attached",
        id: "r",
        effect: "deny",
        stages: STAGES,
        fix: null,
        owner: null,
        failMode: "closed",
        line: 1,
        wants: {
          what: "signature",
          type: null,
          by: null,
          where: null,
          maxAgeHours: null,
          policy: null,
          stages: null,
        },
      },
      { types: [], where: null },
    );
    const folder = {
      ...facts({ state: "unasked" }),
      artifact: { ...artifact, kind: "project" as const },
    };
    expect(clause.judge(folder).count + clause.judge(folder).unanswered.length).toBe(0);
  });
});

describe("a rule about attestations", () => {
  const TYPE = "https://slsa.dev/provenance/v1";
  const wants = { what: "attestation", type: "slsaprovenance1" } as const;
  const provenance = (predicate: unknown, signedAt: string | null = null): Attached =>
    read(statement({ predicateType: TYPE, predicate, signedAt }));
  const isMain: Expression = {
    evaluate: ({ predicate }) => {
      const branch = (predicate as { branch?: unknown }).branch;
      return branch === undefined ? { error: "no such key: branch" } : { value: branch === "main" };
    },
  };

  test.each<[string, Attached, Partial<AttachedSelector>, string]>([
    [
      "is content with what fulfils its condition",
      provenance({ branch: "main" }),
      { where: "x" },
      "yes",
    ],
    [
      "is not content with what does not",
      provenance({ branch: "dev" }),
      { where: "x" },
      "no: attested (slsaprovenance1): what release states does not fulfil x",
    ],
    [
      "cannot tell where the condition has no answer",
      provenance({}),
      { where: "x" },
      "?: no such key: branch",
    ],
    [
      "is not content with what is too old",
      provenance({ branch: "main" }, "2026-11-20T00:00:00Z"),
      { maxAgeHours: 24 },
      "no: attested (slsaprovenance1): it is of 2026-11-20T00:00:00Z, more than 24 h ago",
    ],
    [
      "is not content where nothing proves the age",
      provenance({ branch: "main" }),
      { maxAgeHours: 24 },
      "no: attested (slsaprovenance1): nothing proves when release signed it",
    ],
  ])("%s", (_, attached, more, answer) => {
    const where = more.where === undefined ? null : isMain;
    expect(ask({ ...wants, ...more }, attached, [TYPE], where)).toBe(answer);
  });
});

describe("a rule about verdicts", () => {
  const older = { verifiedAt: "2026-11-24T13:00:00Z" };
  const PASSED = "passed by policy payments";
  test.each<[string, readonly Statement[], string]>([
    ["is content with one that passed", [verdict()], "yes"],
    [
      "does not care for an older failure",
      [verdict({ ...older, outcome: "deny" }), verdict()],
      "yes",
    ],
    [
      "lets a newer failure supersede",
      [verdict(older), verdict({ outcome: "deny" })],
      `no: ${PASSED}: its newest verdict, of 2026-11-25T00:00:00Z, is FAILED`,
    ],
    [
      "is not content with one that is too old",
      [verdict({ maxAgeHours: 3 })],
      `no: ${PASSED}: its newest verdict, of 2026-11-25T00:00:00Z, was good for 3 h`,
    ],
    ...(
      [
        ["of another name", { name: "registry.example/other" }],
        ["of another digest", { digest: `sha256:${"ab".repeat(32)}` }],
        ["by another policy", { policy: { name: "lax", digest: DIGEST } }],
        ["of a time to come", { verifiedAt: "2026-11-25T12:06:00Z" }],
        ["of no time", { verifiedAt: "yesterday" }],
      ] as const
    ).map(([what, facts]): [string, readonly Statement[], string] => [
      `is not content with one ${what}`,
      [verdict(facts)],
      `no: ${PASSED}: its verdicts are about another name, by another policy, at another stage, or of a time to come`,
    ]),
    [
      "is not content with what is no summary",
      [statement({ predicateType: VERDICT_PREDICATE, predicate: [] })],
      `no: ${PASSED}: its verdicts are about another name, by another policy, at another stage, or of a time to come`,
    ],
    [
      "takes the one that objects, of two at once",
      [verdict({ outcome: "deny" }), verdict(), verdict({ outcome: "deny" })],
      `no: ${PASSED}: its newest verdict, of 2026-11-25T00:00:00Z, is FAILED`,
    ],
    [
      "is not content with one that never ends",
      [verdict({ maxAgeHours: undefined as never })],
      `no: ${PASSED}: its newest verdict does not say how long it is good for, and the rule has no maxAge`,
    ],
    ["bears clocks that differ a little", [verdict({ verifiedAt: "2026-11-25T12:04:00Z" })], "yes"],
  ])("%s", (_, statements, answer) => {
    expect(ask({ what: "verdict", policy: "payments" }, read(...statements))).toBe(answer);
  });

  test("cannot tell while a newer one may be among what could not be read", () => {
    expect(ask({ what: "verdict" }, { ...read(verdict()), unread: ["a list"] })).toBe(
      "?: cannot read a list",
    );
  });

  test.each([
    [["build"], "yes"],
    [["deploy", "run"], "no"],
  ] as const)("may want one of a stage: %s", (stages, answer) => {
    expect(ask({ what: "verdict", stages }, read(verdict())).split(":")[0]).toBe(answer);
  });

  test("may want a younger one than it says itself", () => {
    expect(ask({ what: "verdict", maxAgeHours: 6 }, read(verdict()))).toBe(
      "no: passed by a policy: it is of 2026-11-25T00:00:00Z, more than 6 h ago",
    );
  });
});
