// Where the values of a rendered object were written.
import { pointerKeys } from "../kit/json-pointer.ts";
import { asObject, member, object, text } from "./json-object.ts";
import type { ObjectFile } from "./object-file.ts";

/** A place in the file that an object is out of, or another file. */
type OriginPlace = { readonly line: number; readonly column: number } | { readonly path: string };

/**
 * The file an object is out of, relative to the kustomization that asked for it; null for what was generated.
 *
 * @see https://github.com/kubernetes-sigs/kustomize/blob/master/examples/originAnnotations.md
 */
export function originOf(document: unknown): string | null {
  const annotations = object(object(asObject(document), "metadata"), "annotations");
  const origin = text(annotations, "config.kubernetes.io/origin");
  return /^path: (.+)$/m.exec(origin)?.[1] ?? null;
}

/** The values of a rendered object, found again in the file that it is out of. */
export class RenderedOrigins {
  readonly #document: unknown;
  readonly #source: ObjectFile | null;
  /** Which document of the source it was; -1 when that cannot be told. */
  readonly #index: number;

  constructor(document: unknown, source: ObjectFile | null) {
    this.#document = document;
    this.#source = source;
    this.#index = source === null ? -1 : indexOf(document, source);
  }

  /** @param overlay Where it is told what stands otherwise in the source, or not at all. */
  places(pointers: readonly string[], overlay: string): ReadonlyMap<string, OriginPlace> {
    const places = new Map<string, OriginPlace>();
    if (this.#source === null || this.#index < 0) return places;
    const before = this.#source.documents[this.#index];
    const same = pointers.filter((at) => isSame(before, this.#document, at));
    const found = this.#source.places(this.#index, same);
    for (const at of pointers) places.set(at, found.get(at) ?? { path: overlay });
    return places;
  }
}

/** By kind and name, to which overlays add at both ends. */
function indexOf(document: unknown, { documents }: ObjectFile): number {
  const name = nameOf(document);
  const kind = text(asObject(document), "kind");
  const likely = documents
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => text(asObject(one), "kind") === kind && name.includes(nameOf(one)))
    .sort((a, b) => nameOf(b.one).length - nameOf(a.one).length);
  return likely[0]?.index ?? -1;
}

function nameOf(document: unknown): string {
  return text(object(asObject(document), "metadata"), "name");
}

/** Whether a pointer leads past the same names in both, to the same value or to something that has more in it. */
function isSame(before: unknown, after: unknown, pointer: string): boolean {
  let [old, now] = [before, after];
  for (const key of pointerKeys(pointer)) {
    const isItem = Array.isArray(old);
    old = childOf(old, key);
    now = childOf(now, key);
    if (old === undefined || (isItem && nameIn(old) !== nameIn(now))) return false;
  }
  return typeof now === "object" && now !== null ? typeof old === "object" : old === now;
}

function childOf(value: unknown, key: string): unknown {
  return Array.isArray(value) ? value[Number(key)] : member(asObject(value), key);
}

/** Lists are put in another order; what stands in them has a name mostly. */
function nameIn(item: unknown): string {
  return text(asObject(item), "name");
}
