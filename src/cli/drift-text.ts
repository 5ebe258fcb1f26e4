// Drift, for people: what runs that should not, then a tree of what was written.
import { type Palette, palette } from "../kit/colour.ts";
import { cut, visible, wrap } from "../kit/display.ts";
import { baseName, parentPath } from "../kit/path.ts";
import { count, firstOf, grouped, size } from "../kit/phrase.ts";
import type { DriftItem, DriftResult, RunningProcess } from "../model/drift.ts";
import { SEVERITIES, type Severity } from "../model/severity.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

/** Of one folder; the rest is counted. */
const LISTED_MAX = 12;
const PROBLEMS_MAX = 10;
const PACKAGES_MAX = 8;

/** The answer in one line. */
export function driftAnswer(result: DriftResult): string {
  const { drift, baseline, container, problems, looked, allowed, known } = result;
  const name = visible(container.name ?? container.id.slice(0, 12));
  if (baseline === null) return `nothing can be told of ${name}: its image is gone`;
  const isPartial = isPartlySeen(problems);
  if (drift.length === 0 && isPartial)
    return `whether ${name} has drifted cannot be told: not everything could be looked at, and nothing was found in the rest`;
  const partly = isPartial ? "; not everything could be looked at" : "";
  if (drift.length === 0 && known.length + allowed.length > 0) {
    const aside = [...asideWords(known, "known"), ...asideWords(allowed, "allowed")];
    return `nothing new in ${name}; ${aside.join(", ")}`;
  }
  if (drift.length === 0) {
    return `no drift in ${name}: ${runningOf(looked.running)}nothing was written where it should not be`;
  }
  return `${count(drift.length, "difference")} between ${name} and its image: ${severityWords(drift)}${partly}`;
}

/** What was set aside is there still, and may run: `9 known (2 critical, 7 high)`. */
function asideWords(items: readonly DriftItem[], word: string): string[] {
  return items.length === 0 ? [] : [`${grouped(items.length)} ${word} (${severityWords(items)})`];
}

function severityWords(items: readonly DriftItem[]): string {
  return SEVERITIES.flatMap((severity) => {
    const n = items.filter((item) => item.severity === severity).length;
    return n === 0 ? [] : [`${grouped(n)} ${severity}`];
  }).join(", ");
}

function runningOf(files: number): string {
  if (files === 0) return "";
  return files === 1
    ? "the one running file is the image's, "
    : `all ${grouped(files)} running files are the image's, `;
}

function isPartlySeen(problems: DriftResult["problems"]): boolean {
  return problems.some(({ code }) => code === "container-unread");
}

/** The whole report. */
export function driftText(result: DriftResult, { width, colour }: Screen): string {
  const writer = new DriftWriter(palette(colour), Math.max(60, width));
  const blocks = [
    writer.head(result),
    writer.running(result.drift.filter(({ uses }) => uses.length > 0)),
    writer.written(result.drift.filter(({ uses }) => uses.length === 0)),
    writer.foot(result),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

class DriftWriter {
  readonly #colours: Palette;
  readonly #width: number;

  constructor(colours: Palette, width: number) {
    this.#colours = colours;
    this.#width = width;
  }

  head(result: DriftResult): string[] {
    const { container, baseline, storage, drift, known, allowed } = result;
    const { bold, dim, green, red, yellow } = this.#colours;
    const { image } = container;
    const isTold = baseline !== null && !isPartlySeen(result.problems);
    const isBare = isTold && known.length + allowed.length === 0;
    const mark = drift.length > 0 ? red : isBare ? green : yellow;
    const by = baseline === null ? "gone" : baseline.slice(0, "sha256:".length + 12);
    return [
      bold(mark(driftAnswer(result))),
      dim(
        cut(
          `${visible(container.engine)} container ${container.id.slice(0, 12)}, image ${visible(image?.reference ?? "")} (${by}), ${visible(storage)}`,
          this.#width,
        ),
      ),
    ];
  }

  running(items: readonly DriftItem[]): string[] {
    if (items.length === 0) return [];
    return [
      this.#colours.bold("RUNS"),
      ...items.flatMap((item) => [
        this.#title(item, pathWords(item), "  "),
        ...this.#facts(item, "      "),
      ]),
    ];
  }

  written(items: readonly DriftItem[]): string[] {
    if (items.length === 0) return [];
    const folders = new Map<string, DriftItem[]>();
    for (const item of items) {
      const folder = parentPath(item.path);
      const known = folders.get(folder);
      if (known === undefined) folders.set(folder, [item]);
      else known.push(item);
    }
    return [
      this.#colours.bold("WRITTEN"),
      ...[...folders]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([folder, own]) => this.#folder(folder, own)),
    ];
  }

  #folder(folder: string, items: readonly DriftItem[]): string[] {
    const shown = items.slice(0, LISTED_MAX);
    const rest = items.length - shown.length;
    const lines = shown.flatMap((item, i) => {
      const isLast = i === shown.length - 1 && rest === 0;
      const own = `  ${isLast ? "└─" : "├─"} `;
      const below = `  ${isLast ? "  " : "│ "}     `;
      return [this.#title(item, visible(baseName(item.path)), own), ...this.#facts(item, below)];
    });
    const more =
      rest === 0
        ? []
        : [`  └─ ${this.#colours.dim(`and ${grouped(rest)} more; --format json has all`)}`];
    return [
      `  ${this.#colours.blue(`/${visible(folder)}${folder === "" ? "" : "/"}`)}`,
      ...lines,
      ...more,
    ];
  }

  #title({ severity, kind }: DriftItem, name: string, before: string): string {
    const { bold } = this.#colours;
    const tail = `  ${KIND_WORDS[kind]}`;
    const room = this.#width - before.length - severity.length - tail.length - 1;
    return `${before}${this.#severity(severity)} ${bold(cut(name, Math.max(20, room)))}${tail}`;
  }

  #severity(severity: Severity): string {
    const { alarm, red, yellow, dim } = this.#colours;
    if (severity === "critical") return alarm(severity);
    if (severity === "high") return red(severity);
    return severity === "medium" ? yellow(severity) : dim(severity);
  }

  #facts(item: DriftItem, before: string): string[] {
    const { dim } = this.#colours;
    const { reason, processes, sha256, sizeBytes } = item;
    const room = this.#width - before.length;
    const own = [
      ...(sha256 === null ? [] : [`${size(sizeBytes)}, sha256 ${sha256.slice(0, 12)}`]),
      ...imageWords(item),
    ].join("; ");
    return [
      ...wrap(visible(reason), room),
      ...(own === "" ? [] : wrap(own, room).map(dim)),
      ...(processes.length === 0 ? [] : [cut(processWords(processes), room)]),
    ].map((line) => before + line);
  }

  foot(result: DriftResult): string[] {
    const { dim, yellow } = this.#colours;
    const { problems, allowed, known } = result;
    const shown = problems.slice(0, PROBLEMS_MAX);
    const rest = problems.length - shown.length;
    return [
      ...shown.flatMap(({ detail }) =>
        wrap(visible(detail), this.#width - 2).map((line) => yellow(`  ${line}`)),
      ),
      ...(rest > 0 ? [yellow(`  and ${grouped(rest)} more problems`)] : []),
      ...(allowed.length === 0
        ? []
        : [dim(`${count(allowed.length, "difference")} allowed by --allow`)]),
      ...(known.length === 0
        ? []
        : [dim(`${count(known.length, "difference")} known from before`)]),
      ...wrap(lookedWords(result), this.#width).map(dim),
      ...nextWords(result).flatMap((line) => wrap(line, this.#width)),
    ];
  }
}

const KIND_WORDS: Readonly<Record<DriftItem["kind"], string>> = {
  moved: "moved",
  modified: "modified",
  dropped: "dropped",
  memfd: "in memory only",
  deleted: "deleted",
  removed: "removed",
  relinked: "link changed",
  privileged: "privileged",
};

function pathWords({ path, place }: DriftItem): string {
  return place === "memory" ? visible(path) : `/${visible(path)}`;
}

function imageWords({ image }: DriftItem): string[] {
  if (image === null) return [];
  const owner = image.owner === null ? "" : ` of ${visible(image.owner)}`;
  return [`the image's /${visible(image.path)}${owner}, layer ${image.layer + 1}`];
}

function processWords(processes: readonly RunningProcess[]): string {
  return firstOf(
    processes.map(
      ({ pid, command, name }) => `process ${pid}: ${visible(command === "" ? name : command)}`,
    ),
    3,
  );
}

function lookedWords({ looked, inUse, container }: DriftResult): string {
  const { written, unchanged, processes, running, same } = looked;
  const used = inUse?.packages.map(({ owner }) => visible(owner.replace(/^.*?\//, ""))) ?? [];
  const packages = used.length === 0 ? "" : `; in use: ${firstOf(used, PACKAGES_MAX)}`;
  const runs =
    processes === 0
      ? `${container.name ?? "it"} runs nothing`
      : `${count(processes, "process runs", "processes run")} ${count(running, "file")}, of which ${grouped(same)} are the image's`;
  return `looked at ${count(written, "written file")}, of which ${grouped(unchanged)} have the image's content; ${runs}${packages}`;
}

/** What to do, most urgent first. */
function nextWords({ drift, baseline, container }: DriftResult): string[] {
  const name = visible(container.name ?? container.id.slice(0, 12));
  const engine = container.engine === "podman" ? "podman" : "docker";
  if (baseline === null) return [`next: ${engine} pull the image by its digest, and look again`];
  const [worst] = drift;
  if (worst === undefined) return [];
  if (worst.uses.length > 0 && worst.severity === "critical")
    return [
      `next: ${engine} pause ${name}, keep what runs for those who look into it, and start anew from the image`,
    ];
  return [
    `next: put what belongs there into the image, start ${name} with --read-only, and set aside what is known with --allow`,
  ];
}
