// The condition of a rule as a tree. Source: falcosecurity/libs, userspace/libsinsp/filter/parser.h and its tests.

/** A field of an event, or a transformer of fields and texts: what stands left of an operator. */
export type Term = FieldTerm | TransformerTerm;

export interface FieldTerm {
  readonly kind: "field";
  readonly name: string;
  /** What stands in brackets: `evt.arg[0]`. */
  readonly argument: string | null;
  /** Where it begins, in UTF-16 units of the condition. */
  readonly at: number;
}

export interface TransformerTerm {
  readonly kind: "transformer";
  readonly name: TransformerName;
  readonly operands: readonly Operand[];
  readonly argument: string | null;
  readonly at: number;
}

/** What a transformer is given. */
export type Operand =
  | Term
  | TextValue
  | { readonly kind: "operands"; readonly items: readonly Operand[]; readonly at: number };

/** A text as it is meant: without its quotes and escapes. */
export interface TextValue {
  readonly kind: "text";
  readonly text: string;
  readonly at: number;
}

/** What stands right of an operator. A `name` is a list that has not been put in its place. */
export type Value =
  | Term
  | TextValue
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly TextValue[]; readonly at: number };

export interface CheckExpression {
  readonly kind: "check";
  readonly left: Term;
  readonly operator: BinaryOperator;
  readonly modifier: Modifier | null;
  readonly right: Value;
  readonly at: number;
}

export interface ExistsExpression {
  readonly kind: "exists";
  readonly left: Term;
  readonly at: number;
}

export interface MacroExpression {
  readonly kind: "macro";
  readonly name: string;
  readonly at: number;
  /** What it stands for; null until macros are put in their places. */
  readonly body: MacroBody | null;
}

/** The condition of a macro. */
export interface MacroBody {
  readonly expression: Expression;
  /** Where the places of its tree are. */
  readonly source: ConditionSource;
}

/** Where the text of a condition comes from. */
export interface ConditionSource {
  readonly text: string;
  /** The place in a file of a place in the text. */
  placeOf(at: number): SourcePlace;
}

/** A place in a rule file, 1-based. */
export interface SourcePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** What can be true or false of an event. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[]; readonly at: number }
  | { readonly kind: "not"; readonly part: Expression; readonly at: number }
  | MacroExpression
  | ExistsExpression
  | CheckExpression;

export const NUMBER_OPERATORS = ["<=", "<", ">=", ">"] as const;
export const SYMBOL_OPERATORS = ["==", "=", "!="] as const;
export const WORD_OPERATORS = [
  "glob",
  "iglob",
  "contains",
  "icontains",
  "bcontains",
  "startswith",
  "bstartswith",
  "endswith",
  "regex",
] as const;
export const LIST_OPERATORS = ["intersects", "in", "pmatch"] as const;

/** How the values of a list are meant behind an operator for one text. */
export const MODIFIERS = ["oneof", "anyof", "allof"] as const;

export const TRANSFORMERS = [
  "tolower",
  "toupper",
  "b64",
  "basename",
  "len",
  "join",
  "concat",
  "getopt",
] as const;

export type NumberOperator = (typeof NUMBER_OPERATORS)[number];
export type TextOperator = (typeof SYMBOL_OPERATORS)[number] | (typeof WORD_OPERATORS)[number];
export type ListOperator = (typeof LIST_OPERATORS)[number];
export type BinaryOperator = NumberOperator | TextOperator | ListOperator;
export type Modifier = (typeof MODIFIERS)[number];
/** `val` names the other field of a comparison, and stands on the right only. */
export type TransformerName = (typeof TRANSFORMERS)[number] | "val";
