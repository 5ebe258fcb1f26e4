import { describe, expect, test } from "vitest";
import { parsePackName } from "./packs.ts";

describe("a pack's name", () => {
  test.each<[string, string, number]>([
    ["pss-baseline", "pss-baseline", 37],
    ["pss-restricted@latest", "pss-restricted", 37],
    ["pss-restricted@v1.30", "pss-restricted", 30],
    ["pss-restricted@1.0", "pss-restricted", 0],
  ])("%s", (text, id, version) => {
    const chosen = parsePackName(text);
    expect([chosen.pack.id, chosen.version]).toEqual([id, version]);
  });

  test.each(["", "pss", "pss-baseline@", "pss-baseline@v1.38", "pss-baseline@v2.1", "@v1.30"])(
    "%j is none",
    (text) => {
      expect(() => parsePackName(text)).toThrow(/^cannot use pack/);
    },
  );
});
