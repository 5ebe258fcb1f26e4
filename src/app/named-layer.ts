// Which layer of which image an error is about. Whoever reads bytes does not know; whoever asked for them does.
import type { ImageLayer, OpenedImage } from "../io/image.ts";
import { AppError, type ErrorCode } from "../kit/error.ts";

/** `layer 2 of 7 (sha256:12ab…) of "oci:build/image"`; layers are counted from the bottom. */
export function layerName({ layers, summary }: OpenedImage, layer: ImageLayer): string {
  const { digest, diffId } = layer;
  const number = `${layers.indexOf(layer) + 1} of ${layers.length}`;
  return `layer ${number} (${digest ?? diffId}) of ${JSON.stringify(summary.target)}`;
}

/** These are not about what was read. */
const OURS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["interrupted", "internal"]);

/**
 * Does what reads a layer; an error says which one it was.
 *
 * @param name As {@link layerName} makes it.
 */
export async function aboutLayer<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || OURS.has(error.code)) throw error;
    const { code, message, hint, subject } = error;
    throw new AppError(code, `cannot read ${name}: ${message}`, {
      ...(hint === null ? {} : { hint }),
      ...(subject === null ? {} : { subject }),
      cause: error,
    });
  }
}
