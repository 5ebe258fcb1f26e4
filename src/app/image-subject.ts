// A built image as something that checks look at.
import type { OpenedImage } from "../io/image.ts";
import { AppError } from "../kit/error.ts";
import { parseTarget } from "../model/target.ts";
import { type Told, told } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import type { ReadSubject } from "./file-kind.ts";
import { openImage } from "./open-image.ts";
import type { ImageTarget } from "./subject.ts";
import type { Surroundings } from "./surroundings.ts";

/** The image that a text means as scan takes it; null for what is none, such as a path. */
export function imageTarget(text: string): ImageTarget | null {
  const target = parseTarget(text);
  switch (target.kind) {
    case "layout":
    case "oci-archive":
    case "docker-archive":
    case "engine":
    case "registry":
      return target;
    case "plain":
      return REFERENCE.test(text) ? { kind: "registry", reference: text } : null;
    default:
      throw new AppError("usage", `cannot check ${JSON.stringify(text)}: it is no configuration`, {
        hint: "name a file, a folder, or an image as docker:app:1 or oci:DIR",
        subject: text,
      });
  }
}

/** A name without tag and digest might as well be a path that is mistyped. */
const REFERENCE = /^[\w][^\s]*(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;

/** @throws {AppError} as {@link openImage}. */
export async function readImage(
  target: ImageTarget,
  text: string,
  surroundings: Surroundings,
): Promise<ReadSubject> {
  const image = await openImage(target, text, { ...surroundings, platform: null, offline: false });
  return imageSubject(image);
}

async function imageSubject({ summary, ...image }: OpenedImage): Promise<ReadSubject> {
  const { builtImage } = await import("../formats/built-image.ts");
  const { settings, history } = image;
  const described = history.some((line) => line.trim() !== "") ? history : null;
  const subject = builtImage({ settings, history: described });
  return { path: summary.target, subject, places: () => new Map() };
}

/** What checks say of an image that was opened; null when none of them looks at images. */
export async function checkedImage(
  image: OpenedImage,
  checks: readonly ReadyCheck[],
): Promise<Told | null> {
  if (!checks.some(({ check }) => check.appliesTo === "image")) return null;
  const read = await imageSubject(image);
  return told([{ ...read, answers: runChecks(read.subject, checks) }]);
}
