import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RECORDING_MAGIC } from "../../formats/sensor/recording.ts";
import { Recorder } from "./recorder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-recorder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FRAME = Buffer.alloc(100, 7);

describe("a recording", () => {
  test("is a new file for its owner", () => {
    const path = join(folder, "new");
    const recorder = new Recorder(path, { replaces: false });
    recorder.add(FRAME, 0, FRAME.length);
    recorder.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBe(RECORDING_MAGIC.length + FRAME.length);
  });

  test("takes the place of no file, unless it is told to", () => {
    const path = join(folder, "there");
    writeFileSync(path, "precious", { mode: 0o644 });
    expect(() => new Recorder(path, { replaces: false })).toThrow(/is there already/);
    expect(readFileSync(path, "utf8")).toBe("precious");
    new Recorder(path, { replaces: true }).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("goes through no link, whatever it is told", () => {
    const path = join(folder, "link");
    writeFileSync(join(folder, "target"), "precious");
    symlinkSync("target", path);
    expect(() => new Recorder(path, { replaces: false })).toThrow(/is there already/);
    new Recorder(path, { replaces: true }).close();
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("precious");
  });

  test("ends when it is as large as it may be, with whole frames, and says so", () => {
    const path = join(folder, "full");
    const bytesMax = RECORDING_MAGIC.length + 2 * FRAME.length + 1;
    const recorder = new Recorder(path, { replaces: false, bytesMax });
    for (let i = 0; i < 2; i += 1) recorder.add(FRAME, 0, FRAME.length);
    expect(recorder.ended).toBeNull();
    recorder.add(FRAME, 0, FRAME.length);
    recorder.add(FRAME, 0, 1);
    expect(recorder.ended).toContain("bytes that a recording may have");
    recorder.close();
    expect(statSync(path).size).toBe(RECORDING_MAGIC.length + 2 * FRAME.length);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "ends where there is no space, and throws nothing (needs root)",
    () => {
      const small = join(folder, "small");
      mkdirSync(small);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small]);
      try {
        const recorder = new Recorder(join(small, "recording"), { replaces: false });
        const frames = Buffer.alloc(100_000);
        recorder.add(frames, 0, frames.length);
        recorder.flush();
        expect(recorder.ended).toBe("no space is left");
        recorder.close();
      } finally {
        execFileSync("umount", [small]);
      }
    },
  );
});
