// Values that may be absent, and bytes as text. Source: github.com/google/cel-go, OptionalTypes; ext/README.md, "Encoders".
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import {
  BOOL,
  BYTES,
  DYN,
  LIST,
  OPTIONAL,
  optionalOf,
  partOf,
  STRING,
  type Type,
} from "../compile/type.ts";
import { base64OfBytes, bytesOfBase64 } from "../values/bytes.ts";
import { fail } from "../values/failure.ts";
import { isZero } from "../values/order.ts";
import { Bytes, lift, NONE, Optional, typeNameOf } from "../values/value.ts";

const optional = ([type = DYN]: readonly Type[]): Type => optionalOf(type);
const inner = ([type = DYN]: readonly Type[]): Type => partOf(type, 0);
const same = ([type = DYN]: readonly Type[]): Type => (type.name === "dyn" ? OPTIONAL : type);

export const optionalLibrary: readonly Overload[] = [
  defineFunction("optional.of", [DYN], optional, (value) => new Optional(value)),
  defineFunction("optional.ofNonZeroValue", [DYN], optional, (value) =>
    isZero(value) ? NONE : new Optional(value),
  ),
  defineFunction("optional.none", [], OPTIONAL, () => NONE),
  defineFunction(
    "optional.unwrap",
    [LIST],
    LIST,
    (list) =>
      list.map(lift).flatMap((value) => {
        if (!(value instanceof Optional))
          return fail(`no such overload: unwrap of a list with ${typeNameOf(value)}`);
        return value.value === undefined ? [] : [value.value];
      }),
    { cost: ([size = 0]) => 1 + size },
  ),
  defineMethod("hasValue", [OPTIONAL], BOOL, ({ value }) => value !== undefined),
  defineMethod("value", [OPTIONAL], inner, ({ value }) =>
    value === undefined ? fail("an optional has no value") : value,
  ),
  defineMethod("or", [OPTIONAL, OPTIONAL], same, (a, b) => (a.value === undefined ? b : a)),
  defineMethod("orValue", [OPTIONAL, DYN], orValue, ({ value }, other) =>
    value === undefined ? other : value,
  ),
];

/** The type of both, if it is one. */
function orValue([type = DYN, other = DYN]: readonly Type[]): Type {
  const value = partOf(type, 0);
  return value.name === other.name && value.of.length === 0 ? value : DYN;
}

export const encoderLibrary: readonly Overload[] = [
  defineFunction("base64.encode", [BYTES], STRING, ({ value }) => base64OfBytes(value), {
    cost: throughFirst,
    size: ([size = 0]) => size * 2 + 4,
  }),
  defineFunction(
    "base64.decode",
    [STRING],
    BYTES,
    (text) => new Bytes(bytesOfBase64(text) ?? fail("a text is not base64")),
    { cost: throughFirst },
  ),
];
