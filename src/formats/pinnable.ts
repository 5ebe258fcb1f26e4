// The files in which images and actions are named, and every place in them that a digest or a commit can pin.
import { LineIndex, type Span } from "../kit/line-index.ts";
import { dockerfileImages } from "./dockerfile-images.ts";
import { type ImageField, imageFields } from "./image-fields.ts";
import type { PinSpot } from "./pin-spot.ts";
import { gitlabFields, type WorkflowField, workflowFields } from "./workflow-fields.ts";
import { readYamlNodes, textOf } from "./yaml-nodes.ts";
import { commentBehind, spanInScalar } from "./yaml-spot.ts";

export type PinnableKind =
  | "dockerfile"
  | "compose"
  | "kubernetes"
  | "workflow"
  | "action"
  | "gitlab";

export interface Pinnable {
  readonly kind: PinnableKind;
  /** In the order of the file, each place once. */
  readonly spots: readonly PinSpot[];
}

const DOCKERFILE =
  /(?:^|\/)(?:(?:Dockerfile|Containerfile)(?:\.[^/]+)?|[^/]+\.(?:dockerfile|containerfile))$/i;
const IGNORE = /\.(?:dockerignore|containerignore)$/i;
const GITLAB = /(?:^|[./\\-])gitlab-ci\.ya?ml$/i;
const YAML = /\.(?:ya?ml|json)$/i;

/** What a file may be, told by its name; null when it is none of ours. */
export function pinnableName(path: string): "dockerfile" | "yaml" | null {
  if (DOCKERFILE.test(path) && !IGNORE.test(path) && !YAML.test(path)) return "dockerfile";
  return YAML.test(path) ? "yaml" : null;
}

/** Whether a YAML or JSON file may be one of ours: most of a project are not, and need not be parsed. */
export function mayBePinnable(text: string, path: string): boolean {
  if (GITLAB.test(path)) return true;
  // Blanks only, and no ends of lines: each line of a file of empty ones would be looked at from all lines before it.
  return /(?:^|[{,])[ \t\uFEFF]*["']?(?:apiVersion|services|jobs|runs)["']?\s*:/m.test(text);
}

/**
 * Finds the places. A byte order mark is to be taken off before.
 *
 * @param name As {@link pinnableName} tells it.
 * @param path For messages.
 * @returns null when the file names nothing in a way that we know.
 * @throws {AppError} `config-invalid` when it is no YAML, `limit-exceeded`.
 */
export function readPinnable(
  text: string,
  { name, path }: { readonly name: "dockerfile" | "yaml"; readonly path: string },
): Pinnable | null {
  if (name === "dockerfile") return { kind: "dockerfile", spots: dockerfileImages(text) };
  const nodes = readYamlNodes(text, path);
  const images = GITLAB.test(path) ? null : imageFields(nodes, path);
  if (images !== null) {
    const { kind, fields } = images;
    const spots = fields.flatMap((field) => imageSpots(text, field, kind === "compose"));
    return { kind, spots: placed(text, spots) };
  }
  const workflow = GITLAB.test(path) ? gitlabFields(nodes) : workflowFields(nodes);
  if (workflow === null) return null;
  const spots = workflow.fields.flatMap((field) => workflowSpots(text, field));
  return { kind: workflow.kind, spots: placed(text, spots) };
}

/** A spot before its line and column are known. */
type Unplaced = Omit<PinSpot, "line" | "column"> & { readonly offset: number };

function placed(text: string, spots: readonly Unplaced[]): PinSpot[] {
  const lines = new LineIndex(text);
  const byOffset = new Map(spots.map((spot) => [spot.offset, spot]));
  return [...byOffset.values()]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, ...spot }) => ({ ...spot, ...lines.placeAt(offset) }));
}

const BASE = "docker-image://";

function imageSpots(text: string, field: ImageField, isCompose: boolean): Unplaced[] {
  const { scalar, role, user, offset } = field;
  const written = textOf(scalar);
  // Without a name there is nothing to pin; the name of what is built here is the builder's to give.
  if (scalar === null || written === null || role === "built") return [];
  if (role === "dockerfile") return inlineSpots(written, user, offset);
  const from = role === "base" ? written.indexOf(BASE) + BASE.length : 0;
  const name = written.slice(from);
  const whole = spanInScalar(text, scalar, written);
  const span = whole === null ? null : { start: whole.start + from, end: whole.end };
  const base = { what: "image" as const, user, written, comment: commentBehind(text, scalar) };
  const named = isCompose ? composeName(name, span) : { name, span, hindrance: null };
  const hindrance = named.hindrance ?? (named.span === null ? WRITTEN_OTHERWISE : null);
  const start = (named.span ?? span)?.start ?? offset;
  return [{ ...base, ...named, hindrance, offset: start }];
}

const WRITTEN_OTHERWISE = "it is written over several lines or with escapes";
const WITH_DEFAULT = /^\$\{[A-Za-z_]\w*:?-([^${}]+)\}$/;

/** A name that is whole in the default of a variable is pinned there; others with variables cannot be known. */
function composeName(
  name: string,
  span: Span | null,
): Pick<PinSpot, "name" | "span" | "hindrance"> {
  if (!name.includes("$")) return { name, span, hindrance: null };
  const inner = WITH_DEFAULT.exec(name)?.[1];
  if (inner !== undefined) {
    const end = (span?.end ?? 0) - 1;
    const within = span === null ? null : { start: end - inner.length, end };
    return { name: inner, span: within, hindrance: null };
  }
  const [variable = name] = /[A-Za-z_]\w*/.exec(name.slice(name.indexOf("$"))) ?? [];
  return { name: null, span: null, hindrance: `the variable ${variable} decides it` };
}

/** A Dockerfile within a Compose file is read, and not rewritten. */
function inlineSpots(inline: string, user: string, offset: number): Unplaced[] {
  return dockerfileImages(inline).map(({ line, column, ...spot }, index) => ({
    ...spot,
    user: `${user}, ${spot.user} of its dockerfile_inline`,
    hindrance: spot.hindrance ?? "a Dockerfile within another file is not rewritten",
    span: null,
    offset: offset + index,
  }));
}

const DOCKER = "docker://";

function workflowSpots(text: string, { scalar, role, user }: WorkflowField): Unplaced[] {
  const written = textOf(scalar) ?? "";
  const whole = spanInScalar(text, scalar, written);
  const isImage = role === "image" || written.startsWith(DOCKER);
  const from = isImage && written.startsWith(DOCKER) ? DOCKER.length : 0;
  if (!isImage && isOwn(written)) return [];
  const isComputed = written.includes("$");
  const span = whole === null ? null : { start: whole.start + from, end: whole.end };
  const unwritable = span === null ? WRITTEN_OTHERWISE : null;
  return [
    {
      what: isImage ? "image" : "action",
      user,
      written,
      name: isComputed ? null : written.slice(from),
      hindrance: isComputed ? "a variable or an expression decides it" : unwritable,
      span: isComputed ? null : span,
      comment: commentBehind(text, scalar),
      offset: span?.start ?? scalar.range?.[0] ?? 0,
    },
  ];
}

/** Actions of this repository have its commit. */
function isOwn(uses: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(uses);
}
