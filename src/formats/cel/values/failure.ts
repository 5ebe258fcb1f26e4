// How an evaluation ends without a value.

/** An error as the language knows it: `&&`, `||`, `all` and `exists` may absorb it. Thrown without a stack, because it is cheap. */
export class Failure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** The budget is spent. Nothing absorbs it. */
export class Overrun {
  readonly message = "the expression costs more than it may";
}

export function fail(message: string): never {
  throw new Failure(message);
}

/** What one evaluation may still spend. */
export class Meter {
  left: number;
  constructor(left: number) {
    this.left = left;
  }
  spend(cost: number): void {
    this.left -= cost;
    if (this.left < 0) throw new Overrun();
  }
}
