// Where Compose files and Kubernetes objects name images, as nodes of the file; nothing is replaced in what is written there.
import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import { AppError } from "../kit/error.ts";
import type { ConfigSubject } from "../model/finding.ts";
import { namedScalar, textOf, type YamlLinks, type YamlNodes } from "./yaml-nodes.ts";

/** A field that names an image, or a place where one ought to be named. */
export interface ImageField {
  /** null when no image is named, and `hindrance` says why. */
  readonly scalar: Scalar | null;
  readonly hindrance: string | null;
  /** What uses it: `service api`, `Deployment web`. */
  readonly user: string;
  /** The same for programs; a list that several use by an alias has them all. */
  readonly users: readonly ConfigSubject[];
  /**
   * `runs` is an image that runs or is mounted, `built` one that is built here and gets this name, `base` a name after
   * `docker-image://` that a build starts from, `dockerfile` a whole Dockerfile.
   */
  readonly role: "runs" | "built" | "base" | "dockerfile";
  /** Where it stands. */
  readonly offset: number;
}

export interface ImageFields {
  readonly kind: "compose" | "kubernetes";
  /** In the order of the file; an aliased field occurs as often as it is used. */
  readonly fields: readonly ImageField[];
}

const FIELDS_MAX = 20_000;
const DEPTH_MAX = 60;

/**
 * Finds the fields in YAML or JSON.
 *
 * @param path For messages.
 * @returns null when the file is neither Compose nor Kubernetes.
 * @throws {AppError} `limit-exceeded`.
 */
export function imageFields({ documents }: YamlNodes, path: string): ImageFields | null {
  const fields: ImageField[] = [];
  let kind: ImageFields["kind"] | null = null;
  for (const { top, links } of documents) {
    const finder = new Finder({ path, links, fields });
    if (isKubernetes(top)) {
      kind ??= "kubernetes";
      finder.object(top);
    } else if (finder.compose(top)) kind ??= "compose";
  }
  return kind === null ? null : { kind, fields };
}

function isKubernetes(map: YAMLMap): boolean {
  return typeof map.get("apiVersion") === "string" && typeof map.get("kind") === "string";
}

/** A field whose users are not all known yet. */
type Found = ImageField & { readonly users: ConfigSubject[] };

const NOBODY: ConfigSubject = {
  platform: "kubernetes",
  kind: "",
  name: "",
  namespace: null,
  container: null,
};
const USERS_MAX = 1000;

interface Search {
  /** For messages. */
  readonly path: string;
  readonly links: YamlLinks;
  /** Where what is found goes. */
  readonly fields: ImageField[];
}

class Finder {
  readonly #search: Search;
  readonly #links: YamlLinks;
  /** Lists that were looked at, and what was found in each: many aliases may stand for one. */
  readonly #seen = new Map<unknown, Found[]>();
  /** What names images where we are. */
  #subject: ConfigSubject = NOBODY;

  constructor(search: Search) {
    this.#search = search;
    this.#links = search.links;
  }

  /** Whether it is a Compose file; then each of its services is an image, or a place where one ought to be. */
  compose(top: YAMLMap): boolean {
    const services = this.#links.at(top, "services");
    if (!isMap(services)) return false;
    const include = this.#links.at(top, "include");
    if (include !== undefined) this.#addMissing("other files are not followed", "include", top);
    for (const { key, value } of services.items) {
      const name = textOf(key) ?? "?";
      const user = `service ${name}`;
      this.#subject = { ...NOBODY, platform: "compose", kind: "service", name, container: name };
      const service = this.#links.real(value);
      if (isMap(service)) this.#service(service, user);
      else this.#addMissing("it is no mapping", user, services);
    }
    return true;
  }

  #service(service: YAMLMap, user: string): void {
    const image = namedScalar(this.#links.at(service, "image"));
    const build = this.#links.at(service, "build");
    if (image !== null) this.#add(image, user, build === undefined ? "runs" : "built");
    // What a provider makes is no container of ours.
    else if (this.#links.at(service, "provider") === undefined)
      this.#addMissing(this.#hindrance(service), user, service);
    if (isMap(build)) this.#build(build, user);
    const volumes = this.#links.at(service, "volumes");
    const found = this.#newIn(volumes);
    for (const [, volume] of this.#links.maps(volumes)) {
      const source = namedScalar(this.#links.at(volume, "source"));
      const type = textOf(this.#links.at(volume, "type"));
      if (found !== null && type === "image" && source !== null)
        found.push(this.#add(source, user, "runs"));
    }
  }

  #hindrance(service: YAMLMap): string {
    if (this.#links.at(service, "build") !== undefined) return "it is built and not named";
    const isExtended = this.#links.at(service, "extends") !== undefined;
    return isExtended ? "what it extends is not followed" : "it names no image";
  }

  /** @see https://github.com/compose-spec/compose-spec/blob/main/build.md */
  #build(build: YAMLMap, user: string): void {
    if (this.#newIn(build) === null) return;
    const inline = namedScalar(this.#links.at(build, "dockerfile_inline"));
    if (inline !== null) this.#add(inline, user, "dockerfile");
    const contexts = this.#links.at(build, "additional_contexts");
    const values = isMap(contexts) ? contexts.items.map(({ value }) => value) : [];
    for (const item of isSeq(contexts) ? contexts.items : values) {
      const context = namedScalar(this.#links.real(item));
      if (context !== null && textOf(context)?.includes("docker-image://"))
        this.#add(context, user, "base");
    }
  }

  object(map: YAMLMap): void {
    const kind = String(map.get("kind"));
    const items = map.get("items", true);
    if (kind.endsWith("List") && isSeq(items)) {
      for (const item of items.items) if (isMap(item) && isKubernetes(item)) this.object(item);
      return;
    }
    const named = map.getIn(["metadata", "name"]) ?? map.getIn(["metadata", "generateName"]);
    const name = typeof named === "string" ? named : "?";
    const namespace = map.getIn(["metadata", "namespace"]);
    this.#subject = {
      ...NOBODY,
      kind,
      name,
      namespace: typeof namespace === "string" ? namespace : null,
    };
    this.#look(map, `${kind} ${name}`, 0);
  }

  /** Containers stand at many depths, and custom kinds embed whole pod templates; so every level is looked at. */
  #look(node: unknown, user: string, depth: number): void {
    if (depth > DEPTH_MAX) throw this.#exceeded(`nested more than ${DEPTH_MAX} deep`);
    const items = isSeq(node) ? node.items : [];
    for (const item of items) this.#look(item, user, depth + 1);
    const pairs = isMap(node) ? node.items : [];
    for (const { key, value } of pairs) {
      const name = textOf(key) ?? "";
      const real = this.#links.real(value);
      if (CONTAINERS.has(name) && isSeq(real)) this.#containers(real, user);
      else if (name === "volumes" && isSeq(value)) this.#volumes(value.items, user);
      else this.#look(value, user, depth + 1);
    }
  }

  #containers(list: { readonly items: readonly unknown[] }, user: string): void {
    const found = this.#newIn(list);
    if (found === null) return;
    const workload = this.#subject;
    for (const item of list.items) {
      const container = this.#links.real(item);
      if (!isMap(container)) continue;
      const image = this.#links.at(container, "image");
      if (namedScalar(image) === null) continue;
      this.#subject = { ...workload, container: textOf(this.#links.at(container, "name")) };
      found.push(this.#add(image as Scalar, user, "runs"));
    }
    this.#subject = workload;
  }

  /** Image volumes. @see https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/ */
  #volumes(volumes: readonly unknown[], user: string): void {
    for (const volume of volumes) {
      const reference = isMap(volume) ? volume.getIn(["image", "reference"], true) : undefined;
      if (isScalar(reference) && namedScalar(reference) !== null)
        this.#add(reference, user, "runs");
    }
  }

  /** Where to note what is found in a list or mapping; null when it was looked at before, and then it has one more user. */
  #newIn(node: unknown): Found[] | null {
    const known = this.#seen.get(node);
    if (known === undefined) {
      const found: Found[] = [];
      this.#seen.set(node, found);
      return found;
    }
    for (const { users } of known) {
      if (users.length >= USERS_MAX) throw this.#exceeded(`${USERS_MAX} containers share an image`);
      users.push({ ...this.#subject, container: users[0]?.container ?? null });
    }
    return null;
  }

  #add(scalar: Scalar, user: string, role: ImageField["role"]): Found {
    return this.#push({ scalar, hindrance: null, user, role, offset: scalar.range?.[0] ?? 0 });
  }

  #addMissing(hindrance: string, user: string, node: Node): void {
    this.#push({ scalar: null, hindrance, user, role: "runs", offset: node.range?.[0] ?? 0 });
  }

  #push(named: Omit<ImageField, "users">): Found {
    const { fields } = this.#search;
    if (fields.length >= FIELDS_MAX) throw this.#exceeded(`it names over ${FIELDS_MAX} images`);
    const field = { ...named, users: [this.#subject] };
    fields.push(field);
    return field;
  }

  #exceeded(state: string): AppError {
    const path = JSON.stringify(this.#search.path);
    return new AppError("limit-exceeded", `cannot read ${path}: ${state}`);
  }
}

const CONTAINERS: ReadonlySet<string> = new Set([
  "containers",
  "initContainers",
  "ephemeralContainers",
]);
