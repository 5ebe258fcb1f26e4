// Exceptions for rules: where there is no finding to set aside, the rule itself is told not to look. It is asked with and without
// what an exception names, so that one that changes nothing is known, and what was let pass stays in the answer.

import type { Problem } from "../../model/problem.ts";
import type { Suppression } from "../../model/suppression.ts";
import type { ExemptedAnswer } from "../../model/verdict.ts";
import { type Clause, CONTENT, type ImageFacts, type Judged } from "./clause.ts";
import { expiryOf, scopeFor, type Within } from "./scope.ts";

export interface ExemptionOutcome {
  readonly exempted: readonly ExemptedAnswer[];
  /** Exceptions that would have changed something, had they not ended. */
  readonly problems: readonly Problem[];
  /** Those that changed something, or would have. */
  readonly used: ReadonlySet<Suppression>;
}

/** The exceptions for rules that are meant for an artifact, and what came of them. */
export class Exemptions {
  readonly #byRule = new Map<string, Scoped[]>();
  readonly #facts: ImageFacts;
  readonly #expired = new Set<Suppression>();
  readonly #exempted: ExemptedAnswer[] = [];
  readonly #used = new Set<Suppression>();

  constructor(facts: ImageFacts, exceptions: readonly Suppression[]) {
    this.#facts = facts;
    for (const exception of exceptions) {
      if (exception.names !== "rule") continue;
      const within = scopeFor(exception.scope, facts.artifact, facts.users ?? []);
      if (within === null) continue;
      const known = this.#byRule.get(exception.id);
      if (known === undefined) this.#byRule.set(exception.id, [{ exception, within }]);
      else known.push({ exception, within });
    }
  }

  /** What came of it, when everything has been asked. */
  outcome(): ExemptionOutcome {
    return {
      exempted: this.#exempted,
      problems: [...this.#expired].map(expiryOf),
      used: this.#used,
    };
  }

  /** What a rule says, without what it is told not to look at. */
  judge(clause: Clause): Judged {
    const judged = clause.judge(this.#facts);
    const scoped = this.#byRule.get(clause.head.id);
    if (scoped === undefined || !saysSomething(judged)) return judged;
    let [facts, said] = [this.#facts, judged];
    for (const { exception, within } of scoped) {
      if (!isLess(without(clause, this.#facts, within).said, judged)) continue;
      if (!this.#holds(exception)) continue;
      const next = without(clause, facts, within);
      // Another exception may have let the same pass.
      if (isLess(next.said, said)) {
        this.#exempt(exception, passedBy(said, next.said));
        ({ facts, said } = next);
      }
    }
    return said;
  }

  /** The problems that count, when exceptions name them by their code. */
  counting(problems: readonly Problem[], matters: (problem: Problem) => boolean): Problem[] {
    if (this.#byRule.size === 0) return [...problems];
    return problems.filter((problem) => {
      const scoped = this.#byRule.get(problem.code);
      if (scoped === undefined || !matters(problem)) return true;
      const fitting = scoped.filter(({ within }) => within.problem(problem));
      const holding = fitting.filter(({ exception }) => this.#holds(exception));
      const [first] = holding;
      if (first !== undefined) this.#exempt(first.exception, problem.detail);
      return first === undefined;
    });
  }

  #holds(exception: Suppression): boolean {
    this.#used.add(exception);
    if (exception.until >= this.#facts.today) return true;
    this.#expired.add(exception);
    return false;
  }

  #exempt({ id, reason, owner, until }: Suppression, summary: string): void {
    if (this.#exempted.length < EXEMPTED_MAX)
      this.#exempted.push({ rule: id, summary, reason, owner, until });
  }
}

interface Scoped {
  readonly exception: Suppression;
  readonly within: Within;
}

const EXEMPTED_MAX = 200;

function without(
  clause: Clause,
  facts: ImageFacts,
  within: Within,
): { readonly facts: ImageFacts; readonly said: Judged } {
  if (within.isWhole) return { facts, said: CONTENT };
  const rest = {
    ...facts,
    findings: facts.findings.filter((finding) => !within.finding(finding)),
    packages: facts.packages.filter((found) => !within.package(found)),
  };
  return { facts: rest, said: clause.judge(rest) };
}

function saysSomething({ count, unanswered }: Judged): boolean {
  return count > 0 || unanswered.length > 0;
}

/** What counts things may say the same of fewer; what it says more of was not meant. */
function isLess(less: Judged, more: Judged): boolean {
  const isOther =
    less.count < more.count || less.unanswered.join("\n") !== more.unanswered.join("\n");
  return isOther && less.count <= more.count && less.unanswered.length <= more.unanswered.length;
}

function passedBy(more: Judged, less: Judged): string {
  const before = more.count === 0 ? (more.unanswered[0] ?? "") : more.summary;
  return saysSomething(less) ? `${more.count - less.count} of: ${before}` : before;
}
