// What is known of a value that somebody wrote down: three answers where a null would hide two of them in one.

/**
 * A fact is known, absent (nothing is written, so a default holds) or unknown: something is written that does not tell, such
 * as a variable without value, or a text where a number belongs.
 */
export type Fact<T> = Known<T> | Absent | Unknown;

export interface Known<T> {
  readonly state: "known";
  readonly value: T;
  /** JSON pointer (RFC 6901) into the document that it was read from. */
  readonly at: string;
}

export interface Absent {
  readonly state: "absent";
}

export interface Unknown {
  readonly state: "unknown";
  readonly at: string;
  /** A sentence part: `hostPID is a text, not true or false`. */
  readonly why: string;
}

export const ABSENT: Absent = { state: "absent" };

export function known<T>(value: T, at: string): Known<T> {
  return { state: "known", value, at };
}

export function unknown(at: string, why: string): Unknown {
  return { state: "unknown", at, why };
}

/** What holds where one place may override another: its own fact, or the other one where it has none. */
export function effective<T>(own: Fact<T>, other: Fact<T>): Fact<T> {
  return own.state === "absent" ? other : own;
}
