import { grouped } from "../../../kit/phrase.ts";
import { blocksVerdict, type Problem } from "../../../model/problem.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { html } from "./escape.ts";

const PROBLEMS_MAX = 200;
const ASIDE_MAX = 500;

/** What could not be examined, or wants attention; what leaves a verdict open comes first. */
export function problemsSection({ problems }: ScanResult): string {
  if (problems.length === 0) return "";
  const sorted = problems.toSorted((a, b) => Number(blocksVerdict(b)) - Number(blocksVerdict(a)));
  const items = sorted.slice(0, PROBLEMS_MAX).map(item);
  const rest = problems.length - items.length;
  const more = rest > 0 ? `<li class="soft">and ${grouped(rest)} more</li>` : "";
  const kind = problems.some(blocksVerdict) ? "card warn" : "card";
  return `<h2>Not all is known</h2><div class="${kind}"><ul class="problems">${items.join("")}${more}</ul></div>`;
}

function item(problem: Problem): string {
  const path = problem.path === undefined ? "" : ` <code>${html(problem.path, 200)}</code>`;
  const word = blocksVerdict(problem) ? `<b>${problem.code}</b>` : problem.code;
  return `<li>${word}${path}: ${html(problem.detail, 500)}</li>`;
}

/** What was set aside, by whom and until when. */
export function asideSection({ suppressed }: ScanResult): string {
  if (suppressed.length === 0) return "";
  const rows = suppressed.slice(0, ASIDE_MAX).map(({ finding, by, reason, owner, until }) => {
    const [id, name] =
      finding.kind === "vulnerability"
        ? [finding.vulnerability.id, finding.package.name]
        : [finding.rule.id, finding.tool];
    return `<tr><td><code>${html(id, 60)}</code></td><td>${html(name, 120)}</td><td>${by}</td><td>${html(reason, 300)}</td><td>${html(owner ?? "", 100)}</td><td>${html(until ?? "", 30)}</td></tr>`;
  });
  const rest = suppressed.length - rows.length;
  const more = rest > 0 ? `<p class="soft">and ${grouped(rest)} more</p>` : "";
  return `<h2>Set aside, not counted</h2><div class="scroll"><table><thead><tr><th>finding</th><th>package</th><th>by</th><th>reason</th><th>owner</th><th>until</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>${more}`;
}
