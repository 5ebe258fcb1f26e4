import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNamed } from "./named-file.ts";

test.each([0, 1, 7, 3 << 20])("a file of %i bytes is read whole", async (length) => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-named-"));
  const path = join(folder, "file");
  const bytes = Buffer.alloc(length, "abc");
  writeFileSync(path, bytes);
  try {
    expect((await readNamed("file", path, length)).bytes.equals(bytes)).toBe(true);
    if (length > 0)
      await expect(readNamed("file", path, length - 1)).rejects.toThrow(/it is larger than/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a device without an end is too large, and takes no memory", async () => {
  await expect(readNamed("file", "/dev/zero", 3 << 20)).rejects.toThrow(
    'cannot read file "/dev/zero": it is larger than 3145728 bytes',
  );
});
