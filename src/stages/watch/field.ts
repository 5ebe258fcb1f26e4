// Short ways to describe fields.
import type { Caution, Field, FieldReading, FieldType, FieldValue } from "./contract.ts";

type Read<E, V> = (event: E) => V | null;

interface Options {
  readonly cost?: number;
  readonly place?: "condition" | "output";
  readonly isOperand?: boolean;
  readonly caution?: Caution;
}

/** A field without an argument. */
function plain<E>(type: FieldType, reading: FieldReading<E>, options: Options): Field<E> {
  return described(type, options, (argument) =>
    argument === null ? reading : "takes no argument",
  );
}

/** A field whose argument decides what is read; a text is what is expected of it. */
export function described<E>(
  type: FieldType,
  { cost = 1, place, isOperand = true, caution }: Options,
  reading: (argument: string | null) => FieldReading<E> | string,
): Field<E> {
  return { type, cost, place: place ?? null, isOperand, caution: caution ?? null, reading };
}

export function text<E>(read: Read<E, string>, options: Options = {}): Field<E> {
  return plain("text", { kind: "one", read }, options);
}

export function number<E>(read: Read<E, number | bigint>, options: Options = {}): Field<E> {
  return plain("number", { kind: "one", read }, options);
}

export function flag<E>(read: Read<E, boolean>, options: Options = {}): Field<E> {
  return plain("boolean", { kind: "one", read }, options);
}

export function address<E>(read: Read<E, string>, options: Options = {}): Field<E> {
  return plain("address", { kind: "one", read }, options);
}

export function network<E>(read: Read<E, string>): Field<E> {
  return plain("network", { kind: "one", read }, ENDS);
}

/** What is said of either end of a connection. */
export function ends<E>(type: FieldType, read: Read<E, readonly FieldValue[]>): Field<E> {
  return plain(type, { kind: "ends", read }, ENDS);
}

const ENDS: Options = { place: "condition", isOperand: false, cost: 2 };

/** A text that needs an argument. */
export function keyed<E>(
  reading: (key: string) => Read<E, string>,
  options: Options & { readonly expects: string },
): Field<E> {
  return described("text", options, (argument) =>
    argument === null
      ? `needs ${options.expects} in brackets`
      : { kind: "one", read: reading(argument) },
  );
}

/** The index that an argument is; null for what is none. */
export function indexOf(argument: string): number | null {
  return /^[0-9]{1,4}$/.test(argument) ? Number(argument) : null;
}
