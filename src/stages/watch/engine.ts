// Rules over a stream of events. Each kind of event has the rules that may match it, in the order of their definition, and one event
// is asked of these alone.
import { Closures, type Turn } from "./closures.ts";
import { hasEvent } from "./event-set.ts";
import { Graph, type LeafMaker } from "./graph.ts";
import type { Test } from "./leaf.ts";
import type { PreparedRule } from "./prepare.ts";

/** How rules are chosen and asked. */
export interface EngineOptions {
  /** The names of events by their code; one name when all events are of one kind. */
  readonly eventNames: readonly string[];
  /** `first`: the first rule that matches an event is the only one; `all`: each that does. */
  readonly matching: "first" | "all";
}

interface Bucket<E> {
  readonly tests: readonly Test<E>[];
  readonly rules: readonly PreparedRule<E>[];
}

/** Runs rules. Rules that are switched off are not asked, nor are events collected for them. */
export class RuleEngine<E> {
  /** The events that the rules need, by name, with how many rules are asked of each. */
  readonly needs: ReadonlyMap<string, number>;
  readonly #turn: Turn = { now: 0 };
  readonly #buckets: readonly (Bucket<E> | null)[];
  readonly #isFirst: boolean;

  /** @param maker What the rules were prepared with. */
  constructor(rules: readonly PreparedRule<E>[], maker: LeafMaker<E>, options: EngineOptions) {
    const enabled = rules.filter(({ rule }) => rule.isEnabled);
    const { eventNames, matching } = options;
    this.#isFirst = matching === "first";
    this.#buckets = eventNames.map((name) => bucketOf(name, enabled, maker, this.#turn));
    const counts = eventNames.map(
      (name, code) => [name, this.#buckets[code]?.rules.length ?? 0] as const,
    );
    this.needs = new Map(counts.filter(([, count]) => count > 0));
  }

  /** Asks an event of its rules, and calls back for each that matches. */
  run(code: number, event: E, matched: (rule: PreparedRule<E>, event: E) => void): void {
    const bucket = this.#buckets[code];
    if (bucket === null || bucket === undefined) return;
    this.#turn.now += 1;
    const { tests, rules } = bucket;
    for (let i = 0; i < tests.length; i += 1) {
      if (!(tests[i] as Test<E>)(event)) continue;
      matched(rules[i] as PreparedRule<E>, event);
      if (this.#isFirst) return;
    }
  }
}

/** Null when no rule can match such an event. */
function bucketOf<E>(
  name: string,
  rules: readonly PreparedRule<E>[],
  maker: LeafMaker<E>,
  turn: Turn,
): Bucket<E> | null {
  const graph = new Graph(name, maker);
  const asked = rules
    .filter(({ events }) => hasEvent(events, name))
    .map((rule) => ({ rule, node: graph.node(rule.rule.condition) }))
    .filter(({ node }) => node.kind !== "constant" || node.value);
  if (asked.length === 0) return null;
  const closures = new Closures(
    turn,
    asked.map(({ node }) => node),
  );
  return {
    tests: asked.map(({ node }) => closures.of(node)),
    rules: asked.map(({ rule }) => rule),
  };
}
