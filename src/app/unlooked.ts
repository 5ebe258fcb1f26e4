import { AppError, reasonOf } from "../kit/error.ts";

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

/** What looking at a container threw, with its name. @returns null for a fault of ours. */
export function unlookedError(name: string, thrown: unknown): AppError | null {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof Error && "syscall" in thrown)) return null;
  return new AppError(
    "engine-unavailable",
    `cannot look at ${JSON.stringify(name)} to enforce its image: ${reasonOf(thrown)}`,
    { hint: "it may have ended meanwhile: bulwark watch containers lists what runs" },
  );
}
