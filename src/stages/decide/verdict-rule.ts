import {
  type AttachedRule,
  FAIL_MODES,
  type FailMode,
  type Policy,
  type Rule,
  type Stage,
} from "../../model/policy.ts";

/**
 * The rule that stands in for all that look inside an image where nobody looks inside: that a gate has asked them, by this very
 * policy, and let it pass. It denies if one of them does, and fails as the strictest of them.
 *
 * @returns null when no rule looks inside at this stage, or the policy asks for verdicts itself.
 */
export function verdictRule(
  policy: Policy,
  rules: readonly Rule[],
  stage: Stage,
): AttachedRule | null {
  const here = rules.filter(({ stages }) => stages.includes(stage));
  if (here.some((rule) => rule.kind === "attached" && rule.wants.what === "verdict")) return null;
  const inside = here.filter(({ kind }) => kind === "findings" || kind === "written");
  const denying = inside.filter(({ effect }) => effect === "deny");
  const [first] = inside;
  if (first === undefined) return null;
  const modes = new Set(denying.map(({ failMode }) => failMode));
  return {
    kind: "attached",
    id: "passed",
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
      maxAgeHours: null,
      policy: policy.name,
    },
  };
}

const BY_STRICTNESS: readonly FailMode[] = ["closed", "last-known-good", "open"];

function strictest(modes: ReadonlySet<FailMode>): FailMode {
  return BY_STRICTNESS.find((mode) => modes.has(mode)) ?? FAIL_MODES[0];
}
