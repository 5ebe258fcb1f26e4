import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tryCel } from "./cel.ts";

test("whoever interrupts is heard between two documents", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-cel-"));
  try {
    const input = join(folder, "many.yaml");
    writeFileSync(input, Array.from({ length: 1000 }, () => "n: 1").join("\n---\n"));
    const request = { expression: "object.n + 1", input, variables: [] };
    expect((await tryCel(request, new AbortController().signal)).answers).toHaveLength(1000);
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new Error("enough")), 0);
    await expect(tryCel(request, interruption.signal)).rejects.toThrow("enough");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
