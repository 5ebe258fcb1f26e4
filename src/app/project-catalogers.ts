import { catalogers } from "../plugins/catalogers/index.ts";
import type { Cataloger } from "../stages/catalog/contract.ts";

/** In a project both what is installed and what is declared counts. */
export const projectCatalogers: readonly Cataloger[] = catalogers;
