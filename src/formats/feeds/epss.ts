// EPSS scores as FIRST publishes them each day: a comment with the model's version and date, a header, one line per CVE.
// Source: https://www.first.org/epss/data_stats
import { eachLine } from "../../kit/text.ts";
import { isCve, momentOf } from "./fields.ts";
import type { FeedSink } from "./sink.ts";

/** Whether a text begins as the file does. */
export function isEpss(text: string): boolean {
  return /^(?:#model_version:|cve,epss(?:,|\r?\n))/.test(text.slice(0, 40));
}

/** Malformed lines are named up to this many times; a wrong file would name each. */
const PROBLEMS_MAX = 5;

/** Reads the file. Never throws. */
export function readEpss(text: string, sink: FeedSink): void {
  const date = dateOf(text);
  if (date !== null) sink.current(date);
  let problems = 0;
  eachLine(text, (line, number) => {
    if (line === "" || line.startsWith("#") || line.startsWith("cve,")) return;
    const [cve = "", epss = "", percentile = ""] = line.split(",", 3);
    const score = { probability: Number(epss), percentile: Number(percentile) };
    if (isCve(cve) && isShare(score.probability, epss) && isShare(score.percentile, percentile)) {
      sink.scored(cve, score, date?.slice(0, 10) ?? "1970-01-01");
    } else {
      problems += 1;
      if (problems <= PROBLEMS_MAX) sink.problem(`line ${number} is no score`);
    }
  });
}

/** Older files, from before the percentile, count it as 0. */
function isShare(value: number, text: string): boolean {
  return value >= 0 && value <= 1 && text.length < 30;
}

function dateOf(text: string): string | null {
  const date = /score_date:([0-9T:.Z+-]{10,40})/.exec(text.slice(0, 200))?.[1] ?? null;
  return momentOf(date);
}
