// All rules of some files, with lists and macros in their places. What cannot be used is told, all of it, and left out.

import type { AlertPriority } from "../../model/alert.ts";
import { RuleCollection, type RuleDefinition } from "./collection.ts";
import type {
  ConditionSource,
  Expression,
  MacroExpression,
  SourcePlace,
  Term,
} from "./condition.ts";
import { exceptionCondition, type RuleException } from "./exceptions.ts";
import { faultOf } from "./fault.ts";
import { type ExpandedList, expandLists, quotedItem } from "./list-expansion.ts";
import { MacroLinker } from "./macros.ts";
import type { RuleMessage, RuleMessages, RuleSubject } from "./message.ts";
import { type OutputTemplate, parseOutput } from "./output-template.ts";
import { parseCondition, parseTerm } from "./parse-condition.ts";
import type { RuleFile } from "./rule-file.ts";
import { itemsOf } from "./rule-items.ts";

/** Macros see those before them; rules see all. */
const ALL_MACROS = Number.POSITIVE_INFINITY;

/** A rule that was understood; whether there are fields and events of its names, the compiler knows. */
export interface FalcoRule {
  readonly name: string;
  readonly description: string;
  readonly priority: AlertPriority;
  readonly source: string;
  readonly tags: readonly string[];
  readonly isEnabled: boolean;
  /** With macros in their places and exceptions behind it. */
  readonly condition: Expression;
  /** The text of the condition, for faults in it. */
  readonly conditionSource: ConditionSource;
  /** As it was written. */
  readonly conditionText: string;
  /** Fields of its exceptions, whether they have values or not. */
  readonly exceptionFields: readonly ExceptionField[];
  readonly output: ConditionSource;
  readonly template: OutputTemplate;
  readonly isCaptured: boolean;
  readonly captureDuration: number | null;
  readonly warnsOfEvents: boolean;
  readonly isSkippedIfUnknown: boolean;
  /** Where it begins. */
  readonly place: SourcePlace;
}

/** A field that an exception compares. */
export interface ExceptionField {
  readonly exception: string;
  readonly term: Term;
  readonly place: SourcePlace;
}

/** What files of rules say together. */
export interface FalcoRules {
  /** In the order of their first definition. */
  readonly rules: readonly FalcoRule[];
  readonly lists: number;
  readonly macros: number;
}

/** Collects messages with the lines they are about. */
export class RuleMessageList implements RuleMessages {
  readonly all: RuleMessage[] = [];
  readonly #files: ReadonlyMap<string, RuleFile>;

  constructor(files: readonly RuleFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  error(...[code, facts]: Parameters<RuleMessages["error"]>): void {
    this.#add("error", code, facts);
  }

  warn(...[code, facts]: Parameters<RuleMessages["warn"]>): void {
    this.#add("warning", code, facts);
  }

  #add(
    level: RuleMessage["level"],
    code: RuleMessage["code"],
    facts: Parameters<RuleMessages["warn"]>[1],
  ): void {
    const excerpt = this.#files.get(facts.place.path)?.excerptAt(facts.place) ?? null;
    this.all.push({
      level,
      code,
      excerpt,
      hint: facts.hint ?? null,
      subject: facts.subject,
      message: facts.message,
      place: facts.place,
    });
  }
}

/**
 * Reads rule files in order, each seeing those before it. Never throws.
 *
 * @param sources Where events come from: rules of other sources are left out with a warning.
 * @param messages Takes what is said; made of the same files.
 */
export function readFalcoRules(
  files: readonly RuleFile[],
  sources: ReadonlySet<string>,
  messages: RuleMessages,
): FalcoRules {
  const collection = new RuleCollection(messages, sources);
  for (const file of files) for (const item of itemsOf(file, messages)) collection.add(item);
  return new Resolver(collection, messages).resolve();
}

class Resolver {
  readonly #collection: RuleCollection;
  readonly #messages: RuleMessages;
  readonly #lists: readonly ExpandedList[];
  readonly #used = new Set<string>();

  constructor(collection: RuleCollection, messages: RuleMessages) {
    this.#collection = collection;
    this.#messages = messages;
    this.#lists = this.#expandedLists();
  }

  resolve(): FalcoRules {
    const { lists, macros, rules } = this.#collection;
    const linker = new MacroLinker();
    for (const macro of macros.values()) {
      const subject: RuleSubject = { type: "macro", name: macro.name };
      const parsed = this.#parse(macro.condition, subject);
      linker.define({ ...macro, ...(parsed ?? { expression: null, source: macro.condition }) });
    }
    for (const { name, fault } of linker.link()) this.#fault({ type: "macro", name }, fault);
    const resolved = [...rules.values()]
      .map((rule) => this.#rule(rule, linker))
      .filter((rule) => rule !== null);
    this.#warnUnused(linker);
    return { rules: resolved, lists: lists.size, macros: macros.size };
  }

  /** Names of earlier lists among the items become the items of those, as these are written. */
  #expandedLists(): ExpandedList[] {
    const { lists } = this.#collection;
    return [...lists.values()].map(({ name, items, visibility }) => ({
      name,
      items: items.flatMap((item) => {
        const other = lists.get(item);
        if (other === undefined || other.index >= visibility || other.name === name)
          return [quotedItem(item)];
        this.#used.add(other.name);
        return other.items.map(quotedItem);
      }),
    }));
  }

  #parse(
    written: ConditionSource,
    subject: RuleSubject,
  ): { expression: Expression; source: ConditionSource } | null {
    const { source, used, isTooLong } = expandLists(written, this.#lists);
    for (const name of used) this.#used.add(name);
    if (isTooLong) {
      this.#fault(subject, {
        message: "the condition is too long with its lists",
        hint: null,
        place: written.placeOf(0),
      });
      return null;
    }
    const { expression, fault } = parseCondition(source.text);
    if (fault === null) return { expression, source };
    this.#fault(subject, { ...fault, place: source.placeOf(fault.at) });
    return null;
  }

  #fault(
    subject: RuleSubject,
    fault: {
      readonly message: string;
      readonly hint: string | null;
      readonly place: SourcePlace;
      readonly isReference?: boolean;
    },
  ): void {
    const { message, hint, place } = fault;
    const code = fault.isReference === true ? "LOAD_ERR_VALIDATE" : "LOAD_ERR_COMPILE_CONDITION";
    this.#messages.error(code, { subject, message, hint, place });
  }

  #rule(rule: RuleDefinition, linker: MacroLinker): FalcoRule | null {
    const { name, node, condition, description, exceptions, ...rest } = rule;
    const subject: RuleSubject = { type: "rule", name };
    const parsed = this.#parse(condition, subject);
    const silent = this.#exceptions(rule);
    if (parsed === null || silent === null) return null;
    const { expression, fault } = linker.resolve({ ...parsed, visibility: ALL_MACROS });
    if (fault !== null) {
      this.#fault(subject, fault);
      return null;
    }
    const { template, fault: outputFault } = parseOutput(rule.output.text);
    if (outputFault !== null) {
      const place = rule.output.placeOf(outputFault.at);
      this.#messages.error("LOAD_ERR_COMPILE_OUTPUT", { subject, ...outputFault, place });
      return null;
    }
    const exceptionFields = this.#exceptionFields(exceptions);
    if (exceptionFields === null) return null;
    return {
      ...rest,
      name,
      description,
      template,
      condition: withExceptions(expression, silent),
      conditionSource: parsed.source,
      conditionText: condition.text,
      exceptionFields,
      place: node.place,
    };
  }

  /** When the rule stays silent; null when an exception cannot be read. */
  #exceptions({ exceptions }: RuleDefinition): MacroExpression[] | null {
    const silent: MacroExpression[] = [];
    for (const exception of exceptions) {
      const text = exceptionCondition(exception);
      if (text === null) continue;
      const placeOf = () => exception.node.place;
      const subject: RuleSubject = { type: "exception", name: exception.name };
      const body = this.#parse({ text, placeOf }, subject);
      if (body === null) return null;
      silent.push({ kind: "macro", name: exception.name, at: 0, body });
    }
    return silent;
  }

  #exceptionFields(exceptions: readonly RuleException[]): ExceptionField[] | null {
    const fields: ExceptionField[] = [];
    for (const { name, fields: texts, node } of exceptions) {
      for (const text of texts) {
        const { value, fault } = faultOf(() => parseTerm(text, 0));
        const isWhole = fault === null && value !== null && value.end === text.length;
        if (!isWhole) {
          const subject: RuleSubject = { type: "exception", name };
          const message = `${JSON.stringify(text)} is no field`;
          this.#messages.error("LOAD_ERR_VALIDATE", { subject, message, place: node.place });
          return null;
        }
        fields.push({ exception: name, term: value.term, place: node.place });
      }
    }
    return fields;
  }

  #warnUnused(linker: MacroLinker): void {
    const { lists, macros } = this.#collection;
    for (const { name, node } of macros.values()) {
      if (linker.used.has(name)) continue;
      this.#messages.warn("LOAD_UNUSED_MACRO", {
        subject: { type: "macro", name },
        message: "no rule uses the macro",
        place: node.place,
      });
    }
    for (const { name, node } of lists.values()) {
      if (this.#used.has(name)) continue;
      this.#messages.warn("LOAD_UNUSED_LIST", {
        subject: { type: "list", name },
        message: "no rule uses the list",
        place: node.place,
      });
    }
  }
}

function withExceptions(condition: Expression, silent: readonly MacroExpression[]): Expression {
  if (silent.length === 0) return condition;
  const parts = silent.map((part): Expression => ({ kind: "not", part, at: 0 }));
  return { kind: "and", parts: [condition, ...parts], at: 0 };
}
