import type { AttachedRule, AttachedSelector, Stage } from "../../../model/policy.ts";
import type { Pack } from "../../../stages/decide/contract.ts";

/** Before an image is built nobody can have signed it; from then on somebody must. */
const ONCE_BUILT: readonly Stage[] = ["deploy", "run"];
const ANY = {
  type: null,
  by: null,
  where: null,
  maxAgeHours: null,
  policy: null,
  stages: null,
} as const;

/** Demands that somebody who is believed stands behind an image, and that a gate has let it pass. */
export const supplyChain: Pack = {
  id: "supply-chain",
  title:
    "who stands behind it: signed by somebody who is trusted, passed by a gate, built from known sources",
  needs: [],
  state: "trial",
  rules: [
    rule("signed", "deny", { ...ANY, what: "signature" }),
    rule("passed", "deny", { ...ANY, what: "verdict" }),
    rule("provenance", "warn", { ...ANY, what: "attestation", type: "slsaprovenance1" }),
  ],
};

function rule(id: string, effect: AttachedRule["effect"], wants: AttachedSelector): AttachedRule {
  return {
    kind: "attached",
    id,
    effect,
    stages: ONCE_BUILT,
    fix: null,
    owner: null,
    failMode: "closed",
    line: 0,
    wants,
  };
}
