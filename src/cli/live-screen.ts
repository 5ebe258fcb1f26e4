// The live view as lines: rates above, the processes of containers as trees, and alerts by their cause below. Pure: a state in, lines out.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padLeft, padRight, visible } from "../kit/display.ts";
import { count, grouped } from "../kit/phrase.ts";
import type { AlertPriority } from "../model/alert.ts";
import { priorityText } from "./alert-text.ts";

/** A process in its tree, and what it began lately. */
export interface LiveProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

export interface LiveContainer {
  readonly id: string;
  readonly title: string;
  readonly image: string;
  readonly processes: readonly LiveProcess[];
  /** Programs that began and ended in the last seconds, the newest first. */
  readonly ended: readonly string[];
}

export interface LiveAlert {
  readonly rule: string;
  readonly priority: AlertPriority;
  readonly where: string;
  readonly count: number;
  /** `12:00:01` */
  readonly last: string;
}

export interface LiveState {
  readonly elapsed: string;
  /** Events a second, the newest last. */
  readonly rates: readonly number[];
  readonly lost: number;
  readonly containers: readonly LiveContainer[];
  /** The most urgent and newest first. */
  readonly alerts: readonly LiveAlert[];
  readonly alertsTotal: number;
  readonly hasRules: boolean;
  /** Said last; null when there is nothing to say. */
  readonly message: string | null;
}

export interface LiveSize {
  readonly width: number;
  readonly height: number;
  readonly colour: boolean;
}

const BARS = "▁▂▃▄▅▆▇█";
const RATES_SHOWN = 20;
const ENDED_SHOWN = 3;
const PID_WIDTH = 7;

/** Exactly as many lines as the screen is high, none wider than it is. */
export function liveLines(state: LiveState, size: LiveSize): string[] {
  const colours = palette(size.colour);
  const head = [headLine(state, size, colours), ""];
  const third = Math.max(4, Math.floor(size.height / 3));
  const message =
    state.message === null ? [] : [colours.yellow(cut(visible(state.message), size.width))];
  const rest = Math.max(0, size.height - head.length - message.length);
  const least = alertLines(state, { ...size, height: third }).length;
  const body = fitted(state.containers, size, Math.max(0, rest - least));
  // What containers leave is for alerts, but for a line between them.
  const foot = alertLines(state, { ...size, height: Math.max(third, rest - body.length - 1) });
  const room = rest - foot.length;
  const blank = Array.from({ length: Math.max(0, room - body.length) }, () => "");
  return [...head, ...body, ...blank, ...foot, ...message].slice(0, size.height);
}

function headLine(
  { elapsed, rates, lost, containers }: LiveState,
  size: LiveSize,
  colours: Palette,
): string {
  const processes = containers.reduce((sum, one) => sum + one.processes.length, 0);
  const rate = rates.at(-1) ?? 0;
  const parts = [
    "bulwark watch",
    count(containers.length, "container"),
    count(processes, "process", "processes"),
    `${count(rate, "event")}/s ${sparkline(rates.slice(-RATES_SHOWN))}`,
    `${grouped(lost)} lost`,
    elapsed,
  ];
  const text = cut(parts.join("  ·  "), size.width);
  return lost > 0 ? colours.red(text) : colours.bold(text);
}

/** The largest is the whole height; nothing is the lowest bar. */
export function sparkline(values: readonly number[]): string {
  const max = Math.max(1, ...values);
  return values.map((value) => BARS[Math.round((value / max) * (BARS.length - 1))] ?? "").join("");
}

/** Every container has its share of the room, its title at least; what does not fit is counted. */
function fitted(containers: readonly LiveContainer[], size: LiveSize, room: number): string[] {
  if (containers.length === 0)
    return ["no process of this machine is in a container"].slice(0, room);
  const isWhole = containers.length <= room;
  const shown = isWhole ? containers : containers.slice(0, Math.max(0, room - 1));
  const hidden = containers.length - shown.length;
  const last = isWhole ? [] : [cut(`… and ${count(hidden, "container")} more`, size.width)];
  const lines: string[] = [];
  for (const [at, container] of shown.entries()) {
    const share = Math.floor((room - last.length - lines.length) / (shown.length - at));
    lines.push(...containerLines(container, size, share));
  }
  return [...lines, ...last].slice(0, room);
}

function containerLines(
  container: LiveContainer,
  { width, colour }: LiveSize,
  share: number,
): string[] {
  const { bold, dim, blue } = palette(colour);
  const name = visible(container.title);
  const image = cut(visible(container.image), Math.max(0, width - columns(name) - 2));
  const title = `${bold(blue(cut(name, width)))}  ${dim(image)}`;
  const tree = treeOf(container.processes).map(({ branch, process }) => {
    const text = `${padLeft(String(process.pid), PID_WIDTH)} ${branch}${visible(process.command)}`;
    return cut(text, width);
  });
  const ended = container.ended
    .slice(0, ENDED_SHOWN)
    .map((command) => dim(cut(`${" ".repeat(PID_WIDTH)} ${visible(command)}`, width)));
  const rows = [...tree, ...ended];
  const room = share - 1;
  if (room < 1) return [title];
  if (rows.length <= room) return [title, ...rows];
  const hidden = rows.length - Math.max(0, room - 1);
  return [
    title,
    ...rows.slice(0, Math.max(0, room - 1)),
    dim(`${" ".repeat(PID_WIDTH)} … ${grouped(hidden)} more`),
  ];
}

interface Branch {
  readonly branch: string;
  readonly process: LiveProcess;
}

/** Parents before their children, each with the lines that lead to it. */
export function treeOf(processes: readonly LiveProcess[]): Branch[] {
  const there = new Set(processes.map(({ pid }) => pid));
  const children = new Map<number, LiveProcess[]>();
  const roots: LiveProcess[] = [];
  for (const process of processes) {
    const isRoot = !there.has(process.parentPid) || process.parentPid === process.pid;
    if (isRoot) roots.push(process);
    else children.set(process.parentPid, [...(children.get(process.parentPid) ?? []), process]);
  }
  const found: Branch[] = [];
  const walk = (process: LiveProcess, lead: string, branch: string): void => {
    found.push({ branch, process });
    const own = children.get(process.pid) ?? [];
    children.delete(process.pid);
    for (const [at, child] of own.entries()) {
      const isLast = at === own.length - 1;
      walk(child, `${lead}${isLast ? "   " : "│  "}`, `${lead}${isLast ? "└─ " : "├─ "}`);
    }
  };
  for (const root of roots) walk(root, "", "");
  return found;
}

function alertLines(state: LiveState, { width, height, colour }: LiveSize): string[] {
  const { bold, dim, green } = palette(colour);
  const { alerts, alertsTotal, hasRules } = state;
  if (!hasRules) return [dim(cut("no rules are asked (--rules none)", width))];
  if (alerts.length === 0) return [green("no alert")];
  const shown = alerts.slice(0, height - 1);
  const more = alerts.length - shown.length;
  const head = `${count(alertsTotal, "alert")} of ${count(alerts.length, "cause")}${more > 0 ? `, ${grouped(more)} not shown` : ""}`;
  return [
    bold(cut(head, width)),
    ...shown.map((alert) => {
      const times = padLeft(`×${grouped(alert.count)}`, 7);
      const room = Math.max(0, width - 8 - 1 - 14 - 8);
      const text = cut(`${visible(alert.rule)} ${visible(alert.where)}`, room);
      return `${dim(alert.last)} ${priorityText(alert.priority, colour)} ${padRight(text, room)} ${times}`;
    }),
  ];
}
