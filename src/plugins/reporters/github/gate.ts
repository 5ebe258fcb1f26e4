// For a job on GitHub: annotations, which its log turns into marks beside files and on the summary.
// Source: docs.github.com, "Workflow commands for GitHub Actions", "Setting an error message".
import { visible } from "../../../kit/display.ts";
import { gateAnswerOf, gateRows } from "../../../model/gate-answer.ts";
import type { GateReporter } from "../../../stages/report/contract.ts";

export const githubGate: GateReporter = {
  id: "github",
  title: "annotations for a job on GitHub",
  needs: [],
  state: "trial",
  mediaType: "text/plain",
  report: (gate) => {
    const lines = gate.results.map((result) => visible(gateAnswerOf(result, gate)));
    const rows = gateRows(gate).map(({ answer, violation, result }) => {
      const level = answer.effect === "deny" ? "error" : "warning";
      const { place: path, line } = violation;
      const isFile = FILES.has(result.artifact.kind) && path !== null;
      const at = line === undefined ? "" : `line=${line},`;
      const place = isFile ? `file=${property(path)},${at}` : "";
      const fix = violation.fix === null ? "" : ` (${violation.fix})`;
      return `::${level} ${place}title=${property(`bulwark ${answer.rule}`)}::${message(`${violation.message}${fix}`)}`;
    });
    const undecided = gate.results
      .filter((result) => result.verdict.outcome === "undecided")
      .map((result) => `::error title=bulwark::${message(gateAnswerOf(result, gate))}`);
    return `${[...lines, ...undecided, ...rows.slice(0, ROWS_MAX)].join("\n")}\n`;
  },
};

/** Kinds of artifacts whose places are files of the repository. */
const FILES: ReadonlySet<string> = new Set(["project", "configuration"]);

/** GitHub shows ten of a kind for each step; the log keeps the rest. */
const ROWS_MAX = 500;

function message(text: string): string {
  return visible(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
