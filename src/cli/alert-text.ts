// An alert for people: how urgent, which rule, where, who; what the rule says of it comes last.
import { palette } from "../kit/colour.ts";
import { cut, visible, wrap } from "../kit/display.ts";
import { grouped, list } from "../kit/phrase.ts";
import { type Alert, type AlertOrigin, type AlertPriority, fieldText } from "../model/alert.ts";
import { clockOf, type EventScreen } from "./event-text.ts";

const PRIORITY_WIDTH = 13;
const INDENT = " ".repeat(13);
const WIDTH_MIN = 60;
/** Columns of one fact: a command line may be a whole program, and the other forms have it all. */
const FACT_WIDTH = 200;

type Paint = "alarm" | "red" | "yellow" | "plain";

const PAINTS: Record<AlertPriority, Paint> = {
  Emergency: "alarm",
  Alert: "alarm",
  Critical: "alarm",
  Error: "red",
  Warning: "yellow",
  Notice: "plain",
  Informational: "plain",
  Debug: "plain",
};

/** The priority in its colour, and in its column. */
export function priorityText(priority: AlertPriority, colour: boolean): string {
  const { alarm, red, yellow } = palette(colour);
  const paints = { alarm, red, yellow, plain: (text: string) => text };
  return `${paints[PAINTS[priority]](priority)}${" ".repeat(PRIORITY_WIDTH - priority.length)}`;
}

/** The lines of an alert, without the last line end. One that stands for several is one line. */
export function alertText(alert: Alert, { width, colour }: EventScreen): string {
  const { bold, dim } = palette(colour);
  const head = `${dim(clockOf(alert.time))} ${priorityText(alert.priority, colour)} ${bold(visible(alert.rule))}`;
  const { repeats } = alert;
  if (repeats !== undefined) {
    const since = clockOf(repeats.first).slice(0, 8);
    return `${head}: ${grouped(repeats.count)} more ${visible(whereOf(alert))} since ${since}`;
  }
  const [sentence, facts] = partsOf(alert);
  // Rules of ours have no sentence but their title.
  const below = [`${whereOf(alert)}${whoOf(alert)}`, sentence].filter(
    (line) => line !== "" && line !== alert.rule,
  );
  return [
    head,
    ...below.flatMap((line) => indented(visible(line), width)),
    ...(facts === "" ? [] : indented(visible(facts), width).map(dim)),
  ].join("\n");
}

function indented(text: string, width: number | null): string[] {
  const lines = width === null ? [text] : wrap(text, Math.max(WIDTH_MIN, width) - INDENT.length);
  return lines.map((line) => `${INDENT}${line}`);
}

/** `in web (registry.example/web:1.4), pod prod/web-0`. */
export function whereOf(alert: Alert): string {
  const name = fieldText(alert, "container.name");
  const id = fieldText(alert, "container.id");
  if (alert.source === "k8s_audit") {
    const namespace = fieldText(alert, "ka.target.namespace");
    return namespace === null ? "in the cluster" : `in namespace ${namespace}`;
  }
  if (name === null && (id === null || id === "host")) return "on the host";
  const repository = fieldText(alert, "container.image.repository");
  const tag = fieldText(alert, "container.image.tag");
  const image = repository === null ? "" : ` (${repository}${tag === null ? "" : `:${tag}`})`;
  const pod = fieldText(alert, "k8s.pod.name");
  const inPod = pod === null ? "" : `, pod ${fieldText(alert, "k8s.ns.name") ?? ""}/${pod}`;
  return `in ${name ?? id}${image}${inPod}`;
}

/** `, by /usr/bin/curl of deb/curl with 2 high`. */
function whoOf(alert: Alert): string {
  const path = fieldText(alert, "proc.exepath") ?? fieldText(alert, "ka.user.name");
  if (path === null) return "";
  return `, by ${path}${alert.origin === undefined ? "" : originText(alert.origin)}`;
}

function originText({ isForeign, package: owner, findings }: AlertOrigin): string {
  if (isForeign) return ", which is not of the image";
  if (owner === null) return ", of no package";
  const counts = Object.entries(findings ?? {}).map(([severity, n]) => `${grouped(n)} ${severity}`);
  return counts.length === 0 ? ` of ${owner}` : ` of ${owner} with ${list(counts)}`;
}

/** Without a value, said above already, or for machines alone. */
const SAYS_NOTHING =
  /=(?:<NA>)?$|^(?:container_(?:id|name|image\w*|start_ts)|k8s_\w+|evt_type|proc_exepath|\w+_(?:ctime|mtime|duration_proc_start))=|^(?:terminal=0|user_loginuid=-1)$/;

/** Falco's rules write a sentence, a bar, and then `name=value` for all that may matter: what has no value does not. */
function partsOf(alert: Alert): readonly [sentence: string, facts: string] {
  const { output } = alert;
  // It stands behind where it happened.
  const path = `path=${fieldText(alert, "proc.exepath") ?? ""}`;
  const bar = output.indexOf(" | ");
  if (bar === -1) return [output, ""];
  const facts = output
    .slice(bar + " | ".length)
    .split(/ (?=[a-z][a-z0-9_.[\]]*=)/)
    .filter((fact) => !SAYS_NOTHING.test(fact) && fact !== path)
    .map((fact) => cut(fact, FACT_WIDTH));
  return [output.slice(0, bar), facts.join(" ")];
}
