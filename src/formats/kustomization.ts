// Kustomizations: what one names besides itself, which is all that has to be known before anybody lets Kustomize read it.
import { asObject } from "./json-object.ts";
import { readObjectFile } from "./object-file.ts";

/**
 * What a kustomization names.
 *
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
 */
export interface Kustomization {
  /** A part of others, which is nothing by itself. */
  readonly isComponent: boolean;
  /** Files or folders of objects: `resources`, `bases`, `components`. */
  readonly resources: readonly string[];
  /** Files that change them or are put into them. */
  readonly files: readonly string[];
  /** Files, folders or texts that configure generators, transformers and validators. */
  readonly plugins: readonly string[];
  /** Whether Helm would be run, which Kustomize does only where it is allowed. */
  readonly wantsHelm: boolean;
}

export function isKustomizationName(name: string): boolean {
  return name === "kustomization.yaml" || name === "kustomization.yml" || name === "Kustomization";
}

/**
 * Reads a kustomization.
 *
 * @returns null for what is called so and is something else, as Flux has it.
 * @throws {AppError} `config-invalid` with the line, `limit-exceeded`.
 */
export function readKustomization(bytes: Uint8Array, path: string): Kustomization | null {
  const [top] = readObjectFile(bytes, path).documents;
  const [version = "kustomize.config.k8s.io/"] = valuesOf(top, "apiVersion");
  if (typeof version !== "string" || !version.startsWith("kustomize.config.k8s.io/")) return null;
  const items = (...names: string[]): unknown[] => names.flatMap((name) => itemsOf(top, name));
  const generators = items("configMapGenerator", "secretGenerator");
  const withPath = items("patches", "patchesJson6902", "replacements");
  return {
    isComponent: valuesOf(top, "kind").includes("Component"),
    resources: items("resources", "bases", "components").filter(isText),
    files: [
      ...items("crds", "configurations").filter(isText),
      ...items("patchesStrategicMerge").filter(isText).filter(isOneLine),
      ...[...withPath, ...valuesOf(top, "openapi")].flatMap((one) => valuesOf(one, "path")),
      ...generators.flatMap((one) => itemsOf(one, "files").filter(isText).map(afterKey)),
      ...generators.flatMap((one) => [...itemsOf(one, "envs"), ...valuesOf(one, "env")]),
    ].filter(isText),
    plugins: items("generators", "transformers", "validators").filter(isText),
    wantsHelm: items("helmCharts", "helmChartInflationGenerator").length > 0,
  };
}

/**
 * Whether Kustomize would take a name for something on the network: it clones what looks like a repository before it looks for a
 * folder of that name. Names that only may be one count as well.
 *
 * @see https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
 */
export function isRemoteName(name: string): boolean {
  return /[:@?]|\/\/|^(?:www\.)?github\.com|\.git(?:\/|$)|_git\//i.test(name);
}

/** `key=path`, as ConfigMaps are made of files. */
function afterKey(text: string): string {
  return text.slice(text.indexOf("=") + 1);
}

/** Kustomize does not look at capitals in names of fields, so neither does who wants to know what it would do. */
function valuesOf(value: unknown, name: string): unknown[] {
  const wanted = name.toLowerCase();
  const fields = Object.entries(asObject(value) ?? {});
  return fields.filter(([key]) => key.toLowerCase() === wanted).map(([, found]) => found);
}

function itemsOf(value: unknown, name: string): unknown[] {
  return valuesOf(value, name).filter(Array.isArray).flat();
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isOneLine(text: string): boolean {
  return !text.includes("\n");
}
