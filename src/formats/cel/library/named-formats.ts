// Formats that have a name. Source: "Common Expression Language in Kubernetes", "Kubernetes format library"; the rules for names are
// in "Object Names and IDs" and "Labels and Selectors".
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import { listOf, opaque, optionalOf, STRING, type Type } from "../compile/type.ts";
import { Comparable } from "../values/order.ts";
import { parseUri } from "../values/uri.ts";
import { NONE, Optional } from "../values/value.ts";

type Validate = (text: string) => readonly string[];

class NamedFormat extends Comparable {
  readonly typeName = "kubernetes.NamedFormat";
  readonly name: string;
  readonly validate: Validate;
  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }
  override equals(other: Comparable): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
  override toString(): string {
    return this.name;
  }
}

export const NAMED_FORMAT: Type<NamedFormat> = opaque("kubernetes.NamedFormat", NamedFormat);

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const LETTERS_MAX = 63;
const SUBDOMAIN_MAX = 253;
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Problems of a text that may be so long and must look so. */
function problems(
  text: string,
  max: number,
  isGood: (text: string) => boolean,
  rule: string,
): string[] {
  if (text.length > max) return [`must be no more than ${max} characters`];
  return isGood(text) ? [] : [rule];
}

const LABEL_RULE = "must be of a-z, 0-9 and -, and begin and end with a letter or digit";
const LABEL_1035_RULE =
  "must be of a-z, 0-9 and -, begin with a letter and end with a letter or digit";
const SUBDOMAIN_RULE =
  "must be of a-z, 0-9, - and ., each part beginning and ending with a letter or digit";
const NAME_RULE =
  "must be of letters, digits, -, _ and ., and begin and end with a letter or digit";

const isLabel = (text: string): boolean => LABEL.test(text);
const isSubdomain = (text: string): boolean => text.split(".").every(isLabel);
const label: Validate = (text) => problems(text, LETTERS_MAX, isLabel, LABEL_RULE);
const label1035: Validate = (text) =>
  problems(text, LETTERS_MAX, (name) => LABEL_1035.test(name), LABEL_1035_RULE);
const subdomain: Validate = (text) => problems(text, SUBDOMAIN_MAX, isSubdomain, SUBDOMAIN_RULE);
const namePart: Validate = (text) =>
  problems(text, LETTERS_MAX, (name) => NAME.test(name), `the name ${NAME_RULE}`);
const labelValue: Validate = (text) =>
  problems(text, LETTERS_MAX, (value) => value === "" || NAME.test(value), NAME_RULE);

function qualifiedName(text: string): readonly string[] {
  const [first = "", second, ...more] = text.split("/");
  if (more.length > 0) return ["must be a name, or a prefix, / and a name"];
  if (second === undefined) return namePart(first);
  const prefix = first === "" ? ["the prefix must not be empty"] : subdomain(first);
  return [...prefix.map((problem) => `prefix: ${problem}`), ...namePart(second)];
}

/** A prefix may end with a dash, to which a name is added later. */
function prefixOf(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text);
}

function matching(form: RegExp, problem: string, max: number): Validate {
  return (text) => (text.length <= max && form.test(text) ? [] : [problem]);
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:z|[-+]\d\d:\d\d)$/;

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isDateTime(text: string): boolean {
  const [date = "", time = "", ...more] = text.toLowerCase().split("t");
  return more.length === 0 && isDate(date) && TIME.test(time);
}

const HEX_TEXT = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const FORMATS: readonly (readonly [string, Validate])[] = [
  ["dns1123Label", label],
  ["dns1123Subdomain", subdomain],
  ["dns1035Label", label1035],
  ["qualifiedName", qualifiedName],
  ["dns1123LabelPrefix", prefixOf(label)],
  ["dns1123SubdomainPrefix", prefixOf(subdomain)],
  ["dns1035LabelPrefix", prefixOf(label1035)],
  ["labelValue", labelValue],
  ["uri", (text) => (parseUri(text) === null ? ["must be an absolute URI or path"] : [])],
  ["uuid", matching(HEX_TEXT, "must be a UUID", 64)],
  [
    "byte",
    (text) => (text !== "" && text.length % 4 === 0 && BASE64.test(text) ? [] : ["must be base64"]),
  ],
  ["date", (text) => (isDate(text) ? [] : ["must be a date"])],
  [
    "datetime",
    (text) => (text.length < 200 && isDateTime(text) ? [] : ["must be a date and time"]),
  ],
];

const formats = new Map(FORMATS.map(([name, validate]) => [name, new NamedFormat(name, validate)]));

/** Problems are a few sentences. */
const SENTENCES = { cost: throughFirst, size: (): number => 500 };

export const namedFormatLibrary: readonly Overload[] = [
  ...[...formats.values()].map((format) =>
    defineFunction(`format.${format.name}`, [], NAMED_FORMAT, () => format),
  ),
  defineFunction("format.named", [STRING], optionalOf(NAMED_FORMAT), (name) => {
    const format = formats.get(name);
    return format === undefined ? NONE : new Optional(format);
  }),
  defineMethod(
    "validate",
    [NAMED_FORMAT, STRING],
    optionalOf(listOf(STRING)),
    ({ validate }, text) => {
      const found = validate(text);
      return found.length === 0 ? NONE : new Optional(found);
    },
    SENTENCES,
  ),
];
