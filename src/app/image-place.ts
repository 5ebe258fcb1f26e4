// From what the user named to the place where an image and what is attached to it lie.
import type { Place } from "../io/attachments/place.ts";
import { lookAt } from "../io/look.ts";
import { AppError } from "../kit/error.ts";
import { parseReference, printReference } from "../model/reference.ts";
import { parseTarget, type Target } from "../model/target.ts";
import type { Surroundings } from "./surroundings.ts";

/** An image in its place. */
export interface PlacedImage {
  readonly place: Place;
  /** Tag or digest, to ask the place by. */
  readonly at: string;
  /** Fully written reference, or the layout with its tag. */
  readonly name: string;
}

/**
 * Finds the place of an image: a registry's repository, or a layout. Engines and archives have nothing attached.
 *
 * @throws {AppError} `usage`, `reference-invalid`, `not-found`, `archive-invalid`, `config-invalid`, `registry-denied`.
 */
export async function placeOf(
  text: string,
  { env, offline }: Surroundings & { readonly offline: boolean },
): Promise<PlacedImage> {
  const target = await recognised(parseTarget(text));
  if (target.kind === "layout") {
    const { openLayoutPlace } = await import("../io/attachments/layout-place.ts");
    const { place, digest } = await openLayoutPlace(target.path, target.tag);
    return { place, at: digest, name: text };
  }
  if (target.kind === "registry") {
    const { registryPlace } = await import("../io/attachments/registry-place.ts");
    const reference = parseReference(target.reference);
    const place = await registryPlace(reference, { env, offline });
    const at = reference.digest ?? reference.tag ?? "latest";
    return { place, at, name: printReference(reference) };
  }
  throw new AppError(
    "usage",
    `cannot look for what is attached to ${JSON.stringify(text)}: it lies in no registry and no layout`,
    { hint: "name an image by its reference, or a layout as oci:DIR", subject: text },
  );
}

async function recognised(target: Target): Promise<Target> {
  if (target.kind !== "plain") return target;
  const { text } = target;
  const look = await lookAt(text);
  if (look.kind === "nothing") return { kind: "registry", reference: text };
  const isLayout = look.kind === "folder" && look.names.includes("oci-layout");
  return isLayout ? { kind: "layout", path: text, tag: null } : target;
}
