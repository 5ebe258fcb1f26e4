// The images that a Compose file or Kubernetes objects name.
// @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from "yaml";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";

/** An image that is named, or a place where one ought to be. */
export interface NamedImage {
  /** null when the file does not say which image, and `hindrance` says why. */
  readonly reference: string | null;
  readonly hindrance: string | null;
  /** What uses it: `service api`, `Deployment web`. */
  readonly user: string;
  /** 1-based. */
  readonly line: number;
}

export interface NamedImages {
  readonly kind: "compose" | "kubernetes";
  /** In the order of the file; the same image may occur several times. */
  readonly images: readonly NamedImage[];
}

const BYTES_MAX = 16 << 20;
const IMAGES_MAX = 20_000;
const DEPTH_MAX = 60;

/**
 * Finds the images in YAML or JSON.
 *
 * @param variables For Compose's `${NAME}`.
 * @returns null when the file is neither Compose nor Kubernetes.
 * @throws {AppError} `config-invalid` with the line when it is no YAML, `limit-exceeded`.
 */
export function imageReferences(
  bytes: Uint8Array,
  path: string,
  variables: (name: string) => string | undefined,
): NamedImages | null {
  const lines = new LineCounter();
  const refuse = (offset: number, reason: string): never => {
    const { line } = lines.linePos(offset);
    const message = `cannot read ${JSON.stringify(path)}: line ${line}: ${reason}`;
    throw new AppError("config-invalid", message, { subject: path });
  };
  const documents = documentsIn(bytes, { path, lines, refuse });
  const images: NamedImage[] = [];
  let kind: NamedImages["kind"] | null = null;
  for (const document of documents) {
    const { contents } = document;
    if (!isMap(contents)) continue;
    const { targets, repeated } = linksIn(document);
    if (repeated !== null) refuse(repeated, "a key stands twice in a mapping");
    const finder = new Finder({ path, lines, variables, images, targets });
    if (isKubernetes(contents)) {
      kind ??= "kubernetes";
      finder.object(contents);
    } else if (finder.compose(contents)) kind ??= "compose";
  }
  return kind === null ? null : { kind, images };
}

function documentsIn(
  bytes: Uint8Array,
  file: {
    readonly path: string;
    readonly lines: LineCounter;
    readonly refuse: (offset: number, reason: string) => never;
  },
): readonly Document.Parsed[] {
  if (bytes.length > BYTES_MAX) {
    const path = JSON.stringify(file.path);
    throw new AppError("limit-exceeded", `cannot read ${path}: larger than ${BYTES_MAX} bytes`);
  }
  // The library compares every key of a mapping with every other one.
  const options = { lineCounter: file.lines, uniqueKeys: false };
  const documents = parseAllDocuments(utf8(bytes), options);
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    file.refuse(error.pos[0], (error.message.split("\n", 1)[0] ?? "").replace(/ at line .*$/, ""));
  }
  return documents;
}

interface Links {
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<unknown, unknown>;
  /** Where a key stands that its mapping has already; null when there is none. */
  readonly repeated: number | null;
}

/** In one pass: the library looks through the whole document for each alias. */
function linksIn(document: Document): Links {
  const targets = new Map<unknown, unknown>();
  const anchors = new Map<string, unknown>();
  let repeated: number | null = null;
  visit(document, {
    Alias: (_, alias) => {
      targets.set(alias, anchors.get(alias.source));
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) repeated ??= repeatedKey(node);
    },
  });
  return { targets, repeated };
}

function repeatedKey({ items }: YAMLMap): number | null {
  const known = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key) || key.value === "<<") continue;
    if (known.has(key.value)) return key.range?.[0] ?? 0;
    known.add(key.value);
  }
  return null;
}

function isKubernetes(map: YAMLMap): boolean {
  return typeof map.get("apiVersion") === "string" && typeof map.get("kind") === "string";
}

interface Search extends Pick<Links, "targets"> {
  /** For messages. */
  readonly path: string;
  readonly lines: LineCounter;
  readonly variables: (name: string) => string | undefined;
  /** Where what is found goes. */
  readonly images: NamedImage[];
}

class Finder {
  readonly #search: Search;
  /** Lists of containers that were looked at: many aliases may stand for one. */
  readonly #seen = new Set<unknown>();

  constructor(search: Search) {
    this.#search = search;
  }

  /** Whether it is a Compose file; then each of its services is an image, or a place where one ought to be. */
  compose(top: YAMLMap): boolean {
    const services = this.#at(top, "services");
    if (!isMap(services)) return false;
    const include = this.#at(top, "include");
    if (include !== undefined)
      this.#add({ ...MISSING, hindrance: "other files are not followed", user: "include" }, top);
    for (const { key, value } of services.items) {
      const user = `service ${textOf(key) ?? "?"}`;
      const service = this.#real(value);
      if (isMap(service)) this.#service(service, user);
      else this.#add({ ...MISSING, hindrance: "it is no mapping", user }, services);
    }
    return true;
  }

  #service(service: YAMLMap, user: string): void {
    const image = this.#at(service, "image");
    const written = textOf(image);
    if (written !== null) this.#compose(written, user, image as Node);
    // What a provider makes is no container of ours.
    else if (this.#at(service, "provider") === undefined)
      this.#add({ ...MISSING, hindrance: this.#hindrance(service), user }, service);
  }

  #hindrance(service: YAMLMap): string {
    if (this.#at(service, "build") !== undefined) return "it is built and not named";
    const isExtended = this.#at(service, "extends") !== undefined;
    return isExtended ? "what it extends is not followed" : "it names no image";
  }

  #compose(written: string, user: string, node: Node): void {
    const { text, missing } = interpolated(written, this.#search.variables);
    const hindrance = missing === null ? null : `the variable ${missing} is not set`;
    this.#add({ reference: missing === null ? text : null, hindrance, user }, node);
  }

  object(map: YAMLMap): void {
    const kind = String(map.get("kind"));
    const items = map.get("items", true);
    if (kind.endsWith("List") && isSeq(items)) {
      for (const item of items.items) if (isMap(item) && isKubernetes(item)) this.object(item);
      return;
    }
    const name = map.getIn(["metadata", "name"]) ?? map.getIn(["metadata", "generateName"]);
    this.#look(map, `${kind} ${typeof name === "string" ? name : "?"}`, 0);
  }

  /** Containers stand at many depths, and custom kinds embed whole pod templates; so every level is looked at. */
  #look(node: unknown, user: string, depth: number): void {
    if (depth > DEPTH_MAX) throw this.#exceeded(`nested more than ${DEPTH_MAX} deep`);
    const items = isSeq(node) ? node.items : [];
    for (const item of items) this.#look(item, user, depth + 1);
    const pairs = isMap(node) ? node.items : [];
    for (const { key, value } of pairs) {
      const name = textOf(key) ?? "";
      const real = this.#real(value);
      if (CONTAINERS.has(name) && isSeq(real)) this.#containers(real, user);
      else if (name === "volumes" && isSeq(value)) this.#volumes(value.items, user);
      else this.#look(value, user, depth + 1);
    }
  }

  #containers(list: { readonly items: readonly unknown[] }, user: string): void {
    if (this.#seen.has(list)) return;
    this.#seen.add(list);
    for (const item of list.items) {
      const container = this.#real(item);
      const image = isMap(container) ? this.#at(container, "image") : undefined;
      const reference = textOf(image);
      if (reference !== null) this.#add({ reference, hindrance: null, user }, image as Node);
    }
  }

  /** Image volumes. @see https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/ */
  #volumes(volumes: readonly unknown[], user: string): void {
    for (const volume of volumes) {
      const reference = isMap(volume) ? volume.getIn(["image", "reference"]) : undefined;
      if (typeof reference === "string")
        this.#add({ reference, hindrance: null, user }, volume as Node);
    }
  }

  /** What an alias stands for; other nodes stand for themselves. */
  #real(node: unknown): unknown {
    return isAlias(node) ? this.#search.targets.get(node) : node;
  }

  /** A member of a mapping, its own before those that are merged into it (`<<`). */
  #at(map: YAMLMap, name: string, seen: Set<unknown> = new Set()): unknown {
    if (seen.has(map) || seen.size >= MERGED_MAX) return undefined;
    seen.add(map);
    const own = map.get(name, true);
    if (own !== undefined) return this.#real(own);
    const merge = this.#real(map.get("<<", true));
    for (const item of isSeq(merge) ? merge.items : [merge]) {
      const merged = this.#real(item);
      const found = isMap(merged) ? this.#at(merged, name, seen) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #add(image: Omit<NamedImage, "line">, node: Node): void {
    const { images, lines } = this.#search;
    if (images.length >= IMAGES_MAX) throw this.#exceeded(`it names over ${IMAGES_MAX} images`);
    const line = lines.linePos(node.range?.[0] ?? 0).line;
    images.push({ ...image, line });
  }

  #exceeded(state: string): AppError {
    const path = JSON.stringify(this.#search.path);
    return new AppError("limit-exceeded", `cannot read ${path}: ${state}`);
  }
}

/** Mappings that are merged into one another; nobody's are near it. */
const MERGED_MAX = 100;

const MISSING = { reference: null } as const;

const CONTAINERS: ReadonlySet<string> = new Set([
  "containers",
  "initContainers",
  "ephemeralContainers",
]);

function textOf(node: unknown): string | null {
  if (!isScalar(node)) return null;
  const { value } = node;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

const VARIABLE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\})/g;

/** Replaces variables; the first one that has no value is named. Nested defaults are not replaced, and count as missing. */
function interpolated(
  text: string,
  variables: (name: string) => string | undefined,
): { text: string; missing: string | null } {
  let missing: string | null = null;
  const replaced = text.replace(
    VARIABLE,
    (whole, bare?: string, braced?: string, operator = "", word = "") => {
      if (whole === "$$") return "$";
      const name = bare ?? braced ?? "";
      const value = substitute(variables(name), operator, word);
      if (value === null) missing ??= name;
      return value ?? "";
    },
  );
  return { text: replaced, missing: missing ?? (replaced.includes("${") ? text : null) };
}

/** null when the variable must be set and is not. With a colon, an empty value counts as none. */
function substitute(value: string | undefined, operator: string, word: string): string | null {
  const isSet = value !== undefined && !(operator.startsWith(":") && value === "");
  if (operator.endsWith("+")) return isSet ? word : "";
  if (isSet) return value;
  return operator.endsWith("-") ? word : null;
}
