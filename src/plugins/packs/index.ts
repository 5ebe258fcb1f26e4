import type { Pack } from "../../stages/decide/contract.ts";
import { startup } from "./startup/pack.ts";
import { strict } from "./strict/pack.ts";
import { supplyChain } from "./supply-chain/pack.ts";

/** Every built-in pack, in alphabetical order. */
export const packs: readonly Pack[] = [startup, strict, supplyChain];
