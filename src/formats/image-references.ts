// The images that a Compose file or Kubernetes objects name.
import { utf8 } from "../kit/text.ts";
import type { ConfigSubject } from "../model/finding.ts";
import { type ImageField, imageFields } from "./image-fields.ts";
import { interpolated } from "./interpolation.ts";
import { readYamlNodes, textOf } from "./yaml-nodes.ts";

/** An image that is named, or a place where one ought to be. */
export interface NamedImage {
  /** null when the file does not say which image, and `hindrance` says why. */
  readonly reference: string | null;
  readonly hindrance: string | null;
  /** What uses it: `service api`, `Deployment web`. */
  readonly user: string;
  /** The same for programs. */
  readonly users: readonly ConfigSubject[];
  /** 1-based. */
  readonly line: number;
}

export interface NamedImages {
  readonly kind: "compose" | "kubernetes";
  /** In the order of the file; the same image may occur several times. */
  readonly images: readonly NamedImage[];
}

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
  const nodes = readYamlNodes(utf8(bytes), path);
  const found = imageFields(nodes, path);
  if (found === null) return null;
  const { kind, fields } = found;
  // What a build starts from does not run.
  const running = fields.filter(({ role }) => role === "runs" || role === "built");
  const images = running.map((field): NamedImage => {
    const { user, users } = field;
    const place = { user, users, line: nodes.lineAt(field.offset) };
    return { ...nameOf(field, kind === "compose" ? variables : null), ...place };
  });
  return { kind, images };
}

function nameOf(
  { scalar, hindrance }: ImageField,
  variables: ((name: string) => string | undefined) | null,
): Pick<NamedImage, "reference" | "hindrance"> {
  const written = textOf(scalar);
  if (written === null || variables === null) return { reference: written, hindrance };
  const { text, missing } = interpolated(written, variables);
  if (missing === null) return { reference: text, hindrance: null };
  return { reference: null, hindrance: `the variable ${missing} is not set` };
}
