import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../../kit/error.ts";
import { lastEntries } from "./last.ts";
import { segmentsIn } from "./segments.ts";
import { fact, inFolder, linesOf, logIn, rechained, walked } from "./test-support/made-log.ts";

describe("an evidence log", () => {
  test("holds what was appended, in order, and is sound", async () => {
    await inFolder(async (folder) => {
      const log = logIn(folder);
      const first = await log.append([fact("a")]);
      const last = await log.append([fact("b"), fact("c")]);
      const check = await walked(folder, { head: first.hash });
      expect([first.seq, last.seq]).toEqual([2, 4]);
      expect(check).toMatchObject({
        entries: 4,
        decisions: 3,
        files: 1,
        names: ["a", "b", "c"],
        head: last.hash,
        notes: [],
        fault: null,
      });
    });
  });

  test("is its owner's alone", async () => {
    await inFolder(async (folder) => {
      await logIn(folder).append([fact("a")]);
      const modes = [folder, join(folder, "key.pem"), join(folder, "evidence-000001.jsonl")].map(
        (path) => (statSync(path).mode & 0o777).toString(8),
      );
      expect(modes).toEqual(["700", "600", "600"]);
    });
  });

  test("shares a write among those who come at the same time, and tells each its place", async () => {
    await inFolder(async (folder) => {
      const log = logIn(folder);
      const receipts = await Promise.all([..."abcdefgh"].map((name) => log.append([fact(name)])));
      expect(receipts.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      const signed = linesOf(folder).filter((line) => line.includes('"signature"'));
      // The first came alone, and the others while it was written.
      expect(signed.length).toBe(2);
      for (const { hash } of receipts)
        expect(await walked(folder, { head: hash })).toMatchObject({ fault: null });
    });
  });

  test("goes on in another file when one is full, as one chain", async () => {
    await inFolder(async (folder) => {
      const log = logIn(folder, { segmentBytesMax: 2000 });
      for (const name of "abcdefgh") await log.append([fact(name)]);
      // Another process, which knows nothing of what was written.
      await logIn(folder, { segmentBytesMax: 2000 }).append([fact("i")]);
      const check = await walked(folder);
      expect(check).toMatchObject({ fault: null, names: [..."abcdefghi"] });
      expect(check.files).toBeGreaterThan(2);
      const last = lastEntries(folder, 4, ({ kind }) => kind === "decision");
      expect(last.map((e) => e.kind === "decision" && e.decision.subject.name)).toEqual([
        ..."fghi",
      ]);
    });
  });

  test("is signed by the key that BULWARK_EVIDENCE_KEY names, and says when keys change", async () => {
    await inFolder(async (folder) => {
      await logIn(folder).append([fact("a")]);
      const key = join(folder, "other.pem");
      const { privateKey } = generateKeyPairSync("ed25519");
      writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
      const env = { BULWARK_EVIDENCE_KEY: key };
      await logIn(folder, { env }).append([fact("b")]);
      await logIn(folder, { env }).append([fact("c")]);
      const check = await walked(folder);
      expect(check).toMatchObject({ fault: null, names: ["a", "b", "c"] });
      expect(check.keys.map(({ sinceSeq }) => sinceSeq)).toEqual([2, 4]);
      expect(check.notes[0]?.detail).toContain("signs from entry 4 on");
    });
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    [
      "where a file is in the way",
      (folder) => writeFileSync(folder, ""),
      /^cannot append to the evidence log in ".*": .*(not a directory|file already exists)/,
    ],
  ])("cannot be written %s, and says so", async (_, prepare, wanted) => {
    await inFolder(async (folder) => {
      prepare(folder);
      const error = await logIn(folder)
        .append([fact("a")])
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe("evidence-unwritable");
      expect((error as AppError).message).toMatch(wanted);
    });
  });

  test("takes nothing more when its end is not what the key signed", async () => {
    await inFolder(async (folder) => {
      await logIn(folder).append([fact("a")]);
      const path = join(folder, "evidence-000001.jsonl");
      const text = readFileSync(path, "utf8");
      // A line whose hash fits and whose signature does not.
      const forged = rechained(text.trimEnd().split("\n"), (entry, i) => {
        if (i === 1) entry["time"] = "2026-01-01T00:00:00.000Z";
      });
      writeFileSync(path, `${forged.join("\n")}\n`);
      await expect(logIn(folder).append([fact("b")])).rejects.toThrow(
        /the signature of its last entry is not of its key/,
      );
    });
  });

  test("goes on after a failure", async () => {
    await inFolder(async (folder) => {
      const log = logIn(folder);
      writeFileSync(folder, "");
      await expect(log.append([fact("a")])).rejects.toThrow(AppError);
      rmSync(folder);
      await log.append([fact("b")]);
      expect(await walked(folder)).toMatchObject({ names: ["b"], fault: null });
    });
  });
});

describe("what a crash leaves behind", () => {
  test.each<[string, string, string]>([
    ["half a line", '{"entry":{"decision":{"act', "26 bytes of a line that was cut"],
    ["half a line of zeros", "\0\0\0\0", "4 bytes of a line that was cut"],
    ["several lines that are none", "x\n\ny\n", "5 bytes of a line that was cut"],
    ["a line end too many", "\n", "1 byte of a line that was cut"],
  ])("%s stays where it is, and is recorded by the next entry", async (_, rest, note) => {
    await inFolder(async (folder) => {
      const path = join(folder, "evidence-000001.jsonl");
      await logIn(folder).append([fact("a")]);
      appendFileSync(path, rest);
      expect((await walked(folder)).fault?.kind).toBe(rest.endsWith("\n") ? "changed" : "torn");
      await logIn(folder).append([fact("b")]);
      const check = await walked(folder);
      expect(check).toMatchObject({ fault: null, names: ["a", "b"] });
      expect(check.notes.map((n) => [n.line, n.detail])).toEqual([
        [3, `${note}, recorded by entry 3`],
      ]);
      expect(readFileSync(path, "utf8")).toContain(rest);
      // Bytes that were recorded may not be changed any more than entries.
      writeFileSync(path, readFileSync(path, "latin1").replace(rest, `${rest}!`), "latin1");
      expect((await walked(folder)).fault?.kind).toBe("changed");
    });
  });

  test("a whole line without its end is an entry", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "evidence-000001.jsonl");
      await logIn(folder).append([fact("a")]);
      writeFileSync(path, readFileSync(path, "utf8").trimEnd());
      expect((await walked(folder)).fault).toBeNull();
      await logIn(folder).append([fact("b")]);
      expect(await walked(folder)).toMatchObject({ fault: null, names: ["a", "b"], notes: [] });
    });
  });

  test("any piece of a write, whatever was cut of it, is healed without losing what was whole", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "evidence-000001.jsonl");
      await logIn(folder).append([fact("a")]);
      const before = statSync(path).size;
      await logIn(folder).append([fact("b"), fact("c")]);
      const whole = readFileSync(path);
      for (let size = before + 1; size < whole.length; size += 37) {
        writeFileSync(path, whole.subarray(0, size));
        await logIn(folder).append([fact("d")]);
        const check = await walked(folder);
        expect([check.fault, check.names.at(0), check.names.at(-1)]).toEqual([null, "a", "d"]);
        const stays = readFileSync(path).subarray(0, size).equals(whole.subarray(0, size));
        expect([stays, check.notes.length]).toEqual([true, 1]);
      }
    });
  });
});

const names = fc.array(
  fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 8 },
);

test("any sequence of appends, by however many writers, is sound", async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 500, max: 6000 }), async (groups, max) => {
      await inFolder(async (folder) => {
        const logs = [
          logIn(folder, { segmentBytesMax: max }),
          logIn(folder, { segmentBytesMax: max }),
        ];
        for (const [i, group] of groups.entries())
          await logs[i % 2]?.append(group.map((name) => fact(name)));
        expect(await walked(folder)).toMatchObject({
          fault: null,
          notes: [],
          names: groups.flat(),
        });
      });
    }),
    { numRuns: 30 },
  );
});

test("any change of any one byte is found", async () => {
  await inFolder(async (folder) => {
    const log = logIn(folder, { segmentBytesMax: 1000 });
    await log.append([fact("a"), fact("ü")]);
    await log.append([fact("b")]);
    const [first, second] = segmentsIn(folder).map(({ path }) => path);
    expect((await walked(folder)).fault).toBeNull();
    const unseen: string[] = [];
    for (const path of [first ?? "", second ?? ""]) {
      const bytes = readFileSync(path);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(path, changed);
        if ((await walked(folder)).fault === null) unseen.push(`${path} ${at}`);
      }
      writeFileSync(path, bytes);
    }
    expect(unseen).toEqual([]);
  });
});

const CHECKER = `
import base64, hashlib, json, subprocess, sys
previous, seq = None, 0
for line in open(sys.argv[1], encoding="utf-8"):
    value = json.loads(line)
    canonical = lambda v: json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    hash = value.pop("hash")
    assert hashlib.sha256(canonical(value)).hexdigest() == hash
    entry = value["entry"]
    assert entry["previous"] == previous and entry["seq"] == seq + 1
    previous, seq = hash, entry["seq"]
open(sys.argv[2], "wb").write(canonical(entry))
open(sys.argv[3], "wb").write(base64.b64decode(value["signature"]))
print(seq, previous)
`;
const hasJudges = ["python3", "openssl"].every((name) => spawnSync(name, ["--help"]).status === 0);

test.skipIf(!hasJudges)(
  "is checked by twenty lines of another language (where there are python3 and openssl)",
  async () => {
    await inFolder(async (folder) => {
      const log = logIn(folder);
      await log.append([fact('a "quoted" ü \u{1f600}', ["\\ / \u2028"]), fact("b")]);
      const last = await log.append([fact("c")]);
      const at = (name: string): string => join(folder, name);
      const said = execFileSync("python3", [
        "-c",
        CHECKER,
        at("evidence-000001.jsonl"),
        at("entry"),
        at("signature"),
      ]);
      expect(said.toString().trim()).toBe(`${last.seq} ${last.hash}`);
      const verified = execFileSync("openssl", [
        ..."pkeyutl -verify -rawin -pubin -inkey".split(" "),
        at("key.pub"),
        ...["-in", at("entry"), "-sigfile", at("signature")],
      ]);
      expect(verified.toString()).toContain("Signature Verified Successfully");
    });
  },
);
