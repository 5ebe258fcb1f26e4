// `bulwark rules check`: whether rule files can be used, and what they ask of the sensor.
import type { RuleMessage } from "../formats/falco/message.ts";
import { loadRules, readRuleFiles } from "./rules.ts";

/** A rule as it was understood. */
export interface CheckedRule {
  readonly name: string;
  readonly source: string;
  readonly priority: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
  /** Kinds of events that it is asked about; null for nearly all. */
  readonly events: readonly string[] | null;
}

/** An event that enabled rules need, with how many of them. */
export interface NeededEvent {
  readonly event: string;
  readonly rules: number;
}

/** What there is to say of rule files. */
export interface RulesCheck {
  readonly messages: readonly RuleMessage[];
  readonly hasErrors: boolean;
  readonly rules: readonly CheckedRule[];
  readonly lists: number;
  readonly macros: number;
  /** The most wanted first. */
  readonly events: readonly NeededEvent[];
}

/** @throws {AppError} `not-found`, `unreadable`, `limit-exceeded`. */
export async function checkRules(paths: readonly string[]): Promise<RulesCheck> {
  const loaded = loadRules(await readRuleFiles(paths));
  const { messages, hasErrors, lists, macros, sensor, audit } = loaded;
  const engine = sensor.engine("all");
  const events = [...engine.needs].map(([event, count]) => ({ event, rules: count }));
  return {
    messages: inOrder(messages, paths),
    hasErrors,
    rules: [...sensor.rules, ...audit.rules].map(({ rule, events: set }) => ({
      name: rule.name,
      source: rule.source,
      priority: rule.priority,
      enabled: rule.isEnabled,
      tags: rule.tags,
      file: rule.place.path,
      line: rule.place.line,
      events: set.isComplement ? null : [...set.names].sort(),
    })),
    lists,
    macros,
    events: events.sort((a, b) => b.rules - a.rules || a.event.localeCompare(b.event)),
  };
}

/** As they stand in the files. */
function inOrder(messages: readonly RuleMessage[], paths: readonly string[]): RuleMessage[] {
  return [...messages].sort(
    ({ place: a }, { place: b }) =>
      paths.indexOf(a.path) - paths.indexOf(b.path) || a.line - b.line || a.column - b.column,
  );
}
