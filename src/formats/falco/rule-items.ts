// From the nodes of a rule file to its items: lists, macros, rules and what a file needs. What an item must have is checked here, what
// it does to items before it in collection.ts.
import type {
  MessageFacts,
  RuleItemType,
  RuleMessageCode,
  RuleMessages,
  RuleSubject,
} from "./message.ts";
import type { RuleFile, RuleNode } from "./rule-file.ts";

export type OverrideMode = "append" | "replace";

/** One item as it is written. */
export interface RuleItem {
  readonly type: "list" | "macro" | "rule" | "required_engine_version" | "required_plugin_versions";
  readonly name: string;
  readonly node: RuleNode;
  readonly members: ReadonlyMap<string, RuleNode>;
  readonly isAppended: boolean;
  /** By key; null when the item overrides nothing. */
  readonly overrides: ReadonlyMap<string, OverrideMode> | null;
}

/** How an item that cannot be used leaves its reader: it has been said why. */
export class ItemRefused {}

/** What is known of an item while messages about it are made. */
export class ItemMessages {
  readonly messages: RuleMessages;
  readonly subject: RuleSubject;
  readonly node: RuleNode;

  constructor(messages: RuleMessages, subject: RuleSubject, node: RuleNode) {
    this.messages = messages;
    this.subject = subject;
    this.node = node;
  }

  about(type: RuleItemType, name: string | null, node: RuleNode): ItemMessages {
    return new ItemMessages(this.messages, { type, name }, node);
  }

  warn(
    code: RuleMessageCode,
    message: string,
    hint: string | null = null,
    node: RuleNode = this.node,
  ): void {
    this.messages.warn(code, this.#facts(message, hint, node));
  }

  /** @throws ItemRefused, always. */
  refuse(
    code: RuleMessageCode,
    message: string,
    hint: string | null = null,
    node: RuleNode = this.node,
  ): never {
    this.messages.error(code, this.#facts(message, hint, node));
    throw new ItemRefused();
  }

  #facts(message: string, hint: string | null, node: RuleNode): MessageFacts {
    return { subject: this.subject, message, hint, place: node.place };
  }
}

const APPENDABLE: Readonly<Record<"list" | "macro" | "rule", readonly string[]>> = {
  list: ["items"],
  macro: ["condition"],
  rule: ["condition", "output", "desc", "tags", "exceptions"],
};
const REPLACEABLE: Readonly<Record<"list" | "macro" | "rule", readonly string[]>> = {
  list: APPENDABLE.list,
  macro: APPENDABLE.macro,
  rule: [
    ...APPENDABLE.rule,
    "priority",
    "enabled",
    "capture",
    "capture_duration",
    "warn_evttypes",
    "skip-if-unknown-filter",
  ],
};
const KEYS: Readonly<Record<"list" | "macro" | "rule", ReadonlySet<string>>> = {
  list: new Set(["list", "append", "override", ...REPLACEABLE.list]),
  macro: new Set(["macro", "append", "override", ...REPLACEABLE.macro]),
  rule: new Set(["rule", "append", "override", "source", ...REPLACEABLE.rule]),
};

/** All items of a file, in order. What is no item is told. */
export function itemsOf(file: RuleFile, messages: RuleMessages): readonly RuleItem[] {
  const { tops, fault } = file.tops();
  const content: RuleSubject = { type: "rules content", name: null };
  if (fault !== null) {
    const place = file.placeAt(fault.offset);
    messages.error("LOAD_ERR_YAML_PARSE", { subject: content, message: fault.message, place });
  }
  return tops.flatMap((top) => {
    const about = new ItemMessages(messages, content, top);
    return (
      refusable(() => itemNodes(top, about).flatMap((node) => itemAt(node, about) ?? [])) ?? []
    );
  });
}

/** Runs a reader; null when it refused. */
export function refusable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ItemRefused) return null;
    throw error;
  }
}

function itemNodes(top: RuleNode, about: ItemMessages): readonly RuleNode[] {
  const { items, text } = top;
  if (items !== null) return items;
  const state = text === null ? "a mapping and no list of items" : "a text and no list of items";
  return about.refuse(
    "LOAD_ERR_YAML_VALIDATE",
    `the document is ${state}`,
    "begin each list, macro and rule with a dash",
  );
}

const TYPES = [
  "rule",
  "macro",
  "list",
  "required_engine_version",
  "required_plugin_versions",
] as const;

function itemAt(node: RuleNode, about: ItemMessages): RuleItem | null {
  return refusable(() => {
    const { members } = node;
    const item = about.about("rules content item", null, node);
    if (members === null) return item.refuse("LOAD_ERR_YAML_VALIDATE", "the item is no mapping");
    const type = TYPES.find((one) => members.has(one));
    if (type === undefined) {
      item.warn("LOAD_UNKNOWN_ITEM", `an item is none of ${TYPES.join(", ")}, and is left out`);
      return null;
    }
    if (type === "required_engine_version" || type === "required_plugin_versions")
      return { type, name: type, node, members, isAppended: false, overrides: null };
    return namedItem(type, { node, members }, about);
  });
}

function namedItem(
  type: "list" | "macro" | "rule",
  { node, members }: { readonly node: RuleNode; readonly members: ReadonlyMap<string, RuleNode> },
  about: ItemMessages,
): RuleItem {
  const name = members.get(type)?.text ?? "";
  if (name === "")
    about.about(type, null, node).refuse("LOAD_ERR_YAML_VALIDATE", `the ${type} has no name`);
  const item = about.about(type, name, node);
  warnUnknownKeys(type, members, item);
  const isAppended = isTrue(members.get("append"));
  const overrides = overridesOf(type, members, item);
  if (isAppended)
    item.warn(
      "LOAD_DEPRECATED_ITEM",
      "append: true is deprecated",
      "write override: with the keys to append",
    );
  if (isAppended && overrides !== null)
    item.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      "append and override stand in the same item",
      "leave append out",
    );
  return { type, name, node, members, isAppended, overrides };
}

function warnUnknownKeys(
  type: "list" | "macro" | "rule",
  members: ReadonlyMap<string, RuleNode>,
  about: ItemMessages,
): void {
  for (const [key, node] of members) {
    if (KEYS[type].has(key)) continue;
    about.warn("LOAD_UNKNOWN_ITEM", `unknown key '${key}', which is left out`, null, node);
  }
}

function overridesOf(
  type: "list" | "macro" | "rule",
  members: ReadonlyMap<string, RuleNode>,
  about: ItemMessages,
): ReadonlyMap<string, OverrideMode> | null {
  const node = members.get("override");
  if (node === undefined) return null;
  const given = node.members;
  if (given === null)
    return about.refuse("LOAD_ERR_YAML_VALIDATE", "override is no mapping", null, node);
  const overrides = new Map<string, OverrideMode>();
  for (const [key, value] of given) overrides.set(key, overrideMode(type, key, value, about));
  for (const [key, mode] of overrides) {
    if (members.has(key)) continue;
    about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `override says to ${mode} '${key}', and '${key}' is not defined in the item`,
    );
  }
  if (type === "rule") refuseUnnamedKeys(members, overrides, about);
  return overrides;
}

function overrideMode(
  type: "list" | "macro" | "rule",
  key: string,
  value: RuleNode,
  about: ItemMessages,
): OverrideMode {
  const mode = value.text ?? "";
  if (!REPLACEABLE[type].includes(key))
    return about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `'${key}' cannot be overridden`,
      `keys are ${REPLACEABLE[type].join(", ")}`,
      value,
    );
  if (mode === "replace") return mode;
  if (mode !== "append")
    return about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `override of '${key}' is neither append nor replace`,
      null,
      value,
    );
  if (!APPENDABLE[type].includes(key))
    return about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `key '${key}' cannot be appended to`,
      "use replace instead",
      value,
    );
  return mode;
}

/** What an item overrides is named, all of it: a key that is forgotten would be lost. */
function refuseUnnamedKeys(
  members: ReadonlyMap<string, RuleNode>,
  overrides: ReadonlyMap<string, OverrideMode>,
  about: ItemMessages,
): void {
  for (const [key, node] of members) {
    if (!REPLACEABLE.rule.includes(key) || overrides.has(key)) continue;
    about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `unexpected key '${key}'`,
      `say in override what is to be done with '${key}'`,
      node,
    );
  }
}

/** As YAML 1.1 has it, which Falco's reader knows. */
export function isTrue(node: RuleNode | undefined): boolean {
  return /^(?:true|yes|on|y)$/i.test(node?.text ?? "");
}
