// Rules over a stream of events. Each kind of event has the rules that may match it, in the order of their definition, and one event
// is asked of these alone.
import type { Screen } from "./bounds.ts";
import { Closures, type Turn } from "./closures.ts";
import { hasEvent } from "./event-set.ts";
import { Graph, type LeafMaker } from "./graph.ts";
import type { Test } from "./leaf.ts";
import type { PreparedRule } from "./prepare.ts";
import { SCREENED_MAX, screensOf } from "./screens.ts";

/** How rules are chosen and asked. */
export interface EngineOptions {
  /** The names of events by their code; one name when all events are of one kind. */
  readonly eventNames: readonly string[];
  /** `first`: the first rule that matches an event is the only one; `all`: each that does. */
  readonly matching: "first" | "all";
}

/** Rules that are screened together. */
interface Group<E> {
  readonly screens: readonly Screen<E>[];
  /** A bit for each. */
  readonly all: number;
  readonly tests: readonly Test<E>[];
  readonly rules: readonly PreparedRule<E>[];
}

/** Runs rules. Rules that are switched off are not asked, nor are events collected for them. */
export class RuleEngine<E> {
  /** The events that the rules need, by name, with how many rules are asked of each. */
  readonly needs: ReadonlyMap<string, number>;
  readonly #turn: Turn = { now: 0 };
  readonly #groups: readonly (readonly Group<E>[])[];
  readonly #isFirst: boolean;

  /** @param maker What the rules were prepared with. */
  constructor(rules: readonly PreparedRule<E>[], maker: LeafMaker<E>, options: EngineOptions) {
    const enabled = rules.filter(({ rule }) => rule.isEnabled);
    const { eventNames, matching } = options;
    this.#isFirst = matching === "first";
    this.#groups = eventNames.map((name) => groupsOf(name, enabled, maker, this.#turn));
    const counts = eventNames.map((name, code) => [name, countOf(this.#groups[code])] as const);
    this.needs = new Map(counts.filter(([, count]) => count > 0));
  }

  /** Asks an event of its rules, and calls back for each that matches. */
  run(code: number, event: E, matched: (rule: PreparedRule<E>, event: E) => void): void {
    const groups = this.#groups[code];
    if (groups === undefined || groups.length === 0) return;
    this.#turn.now += 1;
    for (const group of groups) {
      if (this.#ask(group, event, matched) && this.#isFirst) return;
    }
  }

  /** @returns whether one matched. */
  #ask(
    { screens, all, tests, rules }: Group<E>,
    event: E,
    matched: (rule: PreparedRule<E>, event: E) => void,
  ): boolean {
    let open = all;
    for (let i = 0; i < screens.length && open !== 0; i += 1) {
      const screen = screens[i] as Screen<E>;
      if ((open & screen.closes) !== 0) open &= screen.open(event);
    }
    let isMatched = false;
    // From the lowest bit on, which is the order of definition.
    for (; open !== 0; open &= open - 1) {
      const at = 31 - Math.clz32(open & -open);
      if (!(tests[at] as Test<E>)(event)) continue;
      matched(rules[at] as PreparedRule<E>, event);
      if (this.#isFirst) return true;
      isMatched = true;
    }
    return isMatched;
  }
}

function countOf<E>(groups: readonly Group<E>[] = []): number {
  return groups.reduce((count, { rules }) => count + rules.length, 0);
}

/** Without those that cannot match such an event. */
function groupsOf<E>(
  name: string,
  rules: readonly PreparedRule<E>[],
  maker: LeafMaker<E>,
  turn: Turn,
): readonly Group<E>[] {
  const graph = new Graph(name, maker);
  const asked = rules
    .filter(({ events }) => hasEvent(events, name))
    .map((rule) => ({ rule, node: graph.node(rule.rule.condition) }))
    .filter(({ node }) => node.kind !== "constant" || node.value);
  const closures = new Closures(
    turn,
    asked.map(({ node }) => node),
  );
  const groups: Group<E>[] = [];
  for (let from = 0; from < asked.length; from += SCREENED_MAX) {
    const some = asked.slice(from, from + SCREENED_MAX);
    groups.push({
      screens: screensOf(
        some.map(({ node }) => node),
        maker.context.fields,
      ),
      all: 2 ** some.length - 1,
      tests: some.map(({ node }) => closures.of(node)),
      rules: some.map(({ rule }) => rule),
    });
  }
  return groups;
}
