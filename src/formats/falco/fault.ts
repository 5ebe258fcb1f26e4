// Why a condition or an output of a rule cannot be read, and where in it.

/** A fault with its place. */
export interface RuleTextFault {
  /** In UTF-16 units of the text. */
  readonly at: number;
  /** Lower case, no full stop. */
  readonly message: string;
  /** What to do about it; null when the message says it. */
  readonly hint: string | null;
}

/** How a fault leaves a parser. */
export class FaultFound {
  readonly fault: RuleTextFault;
  constructor(at: number, message: string, hint: string | null = null) {
    this.fault = { at, message, hint };
  }
}

/** Runs a parser; a fault is a value. */
export function faultOf<T>(
  parse: () => T,
):
  | { readonly value: T; readonly fault: null }
  | { readonly value: null; readonly fault: RuleTextFault } {
  try {
    return { value: parse(), fault: null };
  } catch (error) {
    if (error instanceof FaultFound) return { value: null, fault: error.fault };
    throw error;
  }
}
