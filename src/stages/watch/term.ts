// What stands left of an operator, and `val()` on its right: a way to read it from an event, with its type.
import type { FieldTerm, Operand, Term, TransformerTerm } from "../../formats/falco/condition.ts";
import { nearest } from "../../kit/nearest.ts";
import type { Field, FieldReading, FieldTable, FieldType, FieldValue } from "./contract.ts";
import { CompileFault } from "./fault.ts";
import { optionsOf, VALUE_TRANSFORMERS } from "./transformers.ts";

/** A field or a transformer of fields that can be read. */
export interface ReadTerm<E> {
  readonly type: FieldType;
  readonly reading: FieldReading<E>;
  readonly cost: number;
  /** The same for terms that read the same. */
  readonly key: string;
}

/** @throws CompileFault when it names what there is not, or gives a transformer what it does not take. */
export function readTerm<E>(term: Term, fields: FieldTable<E>): ReadTerm<E> {
  return term.kind === "field"
    ? readField(term, fields, "condition")
    : readTransformer(term, fields);
}

/** Of a field in its place. */
export function readField<E>(
  { name, argument, at }: FieldTerm,
  fields: FieldTable<E>,
  place: "condition" | "output",
): ReadTerm<E> {
  const field = fieldNamed(name, at, fields);
  if (field.place !== null && field.place !== place)
    throw new CompileFault(at, `${name} can stand in ${field.place}s only`);
  const reading = field.reading(argument);
  if (typeof reading === "string") throw new CompileFault(at, `${name} ${reading}`);
  const key = argument === null ? name : `${name}[${JSON.stringify(argument)}]`;
  return { type: field.type, reading, cost: field.cost, key };
}

function fieldNamed<E>(name: string, at: number, fields: FieldTable<E>): Field<E> {
  const field = fields.field(name);
  if (field !== null) return field;
  const absence = fields.absence(name);
  const meant = absence === null ? nearest(name, fields.names()) : null;
  const state = absence === null ? "there is no field" : "cannot tell the field";
  throw new CompileFault(
    at,
    absence === null ? `${state} ${name}` : `${state} ${name}: ${absence}`,
    meant === null ? SKIP : `did you mean ${meant}?`,
    true,
  );
}

const SKIP = "set skip-if-unknown-filter: true to leave the rule out where the field is not known";

function readTransformer<E>(term: TransformerTerm, fields: FieldTable<E>): ReadTerm<E> {
  const { name, argument, at } = term;
  if (argument !== null && name !== "getopt")
    throw new CompileFault(at, `transformer '${name}' does not support field arguments`);
  if (name === "join" || name === "concat") return joined(term, fields);
  if (name === "getopt") return options(term, fields);
  const operand = soleOperand(term, fields);
  if (name === "val") return operand;
  return transformed(term, operand);
}

function soleOperand<E>(
  { name, operands, at }: TransformerTerm,
  fields: FieldTable<E>,
): ReadTerm<E> {
  const [only] = operands;
  if (operands.length !== 1 || only === undefined || only.kind === "operands")
    throw new CompileFault(at, `${name} takes one field`);
  return readOperand(only, fields);
}

function readOperand<E>(
  operand: Exclude<Operand, { kind: "operands" }>,
  fields: FieldTable<E>,
): ReadTerm<E> {
  if (operand.kind === "text") {
    const { text } = operand;
    return {
      type: "text",
      reading: { kind: "one", read: () => text },
      cost: 0,
      key: JSON.stringify(text),
    };
  }
  if (operand.kind === "field" && fields.field(operand.name)?.isOperand === false)
    throw new CompileFault(
      operand.at,
      `${operand.name} cannot be given to a transformer, nor to val()`,
    );
  return readTerm(operand, fields);
}

function transformed<E>({ name, at }: TransformerTerm, operand: ReadTerm<E>): ReadTerm<E> {
  const how = VALUE_TRANSFORMERS.get(name);
  const { type, reading } = operand;
  const key = `${name}(${operand.key})`;
  const cost = operand.cost + 3;
  if (name === "len" && reading.kind === "list")
    return {
      type: "number",
      key,
      cost,
      reading: { kind: "one", read: (event) => reading.read(event)?.length ?? null },
    };
  if (how === undefined || !how.takes.includes(type))
    throw new CompileFault(at, `${name} does not take a ${type}: ${operand.key}`);
  return {
    type: how.gives,
    key,
    cost,
    reading: mapped(reading, (value) => how.transform(value, type)),
  };
}

function mapped<E>(
  reading: FieldReading<E>,
  change: (value: FieldValue) => FieldValue,
): FieldReading<E> {
  switch (reading.kind) {
    case "one":
      return {
        kind: "one",
        read: (event) => {
          const value = reading.read(event);
          return value === null ? null : change(value);
        },
      };
    case "any":
      return {
        kind: "any",
        some: (event, test) => reading.some(event, (value) => test(change(value))),
      };
    default:
      return { kind: reading.kind, read: (event) => reading.read(event)?.map(change) ?? null };
  }
}

/** `join(separator, (…))` and `concat(…)`: a text of all parts; missing when one of them is. */
function joined<E>({ name, operands, at }: TransformerTerm, fields: FieldTable<E>): ReadTerm<E> {
  const [first, ...rest] = operands;
  const isJoin = name === "join";
  if (isJoin && (first?.kind !== "text" || rest.length !== 1))
    throw new CompileFault(
      at,
      "join takes a quoted separator and a list, such as (fd.name, proc.name)",
    );
  const separator = isJoin && first?.kind === "text" ? first.text : "";
  const parts = (isJoin ? rest : operands).flatMap((part) =>
    part.kind === "operands" ? part.items : [part],
  );
  const terms = parts.map((part) =>
    readOperand(part as Exclude<Operand, { kind: "operands" }>, fields),
  );
  const readings = terms.map(({ reading, key }) => {
    if (reading.kind === "one" || reading.kind === "list") return reading;
    throw new CompileFault(at, `${key} has no single value to put into ${name}`);
  });
  const read = (event: E): string | null => {
    const texts: string[] = [];
    for (const reading of readings) {
      const value = reading.read(event);
      if (value === null) return null;
      texts.push(Array.isArray(value) ? value.join(separator) : String(value));
    }
    return texts.join(separator);
  };
  const key = `${name}(${JSON.stringify(separator)},${terms.map((term) => term.key).join()})`;
  const cost = terms.reduce((sum, term) => sum + term.cost, 5);
  return { type: "text", reading: { kind: "one", read }, cost, key };
}

/** `getopt(words, "nt:")`: the letters of all options, or with `[t]` the value of one. */
function options<E>(
  { operands, argument, at }: TransformerTerm,
  fields: FieldTable<E>,
): ReadTerm<E> {
  const [words, known] = operands;
  if (
    operands.length !== 2 ||
    words === undefined ||
    words.kind === "operands" ||
    known?.kind !== "text"
  )
    throw new CompileFault(at, 'getopt takes a field and the options, such as "nt:"');
  const { reading, key, type, cost } = readOperand(words, fields);
  if (type !== "text" || (reading.kind !== "one" && reading.kind !== "list"))
    throw new CompileFault(at, `getopt takes the arguments of a command, and not ${key}`);
  const optionsIn = (event: E): ReadonlyMap<string, string> => {
    const value = reading.read(event) ?? "";
    const list = Array.isArray(value)
      ? (value as string[])
      : String(value)
          .split(/\s+/)
          .filter((word) => word !== "");
    return optionsOf(list, known.text);
  };
  const letters = (event: E): string[] | null => {
    const found = [...optionsIn(event).keys()];
    return found.length === 0 ? null : found;
  };
  return {
    type: "text",
    key: `getopt(${key},${JSON.stringify(known.text)})[${JSON.stringify(argument)}]`,
    cost: cost + 10,
    reading:
      argument === null
        ? { kind: "list", read: letters }
        : { kind: "one", read: (event) => optionsIn(event).get(argument) ?? null },
  };
}
