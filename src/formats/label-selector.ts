// Which objects are meant, in the words of kubectl: `env=prod,tier!=dev,team in (a, b),owner,!legacy`.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
import { AppError } from "../kit/error.ts";

/** One demand on a label, as objects of the API write it. */
export interface MatchExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

const LENGTH_MAX = 2_000;
const KEY = "[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,250}[A-Za-z0-9])?";
const VALUE = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
const EQUAL = new RegExp(`^(${KEY}) ?(==|=|!=) ?(${VALUE})?$`);
const AMONG = new RegExp(`^(${KEY}) (in|notin) ?\\(([^()]*)\\)$`);
const THERE = new RegExp(`^(! ?)?(${KEY})$`);
const ONE_VALUE = new RegExp(`^${VALUE}$`);

/** @throws {AppError} `usage` naming the part that is none. */
export function parseLabelSelector(text: string): MatchExpression[] {
  if (text.length > LENGTH_MAX) throw invalid(text.slice(0, 50));
  return partsOf(text).map(expressionOf);
}

/** By commas, but for those between parentheses. */
function partsOf(text: string): string[] {
  return text
    .split(/,(?![^()]{0,2000}\))/)
    .map((part) => part.replace(/[ \t]+/g, " ").trim())
    .filter((part) => part !== "");
}

function expressionOf(part: string): MatchExpression {
  const equal = EQUAL.exec(part);
  if (equal !== null) {
    const [, key = "", operator, value = ""] = equal;
    return { key, operator: operator === "!=" ? "NotIn" : "In", values: [value] };
  }
  const among = AMONG.exec(part);
  if (among !== null) {
    const [, key = "", operator, list = ""] = among;
    const values = list.split(",").map((value) => value.trim());
    if (!values.every((value) => ONE_VALUE.test(value))) throw invalid(part);
    return { key, operator: operator === "in" ? "In" : "NotIn", values };
  }
  const there = THERE.exec(part);
  if (there === null) throw invalid(part);
  const [, not, key = ""] = there;
  return { key, operator: not === undefined ? "Exists" : "DoesNotExist" };
}

function invalid(part: string): AppError {
  return new AppError(
    "usage",
    `cannot read selector ${JSON.stringify(part)}: it is no demand on a label`,
    {
      hint: "as in env=prod,tier!=dev,team in (a, b),owner,!legacy",
    },
  );
}
