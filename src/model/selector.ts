// Whether labels are those that a selector asks for.
import type { Label } from "./workload.ts";

/**
 * @param selector As it is written; anything that is none matches nothing.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function selects(selector: unknown, labels: readonly Label[]): boolean {
  if (typeof selector !== "object" || selector === null) return false;
  const { matchLabels, matchExpressions } = selector as Readonly<Record<string, unknown>>;
  const labelOf = (name: string): string | undefined =>
    labels.find((label) => label.name === name)?.value;
  if (typeof matchLabels === "object" && matchLabels !== null) {
    const wanted = matchLabels as Readonly<Record<string, unknown>>;
    // Every policy is held against every pod: nothing is made for that.
    for (const name in wanted) if (labelOf(name) !== wanted[name]) return false;
  }
  return (
    !Array.isArray(matchExpressions) || matchExpressions.every((demand) => isMet(demand, labelOf))
  );
}

function isMet(demand: unknown, labelOf: (name: string) => string | undefined): boolean {
  if (typeof demand !== "object" || demand === null) return false;
  const { key, operator, values } = demand as Readonly<Record<string, unknown>>;
  if (typeof key !== "string") return false;
  const value = labelOf(key);
  const among = Array.isArray(values) && values.includes(value);
  switch (operator) {
    case "In":
      return value !== undefined && among;
    case "NotIn":
      return !among;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
