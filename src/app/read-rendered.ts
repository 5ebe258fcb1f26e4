// What has to be rendered before it can be checked: Helm charts and kustomizations.
import { resolve } from "node:path";
import { isKustomizationName } from "../formats/kustomization.ts";
import { lookAt } from "../io/look.ts";
import { AppError } from "../kit/error.ts";
import { baseName } from "../kit/path.ts";
import { isChartName, renderedCharts } from "./render-charts.ts";
import { renderedKustomizations } from "./render-kustomizations.ts";
import { type Rendered, RenderPlace } from "./render-place.ts";
import type { Surroundings } from "./surroundings.ts";

/** Whether a file stands for others that are rendered with it, by its name. */
export function isRenderedName(path: string): boolean {
  const name = baseName(path);
  return isChartName(name) || isKustomizationName(name);
}

/**
 * Renders charts and kustomizations among files.
 *
 * @param folder Outside of which nothing is read for them.
 * @param values Files with values for charts.
 * @throws {AppError} `not-found` and `usage` for files with values.
 */
export async function* readRendered(
  paths: readonly string[],
  { folder, values }: { readonly folder: string; readonly values: readonly string[] },
  surroundings: Surroundings,
): AsyncGenerator<Rendered> {
  if (!paths.some(isRenderedName)) return;
  const place = await RenderPlace.of(folder);
  if (place === null) return;
  const named = await Promise.all(values.map(valuesAt));
  const inCharts = new Set<string>();
  for await (const one of renderedCharts(paths, { ...surroundings, place, values: named })) {
    for (const path of one.covered) inCharts.add(path);
    yield one;
  }
  const rest = paths.filter((path) => !inCharts.has(path));
  yield* renderedKustomizations(rest, place, surroundings);
}

async function valuesAt(path: string): Promise<string> {
  const real = resolve(path);
  const shown = JSON.stringify(path);
  if ((await lookAt(real)).kind !== "file")
    throw new AppError("not-found", `cannot read values ${shown}: no such file`, { subject: path });
  // Helm would take it for several.
  if (/[,"]/.test(real))
    throw new AppError("usage", `cannot have Helm read ${shown}: its name has a comma or quote`, {
      hint: "give the file another name",
    });
  return real;
}
