// CVSS v4.0 base scores. A vector belongs to a macro vector, whose score is known; it is then lowered by how far it lies below
// the highest vectors of its macro vector, as a share of the way to the next lower ones. Source: CVSS v4.0 specification, section 8.
import { MACRO_SCORES } from "./cvss4.data.ts";

type Metrics = ReadonlyMap<string, string>;

/** Values of each base metric from worst to least; a value's place is its distance in steps from the worst. */
const LADDERS = {
  AV: "NALP",
  PR: "NLH",
  UI: "NPA",
  AC: "LH",
  AT: "NP",
  VC: "HLN",
  VI: "HLN",
  VA: "HLN",
  SC: "HLN",
  SI: "HLN",
  SA: "HLN",
} as const;

type Metric = keyof typeof LADDERS;
type Steps = Record<Metric, number>;

/** @returns null when a base metric is missing or has no known value. */
export function cvss4Score(metrics: Metrics): number | null {
  const steps = stepsOf(metrics);
  if (steps === null) return null;
  const impacts = [steps.VC, steps.VI, steps.VA, steps.SC, steps.SI, steps.SA];
  if (impacts.every((step) => step === 2)) return 0;
  const macro = macroOf(steps);
  const score = scoreOf(macro);
  if (score === null) return null;
  const drops = [
    dropOf(score, [{ ...macro, one: macro.one + 1 }], shareOfOne(steps, macro)),
    dropOf(score, [{ ...macro, two: macro.two + 1 }], steps.AC + steps.AT),
    dropOf(score, nextThree(macro), shareOfThree(steps, macro)),
    dropOf(score, [{ ...macro, four: macro.four + 1 }], shareOfFour(steps, macro)),
    // EQ5 (exploit maturity) is at its worst when it is not stated: something is lower, and nothing of the way is gone.
    0,
  ].filter((drop) => drop !== null);
  const mean = drops.reduce((sum, drop) => sum + drop, 0) / drops.length;
  const value = Math.min(Math.max(score - mean, 0), 10);
  return Math.round((value + 1e-6) * 10) / 10;
}

function stepsOf(metrics: Metrics): Steps | null {
  const steps: Partial<Steps> = {};
  for (const [name, ladder] of Object.entries(LADDERS)) {
    const value = metrics.get(name) ?? "";
    const step = value.length === 1 ? ladder.indexOf(value) : -1;
    if (step === -1) return null;
    steps[name as Metric] = step;
  }
  return steps as Steps;
}

/** The equivalence classes EQ1 to EQ6, without EQ5, which is always 0 here. */
interface Macro {
  readonly one: number;
  readonly two: number;
  readonly three: number;
  readonly four: number;
  readonly six: number;
}

/** Base metrics only: nothing says "safety" (EQ4 = 0 needs it), exploits are taken for granted, all requirements are high. */
function macroOf(s: Steps): Macro {
  const zeros = [s.AV, s.PR, s.UI].filter((step) => step === 0).length;
  const isHighAny = s.VC === 0 || s.VI === 0 || s.VA === 0;
  return {
    one: zeros === 3 ? 0 : zeros > 0 && s.AV !== 3 ? 1 : 2,
    two: s.AC === 0 && s.AT === 0 ? 0 : 1,
    three: s.VC === 0 && s.VI === 0 ? 0 : isHighAny ? 1 : 2,
    four: s.SC === 0 || s.SI === 0 || s.SA === 0 ? 1 : 2,
    six: isHighAny ? 0 : 1,
  };
}

function scoreOf(m: Macro): number | null {
  const tenths = MACRO_SCORES[`${m.one}${m.two}${m.three}${m.six}`]?.[m.four - 1];
  return tenths === undefined ? null : tenths / 10;
}

/** The share of the way down to the next lower macro vectors (the nearest of them); null when there is none. */
function dropOf(score: number, lower: readonly Macro[], share: number): number | null {
  const scores = lower.map(scoreOf).filter((s) => s !== null);
  return scores.length === 0 ? null : (score - Math.max(...scores)) * share;
}

/** EQ3 and EQ6 go down together. */
function nextThree(m: Macro): readonly Macro[] {
  if (m.three === 0 && m.six === 0)
    return [
      { ...m, six: 1 },
      { ...m, three: 1 },
    ];
  return m.three === 1 && m.six === 0
    ? [{ ...m, six: 1 }]
    : [{ ...m, three: m.three + 1, six: m.six }];
}

/** Table 24 and its neighbours: the highest vectors of a class, and its depth in steps. */
interface Class {
  readonly highest: readonly Partial<Steps>[];
  readonly depth: number;
}

const ONE: readonly Class[] = [
  { highest: [{ AV: 0, PR: 0, UI: 0 }], depth: 1 },
  {
    highest: [
      { AV: 1, PR: 0, UI: 0 },
      { AV: 0, PR: 1, UI: 0 },
      { AV: 0, PR: 0, UI: 1 },
    ],
    depth: 4,
  },
  {
    highest: [
      { AV: 3, PR: 0, UI: 0 },
      { AV: 1, PR: 1, UI: 1 },
    ],
    depth: 5,
  },
];

function shareOfOne(steps: Steps, macro: Macro): number {
  return shareOf(steps, ONE[macro.one]);
}

/** By EQ3 and EQ6; requirements are high, so EQ6 follows from EQ3. */
const THREE: Readonly<Record<string, Class>> = {
  "00": { highest: [{ VC: 0, VI: 0, VA: 0 }], depth: 7 },
  "10": {
    highest: [
      { VC: 1, VI: 0, VA: 0 },
      { VC: 0, VI: 1, VA: 0 },
    ],
    depth: 8,
  },
  "21": { highest: [{ VC: 1, VI: 1, VA: 1 }], depth: 10 },
};

function shareOfThree(steps: Steps, macro: Macro): number {
  return shareOf(steps, THREE[`${macro.three}${macro.six}`]);
}

const FOUR: readonly Class[] = [
  { highest: [{ SC: 0, SI: 0, SA: 0 }], depth: 6 },
  { highest: [{ SC: 0, SI: 0, SA: 0 }], depth: 5 },
  { highest: [{ SC: 1, SI: 1, SA: 1 }], depth: 4 },
];

function shareOfFour(steps: Steps, macro: Macro): number {
  return shareOf(steps, FOUR[macro.four]);
}

/** Steps below the first highest vector that is nowhere below this one, out of the class's depth. */
function shareOf(steps: Steps, wanted: Class | undefined): number {
  for (const highest of wanted?.highest ?? []) {
    const distances = Object.entries(highest).map(([name, step]) => steps[name as Metric] - step);
    if (distances.every((distance) => distance >= 0))
      return distances.reduce((sum, distance) => sum + distance, 0) / (wanted?.depth ?? 1);
  }
  return 0;
}
