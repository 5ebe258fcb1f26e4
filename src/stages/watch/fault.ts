// Why a condition cannot be compiled, and what it is better not to write.

/** Something in a condition or an output that its author must know of. */
export interface RuleRemark {
  /** In UTF-16 units of the text. */
  readonly at: number;
  /** Lower case, no full stop. */
  readonly message: string;
  readonly hint: string | null;
}

/** How a fault leaves the compiler. `isUnknown`: it names a field or an event that we do not have. */
export class CompileFault {
  readonly remark: RuleRemark;
  readonly isUnknown: boolean;
  constructor(at: number, message: string, hint: string | null = null, isUnknown = false) {
    this.remark = { at, message, hint };
    this.isUnknown = isUnknown;
  }
}
