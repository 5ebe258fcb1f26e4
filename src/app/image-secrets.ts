// Secrets of an image: in every layer, whether or not a later one took the file away, and in its configuration.
import type { OpenedImage } from "../io/image.ts";
import { printable } from "../kit/text.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { type FileTable, kindOf } from "../model/file-table.ts";
import type { Problem } from "../model/problem.ts";
import type { Squashed } from "../stages/catalog/squash.ts";
import { type PlacedHit, secretFindings } from "../stages/secrets/findings.ts";
import type { Examined } from "./examined.ts";
import type { LayerFacts } from "./layer-analysis.ts";
import { secretKind, secretReader } from "./secret-search.ts";
import { unsearched } from "./unsearched.ts";

/** Adds the secrets of an image to what is known of it. */
export function withSecretsOf(
  image: OpenedImage,
  examined: Examined,
  {
    facts,
    squashed,
  }: { readonly facts: readonly (LayerFacts | null)[]; readonly squashed: Squashed },
): Examined {
  const inLayers = facts.flatMap((layerFacts, layer): PlacedHit[] => {
    const namesOf = layerFacts === null ? () => [] : hardLinked(layerFacts.files);
    return (layerFacts?.secrets?.hits ?? []).map((hit) => {
      const names = [hit.path, ...namesOf(hit.path)];
      const path = names.map((name) => squashed.visible(layer, name)).find((seen) => seen !== null);
      const isHidden = path === undefined;
      return { ...hit, path: path ?? squashed.place(layer, hit.path), layer, isHidden };
    });
  });
  const problems = facts.flatMap((layerFacts, layer): Problem[] =>
    unsearched(layerFacts?.secrets ?? null).map((problem) => ({ ...problem, layer })),
  );
  const configuration = configurationSecrets(image);
  const placed = configuration.hits.map((hit) => ({ ...hit, layer: null, isHidden: false }));
  const { inventory } = examined;
  return {
    ...examined,
    artifact: withoutSecretLines(examined.artifact, image),
    inventory: {
      ...inventory,
      problems: [...inventory.problems, ...problems, ...unsearched(configuration)],
    },
    code: [...examined.code, ...secretFindings([...placed, ...inLayers], secretKind)],
  };
}

/** The other names of a file, under which it may still be there when the one by which it was read is gone. */
function hardLinked(files: FileTable): (path: string) => readonly string[] {
  const byTarget = new Map<string, string[]>();
  for (const [row, target] of files.links) {
    if (kindOf(files, row) !== "hardlink") continue;
    const name = files.paths[row] ?? "";
    const known = byTarget.get(target);
    if (known === undefined) byTarget.set(target, [name]);
    else known.push(name);
  }
  return (path) => {
    const names = new Set([path]);
    // Grows while it is walked: a link may lead to a link.
    for (const name of names) for (const other of byTarget.get(name) ?? []) names.add(other);
    names.delete(path);
    return [...names];
  };
}

/** Names of what is searched begin so; kinds of secrets that are told by their surroundings know it. */
const CONFIGURATION = "image configuration: ";

function configurationSecrets({ settings, history }: OpenedImage): ReturnType<typeof read> {
  const { env, labels, entrypoint, cmd, healthcheck } = settings;
  const parts: (readonly [string, string])[] = [
    ...env.map((line, i) => [`env ${nameOr(i, line.split("=", 1)[0])}`, line] as const),
    ...Object.entries(labels).map(
      ([name, value], i) => [`label ${nameOr(i, name)}`, `${name}=${value}`] as const,
    ),
    ["entrypoint", entrypoint.join(" ")],
    ["cmd", cmd.join(" ")],
    ["healthcheck", (healthcheck ?? []).join(" ")],
    ...history.map((line, i) => [`history ${i + 1}`, line] as const),
  ];
  return read(parts);
}

/** What only looks like a name is not shown: a value without one, or one that somebody has put in its place. */
function nameOr(index: number, name: string | undefined): string {
  const isName = name !== undefined && name.length <= NAME_MAX && !holdsSecret(name);
  return isName ? name : `${index + 1}`;
}

const NAME_MAX = 100;

function holdsSecret(text: string): boolean {
  return read([["name", text]]).hits.length > 0;
}

function read(parts: readonly (readonly [name: string, text: string])[]) {
  const reader = secretReader();
  for (const [name, text] of parts)
    if (text !== "") reader.file(`${CONFIGURATION}${name}`, Buffer.from(text));
  return reader.taken();
}

/** The command that made a layer is shown in reports; one in which a secret stands is not. */
function withoutSecretLines(artifact: ArtifactSummary, image: OpenedImage): ArtifactSummary {
  const told = image.history.filter((line) => line !== "" && holdsSecret(line));
  if (told.length === 0) return artifact;
  const layers = artifact.layers.map((layer) =>
    told.some((line) => isShownOf(line, layer.createdBy))
      ? { ...layer, createdBy: "(not shown: a secret stands in it)" }
      : layer,
  );
  return { ...artifact, layers };
}

/** What is shown of a line is its beginning, without control characters: a secret may be cut there, or joined. */
function isShownOf(line: string, shown: string | null): boolean {
  return shown !== null && shown !== "" && printable(line, line.length).startsWith(shown);
}
