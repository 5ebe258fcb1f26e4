// Exceptions appended to rules, as an item of a rules file. @see https://falco.org/docs/concepts/rules/exceptions/ and /overriding/

/** What is appended to one rule. */
export interface AppendedException {
  readonly rule: string;
  readonly name: string;
  readonly fields: readonly string[];
  readonly values: readonly (readonly string[])[];
  /** A line of a comment before it; for people who review it. */
  readonly comment: string;
}

/**
 * One item for each rule, its exceptions below it: a rule may be overridden once in a file without hiding what was said before.
 * Texts are written as JSON, which YAML reads as it is.
 */
export function exceptionsText(exceptions: readonly AppendedException[]): string {
  const byRule = new Map<string, AppendedException[]>();
  for (const exception of exceptions)
    byRule.set(exception.rule, [...(byRule.get(exception.rule) ?? []), exception]);
  return [...byRule].map(([rule, own]) => itemText(rule, own)).join("\n");
}

function itemText(rule: string, exceptions: readonly AppendedException[]): string {
  const lines = [
    `- rule: ${JSON.stringify(rule)}`,
    "  exceptions:",
    ...exceptions.flatMap(({ name, fields, values, comment }) => [
      `    # ${comment.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ")}`,
      `    - name: ${name}`,
      `      fields: [${fields.join(", ")}]`,
      `      comps: [${fields.map(() => '"="').join(", ")}]`,
      "      values:",
      ...values.map((row) => `        - [${row.map((value) => JSON.stringify(value)).join(", ")}]`),
    ]),
    "  override:",
    "    exceptions: append",
  ];
  return `${lines.join("\n")}\n`;
}
