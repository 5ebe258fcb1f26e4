// Helm charts below a folder: each is rendered with the values that it brings, and what is rendered is checked.
import { dirname, join } from "node:path";
import { helmDocuments, TemplateLines } from "../formats/helm-manifest.ts";
import { asObject, text } from "../formats/json-object.ts";
import { type ObjectFile, readObjectFile } from "../formats/object-file.ts";
import { whyNotRead } from "../io/chart-files.ts";
import { realPath } from "../io/look.ts";
import { readNamed, readOptional } from "../io/named-file.ts";
import { renderChart } from "../io/render.ts";
import { AppError } from "../kit/error.ts";
import { baseName, normalPath } from "../kit/path.ts";
import { utf8Bytes } from "../kit/text.ts";
import type { ReadSubject } from "./file-kind.ts";
import { readDocument } from "./read-document.ts";
import { type Rendered, type RenderPlace, unrendered } from "./render-place.ts";
import type { Surroundings } from "./surroundings.ts";

/** What charts are rendered with. */
export interface ChartContext extends Surroundings {
  readonly place: RenderPlace;
  /** Files with values beside those of the chart, as absolute paths. */
  readonly values: readonly string[];
}

export function isChartName(name: string): boolean {
  return name === "Chart.yaml";
}

/** Renders what of the paths is a chart; its templates are looked at by nobody else, rendered or not. */
export async function* renderedCharts(
  paths: readonly string[],
  context: ChartContext,
): AsyncGenerator<Rendered> {
  const files = paths.filter((path) => isChartName(baseName(path)));
  const folders = files.map((path) => dirname(path));
  for (const path of files) {
    const folder = dirname(path);
    // What another chart has below `charts` is rendered with it.
    if (folders.some((one) => isBelow(folder, join(one, "charts")))) continue;
    context.signal.throwIfAborted();
    const covered = paths.filter((one) =>
      ["templates", "charts"].some((name) => isBelow(one, join(folder, name))),
    );
    const { subjects, problems } = await renderedOne(path, context);
    yield { subjects, problems, covered: new Set([path, ...covered]) };
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

async function renderedOne(path: string, context: ChartContext): Promise<Rendered> {
  try {
    const [document] = readObjectFile((await readNamed("file", path)).bytes, path).documents;
    // Others call its templates; by itself it is nothing.
    if (text(asObject(document), "type") === "library")
      return { subjects: [], problems: [], covered: new Set() };
    return await renderedChart(path, context);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return unrendered(path, `the chart is not rendered: ${error.message}`);
  }
}

async function renderedChart(path: string, context: ChartContext): Promise<Rendered> {
  const folder = await realPath(dirname(path));
  const why = folder === null ? "its folder is gone" : await whyNotRead(folder);
  if (folder === null || why !== null) return unrendered(path, `the chart is not rendered: ${why}`);
  const rendering = await renderChart({ folder, values: context.values }, context);
  const shown = JSON.stringify(dirname(path));
  if (rendering.kind === "absent") {
    const byHand = `helm template ${shown} > rendered.yaml`;
    return unrendered(path, `it is a chart, and helm is not installed: render it first: ${byHand}`);
  }
  if (rendering.kind === "failed")
    return unrendered(path, `Helm cannot render the chart: ${rendering.why}`);
  const manifest = rendering.bytes.toString("utf8");
  return { subjects: await subjectsIn(manifest, path), problems: [], covered: new Set() };
}

async function subjectsIn(manifest: string, chart: string): Promise<ReadSubject[]> {
  const templates = new Map<string, TemplateLines | null>();
  const subjects: ReadSubject[] = [];
  for (const { source, text: lines } of helmDocuments(manifest)) {
    const path = source === null ? chart : templatePath(source, chart);
    if (!templates.has(path)) templates.set(path, path === chart ? null : await templateAt(path));
    const template = templates.get(path) ?? null;
    const file = readObjectFile(utf8Bytes(lines), path);
    const places = new TemplatePlaces(lines, file, template);
    // A template that is packed in an archive is nothing that anybody could open.
    const shown = template === null ? chart : path;
    file.documents.forEach((document, index) => {
      for (const subject of readDocument(document, () => undefined))
        subjects.push({ path: shown, subject, places: (at) => places.of(index, at) });
    });
  }
  return subjects;
}

/** Helm puts the chart's name, which may be another than its folder's, in front. */
function templatePath(source: string, chart: string): string {
  const inside = normalPath(source.slice(source.indexOf("/") + 1));
  return inside === null || inside === "" ? chart : join(dirname(chart), inside);
}

async function templateAt(path: string): Promise<TemplateLines | null> {
  const file = await readOptional(path);
  return file === null ? null : new TemplateLines(file.bytes.toString("utf8"));
}

/** Places of rendered values in their template. */
class TemplatePlaces {
  readonly #lines: string;
  readonly #file: ObjectFile;
  readonly #template: TemplateLines | null;

  constructor(lines: string, file: ObjectFile, template: TemplateLines | null) {
    this.#lines = lines;
    this.#file = file;
    this.#template = template;
  }

  of(document: number, pointers: readonly string[]): ReadonlyMap<string, { line: number }> {
    const places = new Map<string, { line: number }>();
    if (this.#template === null) return places;
    const lines = this.#lines.split("\n");
    for (const [at, { line }] of this.#file.places(document, pointers)) {
      const found = this.#template.lineOf(lines[line - 1] ?? "");
      if (found !== null) places.set(at, { line: found });
    }
    return places;
  }
}
