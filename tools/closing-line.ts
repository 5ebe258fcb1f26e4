// A reporter for vitest: says why tests were skipped, and ends the run with the plain line `N passed, N failed, N skipped`, which
// other programs read.
import type { Reporter, TestCase, TestModule } from "vitest/node";

interface Tally {
  passed: number;
  failed: number;
  /** Number of skipped tests by reason. */
  readonly skipped: Map<string, number>;
}

/** The reporter's class, as vitest wants it. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: new Map() };
    for (const module of modules) count(module, tally);
    // At the very end of the process, so that nothing of vitest's own comes after it.
    process.once("exit", () => {
      process.stdout.write(closingText(tally));
    });
  }
}

// Vitest loads a reporter by its default export.
export default ClosingLine;

function count(module: TestModule, tally: Tally): void {
  // A file that could not be loaded, or a hook that failed, is a failure even though no test of its own failed.
  let failed = module.errors().length;
  for (const suite of module.children.allSuites()) failed += suite.errors().length;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") tally.passed += 1;
    else if (state === "skipped") add(tally.skipped, reasonOf(test));
    else failed += 1;
  }
  tally.failed += module.state() === "failed" ? Math.max(1, failed) : failed;
}

/** The note given to `context.skip(note)`, or the words in brackets at the end of the test's or its block's name. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === "skipped" && result.note !== undefined) return result.note;
  let node: TestCase["parent"] | TestCase = test;
  while (node.type !== "module") {
    const bracketed = /\(([^()]+)\)$/.exec(node.name)?.[1];
    if (bracketed !== undefined) return bracketed;
    node = node.parent;
  }
  return "no reason given";
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What is printed last: one line for each reason to skip, then the closing line. */
export function closingText(tally: Tally): string {
  const reasons = [...tally.skipped].sort(([a], [b]) => (a < b ? -1 : 1));
  const skipped = reasons.reduce((sum, [, n]) => sum + n, 0);
  const lines = reasons.map(([reason, n]) => `skipped ${n}: ${reason}`);
  return `\n${[...lines, `${tally.passed} passed, ${tally.failed} failed, ${skipped} skipped`].join("\n")}\n`;
}
