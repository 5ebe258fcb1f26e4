// Loads rules for what runs: files in Falco's language, checked and compiled for the events that we have.
import { fullMatch } from "../formats/falco/full-match.ts";
import type { RuleMessage, RuleMessages } from "../formats/falco/message.ts";
import { RuleFile } from "../formats/falco/rule-file.ts";
import { type FalcoRule, RuleMessageList, readFalcoRules } from "../formats/falco/rule-set.ts";
import { readNamed } from "../io/named-file.ts";
import { utf8 } from "../kit/text.ts";
import { EVENT_TYPES, type SensorEvent } from "../model/event.ts";
import { AUDIT_EVENT, type AuditRecord, auditFields } from "../stages/watch/audit/fields.ts";
import type { CompilerContext } from "../stages/watch/contract.ts";
import { RuleEngine } from "../stages/watch/engine.ts";
import { LeafMaker } from "../stages/watch/graph.ts";
import { type PreparedRule, RulePreparer } from "../stages/watch/prepare.ts";
import { EVENT_NAMES } from "../stages/watch/syscall/event-names.data.ts";
import { type Surroundings, syscallFields } from "../stages/watch/syscall/fields.ts";
import { OWN_RULES, ownRules } from "./own-rules.ts";

/** A rule file, read. */
export interface RuleText {
  /** For messages. */
  readonly path: string;
  readonly text: string;
}

/** What is known when nobody asked the host. */
export const NO_SURROUNDINGS: Surroundings = {
  userName: (uid) => (uid === 0 ? "root" : null),
  groupName: (gid) => (gid === 0 ? "root" : null),
  hostName: null,
  hosts: null,
};

/** Rules over one source of events, in their order. */
export interface SourceRules<E> {
  readonly rules: readonly PreparedRule<E>[];
  /** Makes an engine of those that are enabled. */
  engine(matching: "first" | "all"): RuleEngine<E>;
}

/** What files of rules gave. With an error among the messages, they are not to be run. */
export interface LoadedRules {
  readonly messages: readonly RuleMessage[];
  readonly hasErrors: boolean;
  readonly lists: number;
  readonly macros: number;
  /** Over what the sensor observes (`source: syscall`). */
  readonly sensor: SourceRules<SensorEvent>;
  /** Over the audit events of an API server (`source: k8s_audit`); all are of one kind, with code 0. */
  readonly audit: SourceRules<AuditRecord>;
}

/** @throws {AppError} `not-found`, `unreadable`, `limit-exceeded`. */
export async function readRuleFiles(paths: readonly string[]): Promise<readonly RuleText[]> {
  const files: RuleText[] = [];
  for (const path of paths)
    if (path === OWN_RULES) files.push(ownRules());
    else files.push({ path, text: utf8((await readNamed("rules", path)).bytes) });
  return files;
}

/** Loads rule files, each seeing those before it. Never throws: what is wrong is among the messages. */
export function loadRules(
  texts: readonly RuleText[],
  surroundings: Surroundings = NO_SURROUNDINGS,
): LoadedRules {
  const files = texts.map(({ path, text }) => new RuleFile(path, text));
  const messages = new RuleMessageList(files);
  const { rules: read, lists, macros } = readFalcoRules(files, SOURCES, messages);
  const sensor = sourceRules(read, "syscall", messages, {
    context: {
      fields: syscallFields(surroundings),
      regex: fullMatch,
      eventNames: new Set(EVENT_NAMES),
    },
    eventNames: EVENT_TYPES,
    watched: new Set(EVENT_TYPES),
  });
  const audit = sourceRules(read, "k8s_audit", messages, {
    context: { fields: auditFields(), regex: fullMatch, eventNames: null },
    eventNames: [AUDIT_EVENT],
    watched: null,
  });
  const hasErrors = messages.all.some(({ level }) => level === "error");
  return { messages: messages.all, hasErrors, lists, macros, sensor, audit };
}

interface Source<E> {
  readonly context: CompilerContext<E>;
  /** By code. */
  readonly eventNames: readonly string[];
  readonly watched: ReadonlySet<string> | null;
}

function sourceRules<E>(
  all: readonly FalcoRule[],
  name: string,
  messages: RuleMessages,
  { context, eventNames, watched }: Source<E>,
): SourceRules<E> {
  const maker = new LeafMaker<E>(context);
  const preparer = new RulePreparer(maker, messages, watched);
  const own = all.filter(({ source }) => source === name);
  const rules = own.map((rule) => preparer.prepare(rule)).filter((rule) => rule !== null);
  return { rules, engine: (matching) => new RuleEngine(rules, maker, { eventNames, matching }) };
}

const SOURCES: ReadonlySet<string> = new Set(["syscall", "k8s_audit"]);
