import type { Pom, PomDependency } from "../../../formats/pom.ts";
import { parentPath } from "../../../kit/path.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { pathFrom } from "../shared/path-from.ts";
import { filledIn, type PlacedPom, propertiesOf } from "./properties.ts";

/** Longer lines of parents are a loop, or somebody's joke. */
const PARENTS_MAX = 20;

/** The projects of one source tree, which inherit from each other. */
export class Family {
  readonly #byPath: ReadonlyMap<string, PlacedPom>;
  readonly #byName = new Map<string, PlacedPom>();
  readonly #versions = new Map<string, string>();

  constructor(poms: readonly PlacedPom[]) {
    this.#byPath = new Map(poms.map((placed) => [placed.path, placed]));
    for (const placed of poms) {
      const { pom } = placed;
      this.#byName.set(`${pom.group || (pom.parent?.group ?? "")}:${pom.artifact}`, placed);
    }
  }

  /** A project of this name; versions are not compared, because here there is only one. */
  find(group: string, artifact: string): PlacedPom | undefined {
    return this.#byName.get(`${group}:${artifact}`);
  }

  /** Whether a dependency is a project of this tree. One of another version than stands here is built elsewhere. */
  builds(name: string, version: string | null): boolean {
    const placed = this.#byName.get(name);
    if (placed === undefined) return false;
    const own = this.#versions.get(name) ?? this.#versionOf(placed);
    this.#versions.set(name, own);
    return version === null || own === "" || own === version;
  }

  /** `""` when it cannot be told from here. */
  #versionOf(placed: PlacedPom): string {
    const { version, parent } = placed.pom;
    return filledIn(version || (parent?.version ?? ""), propertiesOf(this.line(placed))) ?? "";
  }

  /** The project, its parent, the parent's parent …, as far as they are here. */
  line(placed: PlacedPom): PlacedPom[] {
    const line = [placed];
    for (let at = placed; line.length < PARENTS_MAX; ) {
      const parent = this.#parentOf(at);
      if (parent === undefined || line.includes(parent)) break;
      line.push(parent);
      at = parent;
    }
    return line;
  }

  #parentOf({ path, pom }: PlacedPom): PlacedPom | undefined {
    if (pom.parent === null) return undefined;
    const { group, artifact, relativePath } = pom.parent;
    const place = relativePath === "" ? null : pathFrom(parentPath(path), relativePath);
    const there =
      place === null
        ? undefined
        : (this.#byPath.get(place) ??
          this.#byPath.get(place === "" ? "pom.xml" : `${place}/pom.xml`));
    return there?.pom.artifact === artifact ? there : this.find(group, artifact);
  }
}

/** What a project asks for, with what it inherits. */
export function declaredBy(pom: Pom, family: Family, path: string): Reading {
  const line = family.line({ path, pom });
  const properties = propertiesOf(line);
  const filled = (text: string): string | null => filledIn(text, properties);
  const managed = managedBy(line, { family, filled });
  const found = new Declarations("maven");
  const nearer = new Set<string>();
  for (const [generation, { pom: from }] of line.entries()) {
    const here = new Set<string>();
    for (const wanted of from.dependencies) {
      const name = `${filled(wanted.group) ?? ""}:${filled(wanted.artifact) ?? ""}`;
      // Profiles, and builds of several kinds, may name one artifact twice.
      here.add(name);
      if (nearer.has(name)) continue;
      const inherited = generation > 0 ? undefined : wanted.line;
      addDependency(wanted, { name, line: inherited, managed, filled, found, family });
    }
    for (const name of here) nearer.add(name);
  }
  return found.reading();
}

type Fill = (text: string) => string | null;

interface Managing {
  readonly family: Family;
  readonly filled: Fill;
}

/** `dependencyManagement` of the whole line, nearest first, with the lists that it imports from this tree. */
function managedBy(
  line: readonly PlacedPom[],
  { family, filled }: Managing,
): Map<string, PomDependency> {
  const managed = new Map<string, PomDependency>();
  const imports: PlacedPom[] = [];
  const add = (entries: readonly PomDependency[], fill: Fill): void => {
    for (const entry of entries) {
      const group = fill(entry.group) ?? "";
      const artifact = fill(entry.artifact) ?? "";
      const list = entry.scope === "import" ? family.find(group, artifact) : undefined;
      if (list !== undefined && imports.length < PARENTS_MAX) imports.push(list);
      const version = fill(entry.version) ?? entry.version;
      const key = `${group}:${artifact}`;
      if (!managed.has(key)) managed.set(key, { ...entry, version });
    }
  };
  for (const { pom } of line) add(pom.managed, filled);
  // Grows while it is walked: a list may import another.
  for (const list of imports) {
    const own = family.line(list);
    const properties = propertiesOf(own);
    for (const { pom } of own) add(pom.managed, (text) => filledIn(text, properties));
  }
  return managed;
}

interface Adding {
  readonly name: string;
  readonly line: number | undefined;
  readonly managed: ReadonlyMap<string, PomDependency>;
  readonly filled: Fill;
  readonly found: Declarations;
  readonly family: Family;
}

function addDependency(
  wanted: PomDependency,
  { name, line, managed, filled, found, family }: Adding,
): void {
  const rule = managed.get(name);
  const written = wanted.version || (rule?.version ?? "");
  const version = exact(filled(written));
  if (family.builds(name, version)) return;
  const scope = filled(wanted.scope || (rule?.scope ?? ""));
  if (version !== null && !name.startsWith(":") && !name.endsWith(":")) {
    found.add({ name, version, line, development: scope === "test" });
    return;
  }
  const where = line === undefined ? "inherited: " : `line ${line}: `;
  const why =
    written === ""
      ? "its version stands outside of this source tree"
      : `its version ${shown(written)} is not one version that stands here`;
  found.unversioned(`${where}${shown(name)}: ${why}`);
}

/** `1.2` and `[1.2]`; null for ranges, for words such as `LATEST`, and for what could not be filled in. */
function exact(version: string | null): string | null {
  if (version === null || version === "") return null;
  const bare = /^\[([^,[\]]+)\]$/.exec(version)?.[1]?.trim() ?? version;
  return /[[\](),]|^(?:LATEST|RELEASE)$/.test(bare) ? null : bare;
}
