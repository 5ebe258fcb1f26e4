// Lists, macros and rules as all files together define them: later items replace, append to and switch off earlier ones.
// Source: falcosecurity/falco, userspace/engine/rule_loader_collector.cpp and rule_loader_reader.cpp.
import type { AlertPriority } from "../../model/alert.ts";
import {
  type ExceptionDraft,
  exceptionDrafts,
  exceptionOf,
  type RuleException,
  withValues,
} from "./exceptions.ts";
import type { RuleMessages } from "./message.ts";
import { PRIORITIES, priorityNamed } from "./priorities.ts";
import { checkEngineVersion, checkPlugins } from "./requirements.ts";
import type { RuleNode } from "./rule-file.ts";
import { ItemMessages, isTrue, type OverrideMode, type RuleItem, refusable } from "./rule-items.ts";
import { WrittenText } from "./written-text.ts";

interface Defined {
  readonly name: string;
  readonly node: RuleNode;
  /** Where it was first defined, among all items. */
  readonly index: number;
  /** Where it was last changed: it sees what was first defined before. */
  readonly visibility: number;
}

export interface ListDefinition extends Defined {
  readonly items: readonly string[];
}

export interface MacroDefinition extends Defined {
  readonly condition: WrittenText;
}

export interface RuleDefinition extends Defined {
  readonly condition: WrittenText;
  readonly output: WrittenText;
  readonly description: string;
  readonly priority: AlertPriority;
  readonly source: string;
  readonly tags: readonly string[];
  readonly exceptions: readonly RuleException[];
  readonly isEnabled: boolean;
  readonly isCaptured: boolean;
  /** Milliseconds; null when not given. */
  readonly captureDuration: number | null;
  /** Whether to warn when it asks for nearly all events. */
  readonly warnsOfEvents: boolean;
  readonly isSkippedIfUnknown: boolean;
}

/** What may be changed, without its place. */
type RuleDraft = Omit<RuleDefinition, keyof Defined>;

/** Takes items in order. */
export class RuleCollection {
  readonly lists: Map<string, ListDefinition> = new Map();
  readonly macros: Map<string, MacroDefinition> = new Map();
  readonly rules: Map<string, RuleDefinition> = new Map();
  readonly #messages: RuleMessages;
  readonly #sources: ReadonlySet<string>;
  /** Rules that were left out, by the source that is not there. */
  readonly #leftOut = new Map<string, string>();
  #index = 0;

  constructor(messages: RuleMessages, sources: ReadonlySet<string>) {
    this.#messages = messages;
    this.#sources = sources;
  }

  add(item: RuleItem): void {
    const { type, name, node } = item;
    const subject = { type, name: type === name ? null : name };
    const about = new ItemMessages(this.#messages, subject, node);
    refusable(() => {
      if (type === "required_engine_version") checkEngineVersion(item, about);
      else if (type === "required_plugin_versions") checkPlugins(item, about);
      else if (type === "list") this.#list(item, about);
      else if (type === "macro") this.#macro(item, about);
      else this.#rule(item, about);
    });
    this.#index += 1;
  }

  #list(item: RuleItem, about: ItemMessages): void {
    const { name } = item;
    const node = needed(item, "items", about);
    const items = node.items?.map((one) => one.text ?? "") ?? (node.text === "" ? [] : null);
    if (items === null) about.refuse("LOAD_ERR_YAML_VALIDATE", "items is no list", null, node);
    if (!/^[^\s()"'=,]+$/.test(name))
      about.warn(
        "LOAD_INVALID_LIST_NAME",
        "a list has a name that is no word",
        "use letters, digits and _",
      );
    const before = this.lists.get(name);
    const isAppended = this.#isAppended(item, "items", before, about);
    this.lists.set(name, {
      ...this.#defined(item, before),
      items: isAppended && before !== undefined ? [...before.items, ...items] : items,
    });
  }

  #macro(item: RuleItem, about: ItemMessages): void {
    const { name } = item;
    const condition = textOf(item, "condition", about);
    if (!/^[a-zA-Z]\w*$/.test(name))
      about.warn(
        "LOAD_INVALID_MACRO_NAME",
        "a macro has a name that no condition can name",
        "use letters, digits and _, a letter first",
      );
    const before = this.macros.get(name);
    const isAppended = this.#isAppended(item, "condition", before, about);
    this.macros.set(name, {
      ...this.#defined(item, before),
      condition:
        isAppended && before !== undefined ? before.condition.append(condition) : condition,
    });
  }

  #isAppended(
    { isAppended, overrides, type }: RuleItem,
    key: string,
    before: Defined | undefined,
    about: ItemMessages,
  ): boolean {
    const appends = isAppended || overrides?.get(key) === "append";
    if (appends && before === undefined)
      about.refuse("LOAD_ERR_VALIDATE", `there is no ${type} of that name before, to append to`);
    return appends;
  }

  #defined({ name, node }: RuleItem, before: Defined | undefined): Defined {
    return { name, node, index: before?.index ?? this.#index, visibility: this.#index };
  }

  #rule(item: RuleItem, about: ItemMessages): void {
    const before = this.rules.get(item.name);
    const source = item.members.get("source")?.text ?? "";
    if (before !== undefined && source !== "" && source !== before.source)
      about.refuse(
        "LOAD_ERR_VALIDATE",
        `the rule is defined above for source ${before.source}, here for ${source}`,
      );
    const known = before?.source ?? this.#leftOut.get(item.name) ?? "syscall";
    if (!this.#isSourceKnown(item.name, source === "" ? known : source, about)) return;
    if (item.isAppended) this.#append(item, before, about);
    else if (item.overrides !== null) this.#override(item, item.overrides, before, about);
    else if (isSwitch(item)) this.#switch(item, before, about);
    else this.#define(item, before, about);
  }

  /** Rules of sources that are not there are left out, and what is appended to them. */
  #isSourceKnown(name: string, source: string, about: ItemMessages): boolean {
    if (this.#sources.has(source)) return true;
    this.#leftOut.set(name, source);
    about.warn(
      "LOAD_UNKNOWN_SOURCE",
      `the rule is left out: no events come from ${source}`,
      `sources are ${[...this.#sources].join(", ")}`,
    );
    return false;
  }

  #define(item: RuleItem, before: RuleDefinition | undefined, about: ItemMessages): void {
    const { members } = item;
    const draft: RuleDraft = {
      condition: textOf(item, "condition", about),
      output: textOf(item, "output", about),
      description: needed(item, "desc", about).text ?? "",
      priority: priorityOf(needed(item, "priority", about), about),
      source: members.get("source")?.text || "syscall",
      tags: textsOf(members.get("tags")),
      exceptions: definedExceptions(members.get("exceptions"), about),
      isEnabled: !members.has("enabled") || isTrue(members.get("enabled")),
      ...captureOf(members, about),
      warnsOfEvents: !members.has("warn_evttypes") || isTrue(members.get("warn_evttypes")),
      isSkippedIfUnknown: isTrue(members.get("skip-if-unknown-filter")),
    };
    this.rules.set(item.name, { ...this.#defined(item, before), ...draft });
  }

  #append(item: RuleItem, before: RuleDefinition | undefined, about: ItemMessages): void {
    const { members } = item;
    if (!members.has("condition") && !members.has("exceptions"))
      about.refuse("LOAD_ERR_VALIDATE", "there is neither a condition nor an exception to append");
    if (before === undefined)
      about.refuse("LOAD_ERR_VALIDATE", "there is no rule of that name before, to append to");
    const condition = members.has("condition") ? textOf(item, "condition", about) : null;
    this.rules.set(item.name, {
      ...before,
      visibility: this.#index,
      condition: condition === null ? before.condition : before.condition.append(condition),
      exceptions: moreExceptions(before.exceptions, members.get("exceptions"), about),
    });
  }

  #override(
    item: RuleItem,
    overrides: ReadonlyMap<string, OverrideMode>,
    before: RuleDefinition | undefined,
    about: ItemMessages,
  ): void {
    if (before === undefined) {
      const mode = [...overrides.values()].includes("append") ? "append to" : "replace parts of";
      about.refuse("LOAD_ERR_VALIDATE", `there is no rule of that name before, to ${mode}`);
    }
    let rule: RuleDefinition = { ...before, visibility: this.#index };
    for (const [key, mode] of overrides)
      rule = { ...rule, ...overridden(item, key, mode, rule, about) };
    this.rules.set(item.name, rule);
  }

  #switch(item: RuleItem, before: RuleDefinition | undefined, about: ItemMessages): void {
    about.warn(
      "LOAD_DEPRECATED_ITEM",
      "a rule with enabled alone is deprecated",
      "write override: {enabled: replace}",
    );
    if (before === undefined)
      about.refuse(
        "LOAD_ERR_VALIDATE",
        "there is no rule of that name before, to switch on or off",
      );
    this.rules.set(item.name, { ...before, isEnabled: isTrue(item.members.get("enabled")) });
  }
}

/** Only to switch a rule on or off, the old way. */
function isSwitch({ members }: RuleItem): boolean {
  return (
    members.has("enabled") &&
    !["condition", "output", "desc", "priority"].some((key) => members.has(key))
  );
}

function overridden(
  item: RuleItem,
  key: string,
  mode: OverrideMode,
  rule: RuleDefinition,
  about: ItemMessages,
): Partial<RuleDraft> {
  const node = item.members.get(key);
  const isAppended = mode === "append";
  switch (key) {
    case "condition":
    case "output": {
      const text = textOf(item, key, about);
      return { [key]: isAppended ? rule[key].append(text) : text };
    }
    case "desc": {
      const text = node?.text ?? "";
      return { description: isAppended ? `${rule.description} ${text}` : text };
    }
    case "tags":
      return { tags: [...new Set([...(isAppended ? rule.tags : []), ...textsOf(node)])] };
    case "exceptions":
      return {
        exceptions: isAppended
          ? moreExceptions(rule.exceptions, node, about)
          : definedExceptions(node, about),
      };
    case "priority":
      return { priority: priorityOf(needed(item, "priority", about), about) };
    case "enabled":
      return { isEnabled: isTrue(node) };
    case "warn_evttypes":
      return { warnsOfEvents: isTrue(node) };
    case "skip-if-unknown-filter":
      return { isSkippedIfUnknown: isTrue(node) };
    case "capture":
      return { isCaptured: isTrue(node) };
    default:
      return { captureDuration: captureOf(item.members, about).captureDuration };
  }
}

function needed({ members }: RuleItem, key: string, about: ItemMessages): RuleNode {
  const node = members.get(key);
  return node ?? about.refuse("LOAD_ERR_YAML_VALIDATE", `the item has no '${key}'`);
}

function textOf(item: RuleItem, key: string, about: ItemMessages): WrittenText {
  const node = needed(item, key, about);
  if (node.text === null || node.text.trim() === "")
    about.refuse("LOAD_ERR_YAML_VALIDATE", `'${key}' is no text`, null, node);
  return WrittenText.of(node);
}

function textsOf(node: RuleNode | undefined): string[] {
  return (node?.items ?? []).map((one) => one.text ?? "").filter((text) => text !== "");
}

function priorityOf(node: RuleNode, about: ItemMessages): AlertPriority {
  const known = priorityNamed(node.text ?? "");
  if (known !== null) return known;
  return about.refuse(
    "LOAD_ERR_YAML_VALIDATE",
    `'${node.text}' is no priority`,
    `priorities are ${PRIORITIES.join(", ")}`,
    node,
  );
}

function captureOf(
  members: ReadonlyMap<string, RuleNode>,
  about: ItemMessages,
): Pick<RuleDraft, "isCaptured" | "captureDuration"> {
  const node = members.get("capture_duration");
  const isCaptured = isTrue(members.get("capture"));
  if (node === undefined) return { isCaptured, captureDuration: null };
  if (!/^[0-9]{1,10}$/.test(node.text ?? ""))
    about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      "capture_duration is no number of milliseconds",
      null,
      node,
    );
  return { isCaptured, captureDuration: Number(node.text) };
}

function definedExceptions(
  node: RuleNode | undefined,
  about: ItemMessages,
): readonly RuleException[] {
  if (node === undefined) return [];
  const exceptions = exceptionDrafts(node, about).map((draft) => exceptionOf(draft, about, false));
  const names = exceptions.map(({ name }) => name);
  const repeated = exceptions.find(({ name }, i) => names.indexOf(name) !== i);
  if (repeated !== undefined)
    about
      .about("exception", repeated.name, repeated.node)
      .warn("LOAD_EXCEPTION_NAME_NOT_UNIQUE", "two exceptions of the rule have this name");
  return exceptions;
}

function moreExceptions(
  before: readonly RuleException[],
  node: RuleNode | undefined,
  about: ItemMessages,
): readonly RuleException[] {
  if (node === undefined) return before;
  return exceptionDrafts(node, about).reduce(
    (all, draft) => moreException(all, draft, about),
    before,
  );
}

function moreException(
  before: readonly RuleException[],
  draft: ExceptionDraft,
  about: ItemMessages,
): readonly RuleException[] {
  const known = before.find(({ name }) => name === draft.name);
  if (!draft.hasValues)
    about
      .about("exception", draft.name, draft.node)
      .warn(
        "LOAD_APPEND_NO_VALUES",
        "an exception is appended to without values",
        "write values: with an s",
      );
  if (known === undefined) return [...before, exceptionOf(draft, about, true)];
  const changed = withValues(known, draft, about);
  return before.map((one) => (one === known ? changed : one));
}
