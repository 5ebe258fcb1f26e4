// Which hosts rules name: only those are looked up, so that an attacker's own names are never asked about.
import type { Expression, Value } from "../../formats/falco/condition.ts";

const HOST_FIELDS: ReadonlySet<string> = new Set([
  "fd.cip.name",
  "fd.sip.name",
  "fd.lip.name",
  "fd.rip.name",
]);
const WHOLE_NAMES: ReadonlySet<string> = new Set(["=", "==", "!=", "in", "intersects"]);

/** The whole names of hosts that a condition compares with. */
export function comparedHosts(condition: Expression): string[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts.flatMap(comparedHosts);
    case "not":
      return comparedHosts(condition.part);
    case "macro":
      return condition.body === null ? [] : comparedHosts(condition.body.expression);
    case "exists":
      return [];
    case "check": {
      const { left, operator, right } = condition;
      const isHost = left.kind === "field" && HOST_FIELDS.has(left.name);
      return isHost && WHOLE_NAMES.has(operator) ? textsOf(right) : [];
    }
  }
}

function textsOf(value: Value): string[] {
  if (value.kind === "text") return [value.text];
  return value.kind === "list" ? value.items.map(({ text }) => text) : [];
}
