// The evidence log as a table, one entry a row.
import type { EvidenceEntry, PipelineRun } from "../model/evidence-entry.ts";
import { csvRow } from "./csv.ts";

type Cell = string | number | null;
type Column = readonly [name: string, cell: (entry: EvidenceEntry) => Cell];

type Decision = Extract<EvidenceEntry, { kind: "decision" }>["decision"];

/** Empty for entries that are no decision. */
const ofDecision =
  (cell: (decision: Decision) => Cell | undefined) =>
  (entry: EvidenceEntry): Cell =>
    entry.kind === "decision" ? (cell(entry.decision) ?? null) : null;
const ofPipeline = (name: keyof PipelineRun): ((entry: EvidenceEntry) => Cell) =>
  ofDecision(({ pipeline }) => pipeline?.[name]);

/** Names are public: columns are added at the end, and never renamed. */
const COLUMNS: readonly Column[] = [
  ["seq", (entry) => entry.seq],
  ["time", (entry) => entry.time],
  ["kind", (entry) => entry.kind],
  ["action", ofDecision((d) => d.action)],
  ["outcome", ofDecision((d) => d.outcome)],
  ["subject", ofDecision((d) => d.subject.name)],
  ["digest", ofDecision((d) => d.subject.digest)],
  ["reasons", (entry) => reasons(entry)],
  ["command", ofDecision((d) => d.command)],
  ["policy", ofDecision((d) => d.policy?.name)],
  ["policy_digest", ofDecision((d) => d.policy?.digest)],
  ["data", ofDecision((d) => d.data?.kind)],
  ["data_built_at", ofDecision((d) => d.data?.builtAt)],
  ["data_age_hours", ofDecision((d) => d.data?.ageHours)],
  ["actor_kind", ofDecision((d) => d.actor.kind)],
  ["actor", ofDecision((d) => d.actor.name)],
  ["host", ofDecision((d) => d.actor.host)],
  ["ci", ofPipeline("provider")],
  ["repository", ofPipeline("repository")],
  ["commit", ofPipeline("commit")],
  ["ref", ofPipeline("ref")],
  ["pipeline", ofPipeline("pipeline")],
  ["job", ofPipeline("job")],
  ["url", ofPipeline("url")],
  ["ci_actor", ofPipeline("actor")],
  ["tool", (entry) => entry.tool],
  ["key", (entry) => entry.key],
];

function reasons(entry: EvidenceEntry): Cell {
  if (entry.kind === "decision") return entry.decision.reasons.join("; ");
  if (entry.kind !== "torn") return null;
  return `${entry.torn.bytes} bytes cut, ${entry.torn.unsigned} entries without signature`;
}

/** The names of the columns, as a row. */
export function evidenceCsvHead(): string {
  return csvRow([...COLUMNS.map(([name]) => name), "hash"]);
}

/** An entry as a row. Reasons are joined by `; `. */
export function evidenceCsvRow(entry: EvidenceEntry, hash: string): string {
  return csvRow([...COLUMNS.map(([, cell]) => cell(entry)), hash]);
}
