// The output of a rule, written from the event that matched.

import type { Term } from "../../formats/falco/condition.ts";
import type { OutputTemplate } from "../../formats/falco/output-template.ts";
import type { FieldReading, FieldTable, FieldValue } from "./contract.ts";
import { readField, readTerm } from "./term.ts";

/** What is shown for a value that is missing. */
const MISSING = "<NA>";

/** A value as a program wants it: numbers stay numbers, lists are one text; null is missing. */
export type OutputValue = string | number | boolean | null;

/** An output with its values by the names they have in it. */
export interface WrittenOutput {
  readonly text: string;
  readonly fields: Readonly<Record<string, OutputValue>>;
}

export type OutputWriter<E> = (event: E) => WrittenOutput;

/** A term that an output shows. */
interface ShownTerm<E> {
  readonly name: string;
  readonly width: number | null;
  readonly read: (event: E) => OutputValue;
}

/** @throws CompileFault for a field that there is not. */
export function outputWriter<E>({ parts }: OutputTemplate, fields: FieldTable<E>): OutputWriter<E> {
  const shown = parts.map((part): string | ShownTerm<E> =>
    part.kind === "text"
      ? part.text
      : { name: part.written, width: part.width, read: valueReader(part.term, fields) },
  );
  return (event) => {
    const values: Record<string, OutputValue> = {};
    let text = "";
    for (const part of shown) {
      if (typeof part === "string") {
        text += part;
        continue;
      }
      const value = part.read(event);
      values[part.name] = value;
      text += fitted(value === null ? MISSING : String(value), part.width);
    }
    return { text, fields: values };
  };
}

function fitted(text: string, width: number | null): string {
  return width === null ? text : text.slice(0, width).padEnd(width);
}

function valueReader<E>(term: Term, fields: FieldTable<E>): (event: E) => OutputValue {
  const { reading } =
    term.kind === "field" ? readField(term, fields, "output") : readTerm(term, fields);
  return readerOf(reading);
}

function readerOf<E>(reading: FieldReading<E>): (event: E) => OutputValue {
  switch (reading.kind) {
    case "one":
      return (event) => plain(reading.read(event));
    case "any":
      return (event) => {
        const all: FieldValue[] = [];
        reading.some(event, (value) => {
          all.push(value);
          return false;
        });
        return all.length === 0 ? null : all.join(",");
      };
    default:
      return (event) => {
        const all = reading.read(event);
        return all === null || all.length === 0 ? null : `(${all.join(",")})`;
      };
  }
}

/** Numbers that are no longer exact as such are texts. */
function plain(value: FieldValue | null): OutputValue {
  return typeof value === "bigint" ? String(value) : value;
}

/** What is to be said of fields in an output. */
export function outputCautions<E>(
  { parts }: OutputTemplate,
  fields: FieldTable<E>,
): readonly { readonly at: number; readonly message: string }[] {
  return parts.flatMap((part) => {
    if (part.kind === "text" || part.term.kind !== "field") return [];
    const { name, at } = part.term;
    const caution = fields.field(name)?.caution ?? null;
    return caution === null || caution.isOfConditions
      ? []
      : [{ at, message: `${name} ${caution.message}` }];
  });
}
