// What one text says of many conditions, by its class: no text is made, nor remembered, for a name that never came before.
import { Bounds, type Screen, screenOf } from "./bounds.ts";
import type { TextFields } from "./contract.ts";
import type { Node } from "./graph.ts";
import type { Leaf } from "./leaf.ts";
import { FORMS, NO_CLASS, TextClasses } from "./text-classes.ts";
import { type Pattern, patternsOf } from "./text-patterns.ts";

/** Of fields that hang on one text; null when the conditions ask nothing of the text that closes any. */
export function textScreen<E>(
  conditions: readonly Node<E>[],
  leaves: readonly Leaf<E>[],
  fields: TextFields<E>,
): Screen<E> | null {
  const known = new Set<Leaf<E>>();
  const patterns: Pattern[] = [];
  for (const leaf of leaves) {
    const asked = patternsOfLeaf(leaf, fields);
    if (asked === null) continue;
    known.add(leaf);
    patterns.push(...asked);
  }
  const bounds = new Bounds<E, E>((leaf) => (known.has(leaf) ? leaf.test : null));
  const screen = screenOf(conditions.map((condition) => bounds.necessary(condition)));
  if (patterns.length === 0 || screen.closes === 0) return null;
  const unlike = patternsOf("glob", fields.unlike, "whole") ?? [];
  const classes = TextClasses.of(patterns, unlike);
  return classes === null ? null : classScreen(classes, screen, fields);
}

/** Null for what the text and its form do not answer. */
function patternsOfLeaf<E>(
  { single, question }: Leaf<E>,
  { parts }: TextFields<E>,
): readonly Pattern[] | null {
  const part = single === null ? undefined : parts.get(single.term.key);
  if (part === undefined) return null;
  // By the form alone, or by whether there is such a text.
  if (part === null || question === null) return [];
  return patternsOf(question.operator, question.values, part);
}

function classScreen<E>(
  classes: TextClasses,
  { closes, open }: Screen<E>,
  fields: TextFields<E>,
): Screen<E> {
  /** Of an event whose text is of a class. */
  const answer = (event: E, place: number): number => {
    const known = classes.remembered[place] as number;
    if (known >= 0) return known;
    const found = open(event);
    classes.remembered[place] = found;
    return found;
  };
  const byText = (event: E, form: number): number => {
    const named = classes.ofText(fields.read(event));
    const isKept = named !== NO_CLASS && !classes.isMarked(named);
    return isKept ? answer(event, named * FORMS + form) : open(event);
  };
  return {
    closes,
    open: (event) => {
      const form = fields.form(event);
      if (form < 0) return open(event);
      const text = fields.bytes(event);
      if (text === null) return byText(event, form);
      const named = classes.ofBytes(text.bytes, text.from, text.to);
      const place = named * FORMS + form;
      const known = classes.remembered[place] as number;
      if (known >= 0) return known;
      if (named === NO_CLASS || classes.isMarked(named)) return byText(event, form);
      return answer(event, place);
    },
  };
}
