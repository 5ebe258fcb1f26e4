import { installedCatalogers } from "../plugins/catalogers/index.ts";
import type { Cataloger } from "../stages/catalog/contract.ts";

/** In an image only what is installed counts: a lock file somebody copied there proves nothing. */
export const imageCatalogers: readonly Cataloger[] = installedCatalogers;
