// Why an expression cannot be used, and where in it.

/** A fault that is found before anything runs. */
export interface CelFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Lower case, no full stop. */
  readonly message: string;
}

/** How a fault leaves the parser and the compiler. */
export class FaultFound {
  readonly at: number;
  readonly message: string;
  constructor(at: number, message: string) {
    this.at = at;
    this.message = message;
  }
}

export function fault(at: number, message: string): never {
  throw new FaultFound(at, message);
}

export function placeOf(source: string, { at, message }: FaultFound): CelFault {
  const before = source.slice(0, at).split(/\r\n|\n|\r/);
  const last = before.at(-1) ?? "";
  return { line: before.length, column: [...last].length + 1, message };
}
