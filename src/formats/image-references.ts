// The images that a Compose file or Kubernetes objects name.
// @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
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
  const quoted = JSON.stringify(path);
  if (bytes.length > BYTES_MAX)
    throw new AppError("limit-exceeded", `cannot read ${quoted}: larger than ${BYTES_MAX} bytes`);
  const lines = new LineCounter();
  const documents = parseAllDocuments(utf8(bytes), { lineCounter: lines });
  if (!Array.isArray(documents)) return null;
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const { line } = lines.linePos(error.pos[0]);
    const reason = (error.message.split("\n", 1)[0] ?? "").replace(/ at line .*$/, "");
    throw new AppError("config-invalid", `cannot read ${quoted}: line ${line}: ${reason}`, {
      subject: path,
    });
  }
  const finder = new Finder(lines, variables);
  let kind: NamedImages["kind"] | null = null;
  for (const { contents } of documents) {
    if (!isMap(contents)) continue;
    if (isKubernetes(contents)) {
      kind ??= "kubernetes";
      finder.object(contents);
      continue;
    }
    const services: unknown = contents.get("services", true);
    if (!isMap(services)) continue;
    kind ??= "compose";
    finder.services(services);
  }
  return kind === null ? null : { kind, images: finder.images };
}

function isKubernetes(map: YAMLMap): boolean {
  return typeof map.get("apiVersion") === "string" && typeof map.get("kind") === "string";
}

class Finder {
  readonly images: NamedImage[] = [];
  readonly #lines: LineCounter;
  readonly #variables: (name: string) => string | undefined;

  constructor(lines: LineCounter, variables: (name: string) => string | undefined) {
    this.#lines = lines;
    this.#variables = variables;
  }

  services(services: YAMLMap): void {
    for (const { key, value } of services.items) {
      if (!isMap(value)) continue;
      const user = `service ${textOf(key) ?? "?"}`;
      const image = value.get("image", true);
      const written = textOf(image);
      if (written !== null) this.#compose(written, user, image as Node);
      else if (value.has("build"))
        this.#add({ reference: null, hindrance: "it is built and not named", user }, value);
    }
  }

  #compose(written: string, user: string, node: Node): void {
    const { text, missing } = interpolated(written, this.#variables);
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
    this.#search(map, `${kind} ${typeof name === "string" ? name : "?"}`, 0);
  }

  /** Containers stand at many depths, and custom kinds embed whole pod templates; so every level is looked at. */
  #search(node: unknown, user: string, depth: number): void {
    if (depth > DEPTH_MAX) return;
    if (isSeq(node)) for (const item of node.items) this.#search(item, user, depth + 1);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = textOf(key) ?? "";
      if (CONTAINERS.has(name) && isSeq(value)) this.#containers(value.items, user);
      else if (name === "volumes" && isSeq(value)) this.#volumes(value.items, user);
      else this.#search(value, user, depth + 1);
    }
  }

  #containers(containers: readonly unknown[], user: string): void {
    for (const container of containers) {
      const image = isMap(container) ? container.get("image", true) : undefined;
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

  #add(image: Omit<NamedImage, "line">, node: Node): void {
    if (this.images.length >= IMAGES_MAX) return;
    const line = this.#lines.linePos(node.range?.[0] ?? 0).line;
    this.images.push({ ...image, line });
  }
}

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
