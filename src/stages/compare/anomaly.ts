// What is in no baseline, and how much that means: little where something new was seen every day, much where all was known for long.
import { firstOf, span } from "../../kit/phrase.ts";
import type { AlertPriority } from "../../model/alert.ts";
import { type Baseline, learnedMs } from "./baseline.ts";
import type { Deed } from "./behaviour.ts";

/** Something that a container was never seen to do before. */
export interface Anomaly {
  readonly deed: Deed;
  /** For people: `ran /bin/sh -c id`. */
  readonly text: string;
  /** 0 to 99: how long nothing new of this kind had been seen, against ten minutes. */
  readonly rarity: number;
  /** 3 what gives power, 2 what leaves traces or reaches out, 1 the rest. */
  readonly weight: 1 | 2 | 3;
}

/** Quiet for so long, the next new thing is as surprising as not. */
const HALF_MS = 10 * 60_000;

/** @returns null for what the baseline has. */
export function anomalyOf(baseline: Baseline, deed: Deed): Anomaly | null {
  if (baseline.behaviour.has(deed)) return null;
  const end = Math.max(...baseline.looks.map(({ to }) => to));
  const learned = learnedMs(baseline);
  const newest = baseline.behaviour.newestOf(deed.kind);
  const quiet = newest === null ? learned : Math.min(learned, Math.max(0, end - newest));
  return {
    deed,
    text: textOf(deed),
    rarity: Math.min(99, Math.round((100 * quiet) / (quiet + HALF_MS))),
    weight: weightOf(baseline, deed),
  };
}

function weightOf({ behaviour }: Baseline, deed: Deed): Anomaly["weight"] {
  switch (deed.kind) {
    case "execute":
      return behaviour.hasProgram(deed.path) ? 1 : 3;
    case "capability":
      return deed.allowed ? 3 : 1;
    case "syscall":
      return 3;
    case "flow":
    case "listen":
    case "write":
      return 2;
    default:
      return 1;
  }
}

function textOf(deed: Deed): string {
  switch (deed.kind) {
    case "execute":
      return `ran ${[deed.path, ...deed.arguments].join(" ").slice(0, 200)}`;
    case "capability":
      return `asked for ${deed.name} and ${deed.allowed ? "had it" : "was refused"}`;
    case "syscall":
      return `called ${deed.name}`;
    case "flow":
      return deed.direction === "egress"
        ? `connected to ${peerText(deed.peer)} at ${deed.protocol} ${deed.port}`
        : `was called by ${peerText(deed.peer)} at ${deed.protocol} ${deed.port}`;
    case "listen":
      return `listens at ${deed.protocol} ${deed.port}`;
    case "name":
      return `asked for the name ${deed.name}`;
    case "write":
      return `wrote ${deed.path}`;
    case "read":
      return `read ${deed.path}`;
  }
}

function peerText(peer: Extract<Deed, { kind: "flow" }>["peer"]): string {
  if (peer.kind === "any") return "somebody";
  return peer.kind === "address" ? peer.address : `a pod of ${peer.namespace}`;
}

const SURPRISING = 50;
const SHOWN_MAX = 4;

/** Of several at once: as urgent as the heaviest that is rare enough to surprise. */
export function priorityOf(anomalies: readonly Anomaly[]): AlertPriority {
  const has = (weight: number, rarity: number): boolean =>
    anomalies.some((one) => one.weight >= weight && one.rarity >= rarity);
  if (has(3, SURPRISING)) return "Warning";
  return has(3, 0) || has(2, SURPRISING) ? "Notice" : "Informational";
}

/** The heaviest first, and of those the rarest. */
export function ordered(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return [...anomalies].sort((a, b) => b.weight - a.weight || b.rarity - a.rarity);
}

/** One sentence for all of them. */
export function sentenceOf(
  name: string,
  anomalies: readonly Anomaly[],
  baseline: Baseline,
): string {
  const learned = span(learnedMs(baseline));
  const texts = firstOf(
    ordered(anomalies).map(({ text }) => text),
    SHOWN_MAX,
  );
  return `${name} did what it was not seen to do in ${learned} of learning: ${texts}`;
}
