// What is in no baseline, and how much that means: little where something new was seen every day, much where all was known for long.
import { firstOf, span } from "../../kit/phrase.ts";
import { stableId } from "../../kit/stable-id.ts";
import type { AlertPriority, AlertValue } from "../../model/alert.ts";
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
/** Characters of what was done: a container chooses them. */
const TEXT_MAX = 400;

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
  return wordsOf(deed).slice(0, TEXT_MAX);
}

function wordsOf(deed: Deed): string {
  switch (deed.kind) {
    case "execute":
      return `ran ${[deed.path, ...deed.arguments].join(" ")}`;
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
/** In the sentence, of one kind. */
const SHOWN_MAX = 3;
const SHOWN_TEXT_MAX = 120;
/** In the fields; the rest is counted. */
const FIELDS_MAX = 64;

/** Of several at once: as urgent as the heaviest that is rare enough to surprise. */
export function priorityOf(anomalies: readonly Anomaly[]): AlertPriority {
  const has = (weight: number, rarity: number): boolean =>
    anomalies.some((one) => one.weight >= weight && one.rarity >= rarity);
  if (has(3, SURPRISING)) return "Warning";
  return has(3, 0) || has(2, SURPRISING) ? "Notice" : "Informational";
}

/** What a person can judge comes first: a program says more than the system calls that it makes. */
function rankOf({ deed, weight }: Anomaly): number {
  switch (deed.kind) {
    case "execute":
      return weight === 3 ? 0 : 5;
    case "capability":
      return deed.allowed ? 1 : 8;
    case "flow":
    case "listen":
      return 2;
    case "write":
      return 3;
    case "name":
      return 4;
    case "read":
      return 6;
    case "syscall":
      return 7;
  }
}

function ordered(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return [...anomalies].sort((a, b) => rankOf(a) - rankOf(b) || b.rarity - a.rarity);
}

/** One sentence for all of them, with some of each kind. */
export function sentenceOf(
  name: string,
  anomalies: readonly Anomaly[],
  baseline: Baseline,
): string {
  const kinds = new Map<number, string[]>();
  for (const one of ordered(anomalies)) {
    const texts = kinds.get(rankOf(one)) ?? [];
    texts.push(shortened(one.text));
    kinds.set(rankOf(one), texts);
  }
  const told = [...kinds.values()].map((texts) => firstOf(texts, SHOWN_MAX)).join("; ");
  return `${name} did what it was not seen to do in ${span(learnedMs(baseline))} of learning: ${told}`;
}

function shortened(text: string): string {
  return text.length > SHOWN_TEXT_MAX ? `${text.slice(0, SHOWN_TEXT_MAX)}…` : text;
}

/**
 * All of them for machines, one field each, because fields of alerts are flat.
 *
 * @param omitted How many more there were.
 */
export function fieldsOf(
  anomalies: readonly Anomaly[],
  omitted: number,
): Readonly<Record<string, AlertValue>> {
  const texts = ordered(anomalies).map(({ text }) => text);
  const shown = texts.slice(0, FIELDS_MAX);
  return {
    "baseline.anomalies": texts.length + omitted,
    "baseline.rarity": Math.max(...anomalies.map(({ rarity }) => rarity)),
    "baseline.first": shown[0] ?? null,
    // By which alerts are told apart that say different things.
    "baseline.behaviour": stableId([...texts].sort()),
    ...Object.fromEntries(shown.map((text, i) => [`baseline.deeds[${i}]`, text])),
    "baseline.deeds.rest": texts.length - shown.length + omitted,
  };
}
