import type { Problem } from "../model/problem.ts";
import type { SecretReading } from "../stages/secrets/contract.ts";

/** What was not searched for secrets, as problems. @param reading null when nobody asked. */
export function unsearched(reading: SecretReading | null): Problem[] {
  return (reading?.problems ?? []).map((problem) => ({ code: "secrets-unsearched", ...problem }));
}
