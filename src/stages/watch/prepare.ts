// Rules of a file, before they run: what they name is looked up, and what is wrong or better written otherwise is told.
import type { ConditionSource, SourcePlace } from "../../formats/falco/condition.ts";
import type { RuleMessageCode, RuleMessages, RuleSubject } from "../../formats/falco/message.ts";
import type { FalcoRule } from "../../formats/falco/rule-set.ts";
import { examineCondition, type PlacedRemark } from "./compile.ts";
import { type EventSet, eventsOf, hasEvent } from "./event-set.ts";
import { CompileFault } from "./fault.ts";
import type { LeafMaker } from "./graph.ts";
import { type OutputWriter, outputCautions, outputWriter } from "./output.ts";
import { readTerm } from "./term.ts";

/** A rule that can run. */
export interface PreparedRule<E> {
  readonly rule: FalcoRule;
  /** Events of which its condition may be true. */
  readonly events: EventSet;
  readonly output: OutputWriter<E>;
}

/** More kinds of events than this, and Falco warns of the rule: it counts the two codes of each, and 100 of those. */
const EVENTS_MAX = 50;

/** Prepares the rules of one source of events. Those that cannot run are told, and left out. */
export class RulePreparer<E> {
  readonly #maker: LeafMaker<E>;
  readonly #messages: RuleMessages;
  readonly #watched: ReadonlySet<string> | null;

  /** @param watched Names of the events that are there at all; null when the source has no kinds of events. */
  constructor(maker: LeafMaker<E>, messages: RuleMessages, watched: ReadonlySet<string> | null) {
    this.#maker = maker;
    this.#messages = messages;
    this.#watched = watched;
  }

  /** @returns Null when the rule cannot run. */
  prepare(rule: FalcoRule): PreparedRule<E> | null {
    const hasExceptions = this.#areExceptionsKnown(rule);
    // The condition holds its exceptions, and says of them what was said already.
    const { faults, warnings } = hasExceptions
      ? examineCondition(rule.condition, this.#maker)
      : { faults: [], warnings: [] };
    for (const warning of warnings) this.#tell("warn", "LOAD_COMPILE_CONDITION", rule, warning);
    for (const fault of faults)
      this.#refuse(rule, fault.isUnknown, "LOAD_ERR_COMPILE_CONDITION", {
        ...fault,
        place: placeIn(rule, fault),
      });
    const output = this.#output(rule);
    if (!hasExceptions || faults.length > 0 || output === null) return null;
    const events = eventsOf(rule.condition);
    this.#warnOfEvents(rule, events);
    return { rule, events, output };
  }

  #output(rule: FalcoRule): OutputWriter<E> | null {
    const { fields } = this.#maker.context;
    try {
      const writer = outputWriter(rule.template, fields);
      for (const { at, message } of outputCautions(rule.template, fields)) {
        const place = rule.output.placeOf(at);
        this.#messages.warn("LOAD_COMPILE_OUTPUT", {
          subject: subjectOf(rule),
          message: `in the output, ${message}`,
          place,
        });
      }
      return writer;
    } catch (error) {
      if (!(error instanceof CompileFault)) throw error;
      const { at, message, hint } = error.remark;
      const place = rule.output.placeOf(at);
      this.#refuse(rule, error.isUnknown, "LOAD_ERR_COMPILE_OUTPUT", { message, hint, place });
      return null;
    }
  }

  #areExceptionsKnown(rule: FalcoRule): boolean {
    let areKnown = true;
    for (const { exception, term, place } of rule.exceptionFields) {
      try {
        readTerm(term, this.#maker.context.fields);
      } catch (error) {
        if (!(error instanceof CompileFault)) throw error;
        const subject: RuleSubject = { type: "exception", name: exception };
        const { message, hint } = error.remark;
        this.#messages.error("LOAD_ERR_VALIDATE", { subject, message, hint, place });
        areKnown = false;
      }
    }
    return areKnown;
  }

  #warnOfEvents(rule: FalcoRule, events: EventSet): void {
    if (this.#watched === null) return;
    const subject = subjectOf(rule);
    const { place } = rule;
    const isWide = events.isComplement || events.names.size > EVENTS_MAX;
    if (isWide && rule.warnsOfEvents)
      this.#messages.warn("LOAD_NO_EVTTYPE", {
        subject,
        message: "the rule asks for nearly all kinds of events, which is slow",
        hint: "say in the condition which it is about, as in evt.type in (execve, execveat)",
        place,
      });
    const isSeen =
      isWide ||
      events.names.size === 0 ||
      [...this.#watched].some((name) => hasEvent(events, name));
    if (!isSeen)
      this.#messages.warn("LOAD_UNWATCHED_EVENT", {
        subject,
        message: `the rule never matches here: the sensor does not watch ${[...events.names].join(", ")}`,
        place,
      });
  }

  /** A rule that names what we do not have is left out when it says so, and an error otherwise. */
  #refuse(
    rule: FalcoRule,
    isUnknown: boolean,
    code: RuleMessageCode,
    {
      message,
      hint,
      place,
    }: { readonly message: string; readonly hint: string | null; readonly place: SourcePlace },
  ): void {
    const subject = subjectOf(rule);
    if (isUnknown && rule.isSkippedIfUnknown)
      this.#messages.warn("LOAD_UNKNOWN_FILTER", {
        subject,
        message: `the rule is left out: ${message}`,
        place,
      });
    else this.#messages.error(code, { subject, message, hint, place });
  }

  #tell(level: "warn", code: RuleMessageCode, rule: FalcoRule, remark: PlacedRemark): void {
    const { message, hint } = remark;
    this.#messages[level](code, {
      subject: subjectOf(rule),
      message,
      hint,
      place: placeIn(rule, remark),
    });
  }
}

function subjectOf({ name }: FalcoRule): RuleSubject {
  return { type: "rule", name };
}

function placeIn(rule: FalcoRule, { at, macro }: PlacedRemark): SourcePlace {
  const source: ConditionSource = macro?.body?.source ?? rule.conditionSource;
  return source.placeOf(at);
}
