// `bulwark watch containers`: a table of what runs, with what is not known of it below.
import { containersNow } from "../app/watch-containers.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible, wrap } from "../kit/display.ts";
import { grouped } from "../kit/phrase.ts";
import type { Container } from "../model/container.ts";
import type { Invocation } from "./command.ts";

type Running = ReturnType<typeof containersNow>[number];

/** Runs it and prints the answer. @returns The exit code: 4 when something runs of which only the id is known. */
export async function tellContainers({ options, terminal }: Invocation): Promise<number> {
  const running = containersNow();
  const exitCode = running.some(({ container }) => container.problems.length > 0) ? 4 : 0;
  if (options.text("format") === "json") {
    const document = { schema: "bulwark.dev/running-containers/v1", containers: running, exitCode };
    await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
  } else if (running.length === 0) {
    terminal.hint("no process of this machine is in a container");
  } else {
    await terminal.print(textOf(running, terminal));
    if (exitCode !== 0 && process.getuid?.() !== 0)
      terminal.hint("what engines keep of their containers only root may read: run it with sudo");
  }
  return exitCode;
}

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

function textOf(running: readonly Running[], screen: Screen): string {
  const colours = palette(screen.colour);
  const noun =
    running.length === 1 ? "1 container runs" : `${grouped(running.length)} containers run`;
  const unknown = running.filter(({ container }) => container.problems.length > 0).length;
  const partly = unknown === 0 ? "" : `; of ${grouped(unknown)} not all is known`;
  return `${[`${colours.bold(noun)}${partly}`, "", ...tableOf(running, screen, colours)].join("\n")}\n`;
}

const HEADS = ["NAME", "ID", "ENGINE", "IMAGE", "DIGEST", "SINCE (UTC)", "PROCESSES"] as const;
const NAME_COLUMNS = 32;
const IMAGE_COLUMNS_MIN = 24;
const ID_LENGTH = 12;

function tableOf(running: readonly Running[], screen: Screen, colours: Palette): string[] {
  const rows = running.map(({ container, pids }) => cellsOf(container, pids.length));
  const widths = HEADS.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => columns(row[i] ?? ""))),
  );
  widths[0] = Math.min(widths[0] ?? 0, NAME_COLUMNS);
  const rest = widths.reduce((sum, width, i) => sum + (i === 3 ? 0 : width + 2), 0);
  widths[3] = Math.min(widths[3] ?? 0, Math.max(IMAGE_COLUMNS_MIN, screen.width - rest));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => padRight(cut(cell, widths[i] ?? 0), widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    colours.dim(line(HEADS)),
    ...running.flatMap(({ container }, i) => [
      line(rows[i] ?? []),
      ...container.problems.flatMap(({ detail }) =>
        wrap(visible(detail), Math.max(60, screen.width) - 4).map((text) =>
          colours.yellow(`    ${text}`),
        ),
      ),
    ]),
  ];
}

function cellsOf(container: Container, processes: number): string[] {
  const { name, pod, image, startedAt } = container;
  const digest = image?.digest ?? image?.id ?? "";
  const whole = pod === null ? (name ?? "-") : `${pod.namespace}/${pod.name}/${name ?? "-"}`;
  return [
    visible(whole),
    visible(container.id).slice(0, ID_LENGTH),
    container.engine,
    visible(image === null || image.reference === "" ? "-" : image.reference),
    // An image that no registry knows has its id alone.
    digest === ""
      ? "-"
      : `${image?.digest === null ? "id " : ""}${digest.slice("sha256:".length, 19)}`,
    startedAt === null ? "-" : new Date(startedAt).toISOString().slice(0, 19).replace("T", " "),
    grouped(processes),
  ];
}
