import { entropyOf } from "../../../kit/placeholder.ts";
import type { FoundForm } from "../../../stages/secrets/contract.ts";

/** Bytes in base64 of which the first sixteen are zero, percent-encoded as an address would have it. */
export const twitterForm: FoundForm = {
  by: "keyword",
  keywords: ["AAAAAAAAAAAAAAAAAAAA"],
  find: (view, { at }) => {
    if (at > 0 && !/[\s"'=:`]/.test(view.text(at - 1, at))) return null;
    const value = /^A{20,24}[A-Za-z0-9%]{80,100}(?![A-Za-z0-9%+/=])/.exec(
      view.text(at, at + 130),
    )?.[0];
    if (value === undefined || !value.includes("%") || entropyOf(value.slice(24)) < 4.5)
      return null;
    return { from: at, to: at + value.length, shown: `AAAA…${value.slice(-4)}`, proof: "shape" };
  },
};
