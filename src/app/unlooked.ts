import { reasonOf } from "../kit/error.ts";

/** A container that could not be looked at to be enforced. */
export interface Unlooked {
  readonly id: string;
  readonly name: string;
  /** What that means for it while it runs. */
  readonly follows: string;
  readonly hasEnded: boolean;
}

/** Which container, why, and what follows. */
export function unlookedText({ name, follows, hasEnded }: Unlooked, thrown: unknown): string {
  const reason = reasonOf(thrown);
  const others = "other containers are enforced as before";
  return hasEnded
    ? `${name} ended while it was looked at to be enforced (${reason}): nothing of it runs any more, and ${others}`
    : `${name} cannot be looked at to be enforced: ${reason}; ${follows}, and ${others}`;
}
