// Regular expressions of conditions: RE2's, over the whole text.
import { compileRegex } from "../cel/regex/regex.ts";
import { Failure } from "../cel/values/failure.ts";

/** A pattern that must match a whole text, in time that grows with both and no faster; `fault` says why it is none. */
export type FullMatch =
  | { readonly test: (text: string) => boolean; readonly fault: null }
  | { readonly test: null; readonly fault: string };

export function fullMatch(pattern: string): FullMatch {
  try {
    // The pattern alone first: a bracket in it must not close ours.
    compileRegex(pattern);
    const regex = compileRegex(`^(?:${pattern})$`);
    return { test: (text) => regex.test(text), fault: null };
  } catch (error) {
    if (error instanceof Failure) return { test: null, fault: error.message };
    throw error;
  }
}
