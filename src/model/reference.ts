// Names of images, by Docker's rules, which everybody's tools follow: what is short is completed, what is odd is refused.
// @see https://github.com/distribution/reference and the OCI distribution specification 1.1, "Pulling manifests"
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import { type Digest, isDigest } from "./digest.ts";

/** A name by which an image is asked for, complete. */
export interface Reference {
  /** Host, with its port if it has one; `docker.io` when none was written. */
  readonly registry: string;
  /** `library/alpine`, `team/api`. */
  readonly repository: string;
  /** `latest` when neither tag nor digest was written; null when only a digest was. */
  readonly tag: string | null;
  /** When there is one, it is what is fetched, whatever the tag says. */
  readonly digest: Digest | null;
}

const DEFAULT_REGISTRY = "docker.io";
const DEFAULT_TAG = "latest";
const OFFICIAL = "library/";

const LENGTH_MAX = 1000;
const REPOSITORY_MAX = 255;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Reads `[registry/]repository[:tag][@digest]`.
 *
 * The first part is a registry if it has a dot, a colon or an upper-case letter, or is `localhost`; without one it is Docker
 * Hub, and a name of one part there is an official image.
 *
 * @throws {AppError} `reference-invalid`, saying which part is wrong.
 */
export function parseReference(text: string): Reference {
  if (text.length > LENGTH_MAX) throw invalid(text, `it is longer than ${LENGTH_MAX} characters`);
  const at = text.indexOf("@");
  const digest = at === -1 ? null : digestOf(text, text.slice(at + 1));
  const { registry, rest } = splitRegistry(at === -1 ? text : text.slice(0, at));
  const colon = rest.indexOf(":");
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const written = colon === -1 ? null : rest.slice(colon + 1);
  if (!HOST.test(registry)) {
    throw invalid(text, `${quoted(registry)} is not the name of a host`);
  }
  if (written !== null && !TAG.test(written)) {
    throw invalid(
      text,
      `${quoted(written)} is not a tag`,
      "a tag has at most 128 letters, digits, dots, dashes and underscores, and begins with no dot or dash",
    );
  }
  const isOfficial = registry === DEFAULT_REGISTRY && !path.includes("/");
  checkRepository(text, path);
  return {
    registry,
    repository: isOfficial ? `${OFFICIAL}${path}` : path,
    tag: written ?? (digest === null ? DEFAULT_TAG : null),
    digest,
  };
}

function digestOf(text: string, written: string): Digest {
  if (isDigest(written)) return written;
  throw invalid(
    text,
    `${quoted(written)} is not a digest`,
    "a digest is sha256: and 64 lower-case hex digits",
  );
}

function splitRegistry(name: string): { registry: string; rest: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const lower = first.toLowerCase();
  const isPlain = !/[.:]/.test(first) && lower !== "localhost";
  if (slash === -1 || (isPlain && first === lower))
    return { registry: DEFAULT_REGISTRY, rest: name };
  // A plain name is told from a repository by its capitals alone, so it keeps them.
  const registry = isPlain ? first : lower;
  return {
    registry: registry === `index.${DEFAULT_REGISTRY}` ? DEFAULT_REGISTRY : registry,
    rest: name.slice(slash + 1),
  };
}

function checkRepository(text: string, path: string): void {
  if (path === "") throw invalid(text, "it names no repository", "write it like alpine:3.19");
  if (path.length > REPOSITORY_MAX) {
    throw invalid(text, `its repository is longer than ${REPOSITORY_MAX} characters`);
  }
  if (IMAGE_ID.test(path)) {
    throw invalid(
      text,
      "64 hex digits are an image id, not a name",
      "to scan an image of an engine by its id write docker:ID or podman:ID",
    );
  }
  for (const component of path.split("/")) {
    if (COMPONENT.test(component)) continue;
    if (COMPONENT.test(component.toLowerCase())) {
      throw invalid(text, `${quoted(component)} has upper-case letters`, "write it in lower case");
    }
    throw invalid(text, `${quoted(component)} cannot be part of a repository's name`);
  }
}

function invalid(text: string, state: string, hint?: string): AppError {
  return new AppError("reference-invalid", `cannot read reference ${quoted(text)}: ${state}`, {
    subject: printable(text, 200),
    hint: hint ?? "write it like registry.example.org/team/api:1.2",
  });
}

function quoted(text: string): string {
  return JSON.stringify(printable(text, 200));
}

/** The complete form, `docker.io/library/alpine:3.19`: what is stored and compared. */
export function printReference(reference: Reference): string {
  return `${reference.registry}/${withSuffix(reference.repository, reference)}`;
}

/** The short form that people write, `alpine:3.19`. Reading it gives the same reference. */
export function familiarReference(reference: Reference): string {
  const { registry, repository } = reference;
  const complete = printReference(reference);
  if (registry !== DEFAULT_REGISTRY) return complete;
  const isOfficial = /^library\/[^/]+$/.test(repository);
  const short = withSuffix(isOfficial ? repository.slice(OFFICIAL.length) : repository, reference);
  // A repository of Docker Hub may begin with what looks like a registry: docker.io/example.org/app.
  return printReference(parseReference(short)) === complete ? short : complete;
}

function withSuffix(name: string, { tag, digest }: Reference): string {
  return `${name}${tag === null ? "" : `:${tag}`}${digest === null ? "" : `@${digest}`}`;
}
