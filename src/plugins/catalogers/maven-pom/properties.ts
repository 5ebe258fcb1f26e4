import type { Pom } from "../../../formats/pom.ts";

/** A project and where its file lies. */
export interface PlacedPom {
  readonly path: string;
  readonly pom: Pom;
}

/** Properties may stand for properties; deeper is a loop. */
const ROUNDS_MAX = 10;
/** Three properties that each stand for the last three times grow without end. */
const LENGTH_MAX = 1_000;

/** The properties of a project: its own before those of its parents, and before all what Maven itself defines. */
export function propertiesOf(line: readonly PlacedPom[]): ReadonlyMap<string, string> {
  const own = line[0]?.pom;
  const written = line.flatMap(({ pom }) => pom.properties);
  const pairs = own === undefined ? written : [...builtIn(own), ...written, ...oldNames(own)];
  const properties = new Map<string, string>();
  for (const [name, value] of pairs) {
    const isUsable = value !== "" && value.length <= LENGTH_MAX;
    if (isUsable && !properties.has(name)) properties.set(name, value);
  }
  return properties;
}

type Pair = readonly [name: string, value: string];

function builtIn(pom: Pom): Pair[] {
  const { parent } = pom;
  const facts: readonly Pair[] = [
    ...oldNames(pom),
    ["parent.groupId", parent?.group ?? ""],
    ["parent.artifactId", parent?.artifact ?? ""],
    ["parent.version", parent?.version ?? ""],
  ];
  return facts.flatMap(([name, value]): Pair[] => [
    [`project.${name}`, value],
    [`pom.${name}`, value],
  ]);
}

/** Without a prefix, as Maven 2 allowed; a property of that name goes before. */
function oldNames({ group, artifact, version, parent }: Pom): Pair[] {
  return [
    ["groupId", group || (parent?.group ?? "")],
    ["artifactId", artifact],
    ["version", version || (parent?.version ?? "")],
  ];
}

/**
 * Fills in `${name}`.
 *
 * @returns null when a property is not known here, or its value grows beyond what any version has.
 */
export function filledIn(text: string, properties: ReadonlyMap<string, string>): string | null {
  let filled = text;
  for (let round = 0; round < ROUNDS_MAX && filled.includes("${"); round += 1) {
    if (filled.length > LENGTH_MAX) return null;
    filled = filled.replaceAll(
      /\$\{([^{}$]{1,200})\}/g,
      (whole, name: string) => properties.get(name.trim()) ?? whole,
    );
  }
  return filled.includes("${") || filled.length > LENGTH_MAX ? null : filled.trim();
}
