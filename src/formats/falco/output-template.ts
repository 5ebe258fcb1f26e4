// The output of a rule: text with `%field`, `%12field`, `%field[argument]` and `%transformer(field)` in it.
import type { Term } from "./condition.ts";
import { FaultFound, faultOf, type RuleTextFault } from "./fault.ts";
import { parseTerm } from "./parse-condition.ts";

/** A part of an output. */
export type OutputPart =
  | { readonly kind: "text"; readonly text: string }
  /** `width`: padded or cut to so many characters; null as long as it is. */
  | {
      readonly kind: "term";
      readonly term: Term;
      /** The term as it is written. */
      readonly written: string;
      readonly width: number | null;
    };

export interface OutputTemplate {
  /** A leading asterisk: what is missing is shown as `<NA>`, instead of the whole being left out. Falco always adds it. */
  readonly isTolerant: boolean;
  readonly parts: readonly OutputPart[];
}

export type ParsedOutput =
  | { readonly template: OutputTemplate; readonly fault: null }
  | { readonly template: null; readonly fault: RuleTextFault };

const WIDTH = /[0-9]{0,4}/y;

/** Reads an output. Never throws. */
export function parseOutput(text: string): ParsedOutput {
  const { value, fault } = faultOf(() => partsOf(text));
  return fault === null ? { template: value, fault } : { template: null, fault };
}

function partsOf(text: string): OutputTemplate {
  const isTolerant = text.startsWith("*");
  const parts: OutputPart[] = [];
  let at = Number(isTolerant);
  for (let percent = text.indexOf("%", at); percent !== -1; percent = text.indexOf("%", at)) {
    if (percent > at) parts.push({ kind: "text", text: text.slice(at, percent) });
    WIDTH.lastIndex = percent + 1;
    const width = WIDTH.exec(text)?.[0] ?? "";
    const start = percent + 1 + width.length;
    const found = parseTerm(text, start);
    if (found === null)
      throw new FaultFound(
        percent,
        `${here(text, percent)} names no field`,
        "write %proc.name, or leave the percent sign out",
      );
    const written = text.slice(start, found.end);
    parts.push({
      kind: "term",
      term: found.term,
      written,
      width: width === "" ? null : Number(width),
    });
    at = found.end;
  }
  if (at < text.length) parts.push({ kind: "text", text: text.slice(at) });
  return { isTolerant, parts };
}

function here(text: string, at: number): string {
  return JSON.stringify(/^%\S{0,30}/.exec(text.slice(at))?.[0] ?? "%");
}
