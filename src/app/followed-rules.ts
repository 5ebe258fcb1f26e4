// Rules of a watch that lives for months: their files are read again, and count from then on.
import { reasonOf } from "../kit/error.ts";
import { demandUsable } from "./rule-watch.ts";
import { type RuleText, readRuleFiles } from "./rules.ts";
import type { Surroundings } from "./surroundings.ts";

const LOOK_MS = 10_000;

/** To be stopped by who began it. */
export interface FollowedRules {
  /** Reads the files now, and uses them whether or not they changed. */
  look(): void;
  stop(): void;
}

/**
 * Looks at rule files every ten seconds. Rules that cannot be used leave those at work that are, because a host without rules
 * would be quiet whatever happens; that is told once.
 *
 * @param first What the files held when they were put to work.
 * @param use Called with what they hold now.
 */
export function followRules(
  paths: readonly string[],
  first: readonly RuleText[],
  { warn }: Surroundings,
  use: (rules: readonly RuleText[]) => void,
): FollowedRules {
  let current = first;
  let lastFault = "";
  const read = async (isAsked: boolean): Promise<void> => {
    const faults: string[] = [];
    try {
      const next = await readRuleFiles(paths);
      if (!isAsked && isSame(next, current)) return;
      demandUsable(next, { warn: (text) => void faults.push(text) });
      current = next;
      lastFault = "";
      use(next);
    } catch (thrown) {
      faults.push(`the rules stay as they were: ${reasonOf(thrown)}`);
      if (isAsked || faults.join() !== lastFault) for (const text of faults) warn(text);
      lastFault = faults.join();
    }
  };
  const timer = setInterval(() => void read(false), LOOK_MS);
  timer.unref();
  return { look: () => void read(true), stop: () => clearInterval(timer) };
}

function isSame(some: readonly RuleText[], others: readonly RuleText[]): boolean {
  return some.every(({ text }, place) => text === others[place]?.text);
}
