import { entropyOf, isPlaceholder } from "../../../kit/placeholder.ts";
import type { FoundForm } from "../../../stages/secrets/contract.ts";

/** The bot's number, a colon, and 35 characters of which the first two have always been the same. */
export const telegramForm: FoundForm = {
  by: "keyword",
  keywords: [":AA"],
  find: (view, { at }) => {
    const before = /(?:^|[^A-Za-z0-9])(?:bot)?(\d{8,10})$/.exec(
      view.text(Math.max(0, at - 16), at),
    );
    const after = /^:(AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])/.exec(view.text(at, at + 40));
    const number = before?.[1];
    const key = after?.[1];
    if (number === undefined || key === undefined || isPlaceholder(key) || entropyOf(key) < 3.5)
      return null;
    return {
      from: at - number.length,
      to: at + 1 + key.length,
      shown: `${number}:AA…${key.slice(-4)}`,
      proof: "structure",
    };
  },
};
