import {
  type AttachedRule,
  FAIL_MODES,
  type FailMode,
  type Policy,
  type Rule,
  STAGES,
  type Stage,
} from "../../model/policy.ts";

/**
 * The rule that stands in for all that look inside an image where nobody looks inside: that a gate has asked them, under this
 * policy's name and at a stage at which all of them are asked, and let it pass. It denies if one of them does, and fails as the
 * strictest of them.
 *
 * @returns null when no rule looks inside at this stage, or the policy itself demands just that.
 */
export function verdictRule(
  policy: Policy,
  rules: readonly Rule[],
  stage: Stage,
): AttachedRule | null {
  const here = rules.filter(({ stages }) => stages.includes(stage));
  if (here.some((rule) => demandsVerdict(rule, policy.name))) return null;
  const inside = here.filter(({ kind }) => kind === "findings" || kind === "written");
  const denying = inside.filter(({ effect }) => effect === "deny");
  const [first] = inside;
  if (first === undefined) return null;
  const asked = denying.length > 0 ? denying : inside;
  const modes = new Set(denying.map(({ failMode }) => failMode));
  return {
    kind: "attached",
    id: "passed-inside",
    effect: denying.length > 0 ? "deny" : "warn",
    stages: [stage],
    fix: null,
    owner: first.owner,
    failMode: strictest(modes),
    line: 0,
    wants: {
      what: "verdict",
      type: null,
      by: null,
      where: null,
      maxAgeHours: policy.maxAgeHours,
      policy: policy.name,
      stages: STAGES.filter((one) => asked.every(({ stages }) => stages.includes(one))),
    },
  };
}

/** One that only warns, or takes any policy's word, does not do. */
function demandsVerdict(rule: Rule, policy: string): boolean {
  if (rule.kind !== "attached" || rule.effect !== "deny") return false;
  return rule.wants.what === "verdict" && rule.wants.policy === policy;
}

const BY_STRICTNESS: readonly FailMode[] = ["closed", "last-known-good", "open"];

function strictest(modes: ReadonlySet<FailMode>): FailMode {
  return BY_STRICTNESS.find((mode) => modes.has(mode)) ?? FAIL_MODES[0];
}
