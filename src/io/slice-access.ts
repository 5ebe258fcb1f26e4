import { AppError } from "../kit/error.ts";
import type { FileSlice, LayerAccess } from "./image.ts";

/** Layers as stretches of files; null for those that are never to be read. */
export function sliceAccess(slices: readonly (FileSlice | null)[]): LayerAccess {
  return {
    kind: "slices",
    slice: (layer) => {
      const slice = slices[layer];
      if (slice === undefined || slice === null)
        throw new AppError("internal", `layer ${layer} was asked for and is not readable`);
      return slice;
    },
  };
}
