// Facts out of plain objects. Only fixed names are asked for, none of which an object inherits; null is as good as absent.
import { ABSENT, type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";

/** An object out of a document of strangers. */
export type Plain = Readonly<Record<string, unknown>>;

/** An object and where it stands; `value` is null where there is none, and everything in it is absent. */
export interface Place {
  readonly value: Plain | null;
  readonly at: string;
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is wrong, in the order of reading. */
export type Gaps = Unknown[];

/** The object under a name. Something else than an object is a gap, because anything may be meant by it. */
export function placeAt({ value, at }: Place, name: string, gaps: Gaps): Place {
  const found = value?.[name];
  if (isPlain(found)) return { value: found, at: `${at}/${name}` };
  if (found !== undefined && found !== null)
    gaps.push(unknown(`${at}/${name}`, `${name} is ${kindOf(found)}, not a mapping`));
  return { value: null, at };
}

/** The items of a list under a name; something else than a list is a gap. */
export function itemsAt({ value, at }: Place, name: string, gaps: Gaps): readonly unknown[] {
  const found = value?.[name];
  if (Array.isArray(found)) return found;
  if (found !== undefined && found !== null)
    gaps.push(unknown(`${at}/${name}`, `${name} is ${kindOf(found)}, not a list`));
  return NONE;
}

const NONE: readonly unknown[] = [];

/** The objects of a list; what is no object in it is a gap. */
export function placesAt(place: Place, name: string, gaps: Gaps): Place[] {
  const places: Place[] = [];
  const items = itemsAt(place, name, gaps);
  for (let i = 0; i < items.length; i += 1) {
    const value = items[i];
    const at = `${place.at}/${name}/${i}`;
    if (isPlain(value)) places.push({ value, at });
    else gaps.push(unknown(at, `an item of ${name} is ${kindOf(value)}, not a mapping`));
  }
  return places;
}

export function booleanAt({ value, at }: Place, name: string): Fact<boolean> {
  const found = value?.[name];
  if (found === undefined || found === null) return ABSENT;
  if (typeof found === "boolean") return known(found, `${at}/${name}`);
  return unknown(`${at}/${name}`, `${name} is ${kindOf(found)}, not true or false`);
}

export function numberAt({ value, at }: Place, name: string): Fact<number> {
  const found = value?.[name];
  if (found === undefined || found === null) return ABSENT;
  if (typeof found === "number") return known(found, `${at}/${name}`);
  return unknown(`${at}/${name}`, `${name} is ${kindOf(found)}, not a number`);
}

export function textAt({ value, at }: Place, name: string): Fact<string> {
  const found = value?.[name];
  if (found === undefined || found === null) return ABSENT;
  return textFact(found, `${at}/${name}`, name);
}

/** The texts of a list, each by itself. */
export function textsAt(place: Place, name: string): Fact<string>[] {
  const found = place.value?.[name];
  if (found === undefined || found === null) return [];
  const at = `${place.at}/${name}`;
  if (!Array.isArray(found)) return [unknown(at, `${name} is ${kindOf(found)}, not a list`)];
  return found.map((item: unknown, i) => textFact(item, `${at}/${i}`, `an item of ${name}`));
}

/** A text as it is meant to be read; a placeholder that a template or a shell was to fill says nothing. */
export function textFact(value: unknown, at: string, name: string): Fact<string> {
  if (typeof value !== "string") return unknown(at, `${name} is ${kindOf(value)}, not a text`);
  if (PLACEHOLDER.test(value)) return unknown(at, `${name} is a template that was not filled`);
  return known(value, at);
}

/** Helm and Go (`{{ }}`), shells and Flux (`${ }`). */
const PLACEHOLDER = /\{\{|\$\{/;

/** The text under a name, or `""`: for names that people are told. */
export function nameAt({ value }: Place, name: string): string {
  const found = value?.[name];
  return typeof found === "string" ? found : "";
}

/** The members of a mapping with a stranger's names; something else than a mapping is a gap. */
export function membersAt(
  place: Place,
  name: string,
  gaps: Gaps,
): { readonly name: string; readonly value: unknown; readonly at: string }[] {
  const { value, at } = placeAt(place, name, gaps);
  if (value === null) return [];
  return Object.keys(value).map((key) => ({
    name: key,
    value: value[key],
    at: pointerTo(at, key),
  }));
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "boolean":
      return `${value}`;
    default:
      return "a mapping";
  }
}
