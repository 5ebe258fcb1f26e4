// What is said of rule files. Codes are those that Falco uses, so that who comes from there knows them.
import type { SourcePlace } from "./condition.ts";

/** Kinds of errors and warnings. Public API. */
export type RuleMessageCode =
  | "LOAD_ERR_FILE_READ"
  | "LOAD_ERR_YAML_PARSE"
  | "LOAD_ERR_YAML_VALIDATE"
  | "LOAD_ERR_VALIDATE"
  | "LOAD_ERR_COMPILE_CONDITION"
  | "LOAD_ERR_COMPILE_OUTPUT"
  | "LOAD_UNKNOWN_SOURCE"
  | "LOAD_UNSAFE_NA_CHECK"
  | "LOAD_NO_EVTTYPE"
  | "LOAD_UNKNOWN_FILTER"
  | "LOAD_UNUSED_MACRO"
  | "LOAD_UNUSED_LIST"
  | "LOAD_UNKNOWN_ITEM"
  | "LOAD_DEPRECATED_ITEM"
  | "LOAD_WARNING_EXTENSION"
  | "LOAD_APPEND_NO_VALUES"
  | "LOAD_EXCEPTION_NAME_NOT_UNIQUE"
  | "LOAD_INVALID_MACRO_NAME"
  | "LOAD_INVALID_LIST_NAME"
  | "LOAD_COMPILE_CONDITION"
  | "LOAD_COMPILE_OUTPUT"
  | "LOAD_UNWATCHED_EVENT";

export type RuleItemType =
  | "rules content"
  | "rules content item"
  | "required_engine_version"
  | "required_plugin_versions"
  | "list"
  | "macro"
  | "rule"
  | "exception";

/** What a message is about. */
export interface RuleSubject {
  readonly type: RuleItemType;
  /** Null for what has no name. */
  readonly name: string | null;
}

/** An error: the rules are not loaded; a warning: they are, and it is to be known. */
export interface RuleMessage {
  readonly level: "error" | "warning";
  readonly code: RuleMessageCode;
  readonly subject: RuleSubject;
  /** Lower case, no full stop. */
  readonly message: string;
  readonly hint: string | null;
  readonly place: SourcePlace;
  /** The line of the file in which the place is, cut to what fits around it; null when there is none. */
  readonly excerpt: Excerpt | null;
}

export interface Excerpt {
  readonly text: string;
  /** Where in the text the place is, from 0. */
  readonly at: number;
}

/** Takes what is said while files are read. */
export interface RuleMessages {
  error(code: RuleMessageCode, facts: MessageFacts): void;
  warn(code: RuleMessageCode, facts: MessageFacts): void;
}

export interface MessageFacts {
  readonly subject: RuleSubject;
  readonly message: string;
  readonly hint?: string | null;
  readonly place: SourcePlace;
}
