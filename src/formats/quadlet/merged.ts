// A unit as it is in force: its file, then its drop-ins, each of which may take back what was said before.
// Source: systemd.unit(5), "drop-in"; podman-systemd.unit(5).
import { type Fact, known, unknown } from "../../kit/fact.ts";
import { UNIT_KINDS } from "./keys.data.ts";
import { podmanOptions } from "./podman-args.ts";
import { type Assignment, readUnitFile, type UnitFault } from "./unit.ts";
import { unitWords } from "./words.ts";

/** One word of a value, or the whole of it, and the place of its assignment. */
export interface Said {
  readonly text: string;
  readonly at: string;
}

/** Where something stands, both from 1. */
export interface UnitPlace {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
}

export type Places = Map<string, UnitPlace>;

export interface UnitSource {
  readonly path: string;
  readonly text: string;
}

/** What of it stands where, by pointers that no other unit has. */
export class MergedUnit {
  /** Without the ending. */
  readonly name: string;
  /** Its file and its drop-ins. */
  readonly texts: readonly string[];
  /** What cannot be read, or what Podman would refuse; lower-case sentence parts. */
  readonly faults: readonly { readonly at: string; readonly detail: string }[];
  /** The place of the whole unit. */
  readonly at: string;
  readonly #section: string;
  readonly #said = new Map<string, Assignment[]>();
  readonly #places: Places;
  #options: (Said & { readonly name: string })[] | null = null;

  /**
   * @param sources Its file first, then its drop-ins in their order.
   * @param places Takes the places of what is asked for.
   */
  constructor(file: string, sources: readonly UnitSource[], places: Places) {
    const dot = file.lastIndexOf(".");
    this.name = file.slice(0, dot);
    this.at = `/${file}`;
    this.texts = sources.map(({ text }) => text);
    const { section = "", keys } = UNIT_KINDS.get(file.slice(dot + 1)) ?? {};
    this.#section = section;
    this.#places = places;
    const faults: UnitFault[] = [];
    for (const { path, text } of sources) {
      const unit = readUnitFile(text, path);
      faults.push(...unit.faults);
      const line = unit.sections.get(section);
      if (line !== undefined && !places.has(this.at)) places.set(this.at, { path, line });
      for (const one of unit.assignments) {
        if (one.section === section && keys?.has(one.key) === false)
          faults.push({
            path,
            line: one.line,
            detail: `Podman knows no key ${one.key} in [${section}]`,
          });
        this.#take(one);
      }
    }
    this.faults = faults.map(({ detail, ...place }, i) => {
      const at = `${this.at}/faults/${i}`;
      places.set(at, place);
      return { at, detail };
    });
  }

  /** What is empty takes back all before it. */
  #take(assignment: Assignment): void {
    const name = `${assignment.section}/${assignment.key}`;
    const said = this.#said.get(name);
    if (assignment.value === "") this.#said.delete(name);
    else if (said === undefined) this.#said.set(name, [assignment]);
    else said.push(assignment);
  }

  /** Every assignment of a key, as whole values. */
  values(key: string, section: string = this.#section): Said[] {
    return (this.#said.get(`${section}/${key}`) ?? []).map((one, i) => {
      const at = `${this.at}/${section}/${key}/${i}`;
      const { path, line, column } = one;
      this.#places.set(at, { path, line, column });
      return { text: one.value, at };
    });
  }

  /** The one that counts of a key that has one value. */
  last(key: string, section?: string): Said | null {
    const said = this.values(key, section).at(-1) ?? null;
    return said === null ? null : { ...said, text: unquoted(said.text) };
  }

  /** The words of all assignments of a key. */
  words(key: string): Said[] {
    return this.values(key).flatMap(({ text, at }) =>
      (unitWords(text) ?? [text]).map((word) => ({ text: word, at })),
    );
  }

  /** What PodmanArgs= says of some options. */
  options(...names: readonly string[]): Said[] {
    this.#options ??= this.values("PodmanArgs").flatMap(({ text, at }) =>
      podmanOptions(unitWords(text) ?? []).map(({ name, value }) => ({ name, text: value, at })),
    );
    return this.#options.filter(({ name }) => names.includes(name));
  }
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/** What systemd's specifiers mean where it can be told. */
export interface Specifiers {
  /** `%h` */
  readonly home: string;
  /** `%t` */
  readonly runtime: string;
}

/** A text as it will be; what else systemd fills in when it starts the unit is not known before. */
export function filled({ text, at }: Said, { home, runtime }: Specifiers): Fact<string> {
  if (!text.includes("%")) return known(text, at);
  const replaced = text.replace(/%[%ht]/g, (word) =>
    word === "%%" ? "\0" : word === "%h" ? home : runtime,
  );
  return replaced.includes("%")
    ? unknown(at, "it has a specifier that systemd fills in")
    : known(replaced.replaceAll("\0", "%"), at);
}
