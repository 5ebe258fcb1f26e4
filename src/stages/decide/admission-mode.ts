// What a decision means to whoever asked the API server, in the mode in which the webhook runs.
import type { WorkloadDecision } from "../../model/admission.ts";
import type { PolicySummary } from "../../model/gate.ts";
import type { RuleAnswer } from "../../model/verdict.ts";

/** `audit`: all may run, and it is written down. `warn`: it is said as well. `enforce`: what is denied or cannot be told may not. */
export const ADMISSION_MODES = ["audit", "warn", "enforce"] as const;
export type AdmissionMode = (typeof ADMISSION_MODES)[number];

/** What is said to who asked. */
export interface Said {
  readonly allowed: boolean;
  /** null when allowed. */
  readonly message: string | null;
  readonly warnings: readonly string[];
}

/** @param subject `Deployment shop/web`. */
export function saidInMode(
  decision: WorkloadDecision,
  mode: AdmissionMode,
  {
    subject,
    policy,
  }: { readonly subject: string; readonly policy: Pick<PolicySummary, "name" | "ask"> },
): Said {
  const { outcome } = decision.verdict;
  const isAgainst = outcome === "deny" || outcome === "undecided";
  const allowed = mode !== "enforce" || !isAgainst;
  if (mode === "audit") return { allowed, message: null, warnings: NOTHING };
  const objections = isAgainst ? objectionsIn(decision) : NOTHING;
  const warnings = warningsIn(decision);
  if (allowed) {
    const would = outcome === "deny" ? "would be denied" : "could not be told";
    return {
      allowed,
      message: null,
      warnings: [...objections.map((text) => `${would} by ${policy.name}: ${text}`), ...warnings],
    };
  }
  const what = outcome === "deny" ? "denies" : "cannot be told about";
  const ask = policy.ask === null ? "" : `; for an exception: ${policy.ask}`;
  const message = `policy ${policy.name} ${what} ${subject}: ${objections.join("; ")}${ask}`;
  return { allowed, message, warnings };
}

const NOTHING: readonly string[] = [];
/** Whoever mends these may ask again. */
const OBJECTIONS_MAX = 10;

/** Everything that stands against it, with the places rather than the numbers of findings. */
function objectionsIn({ verdict, answers, images }: WorkloadDecision): string[] {
  const own = answers
    .filter(({ effect, outcome }) => effect === "deny" && outcome === "violated")
    .flatMap(textsOf);
  const summaries = new Set(answers.map(({ summary }) => summary));
  const rest = verdict.reasons.filter((reason) => !summaries.has(reason));
  const all = [...own, ...(images.length === 0 && own.length > 0 ? [] : rest)];
  const said = all.length === 0 ? [...verdict.reasons] : all;
  const left = said.length - OBJECTIONS_MAX;
  return left > 0 ? [...said.slice(0, OBJECTIONS_MAX), `and ${left} more`] : said;
}

function warningsIn({ answers, images, override }: WorkloadDecision): string[] {
  const warned = [...answers, ...images.flatMap((image) => image.answers)]
    .filter(({ effect }) => effect === "warn")
    .flatMap(textsOf);
  return override === null ? warned : [`an override lets it through`, ...warned];
}

function textsOf({ rule, summary, violations }: RuleAnswer): string[] {
  if (violations.length === 0) return [summary];
  return violations.map(({ message, fix }) => {
    const way = fix === null ? "" : ` (${fix})`;
    return `${message.startsWith(rule) ? "" : `${rule}: `}${message}${way}`;
  });
}
