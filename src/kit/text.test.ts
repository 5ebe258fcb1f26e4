import { expect, test } from "vitest";
import { eachLine, latin1, printable, utf8, utf8Bytes } from "./text.ts";

test("utf8 drops a byte order mark and replaces what is malformed", () => {
  expect(utf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("a");
  expect(utf8(Uint8Array.of(0x61, 0xff, 0x62))).toBe("a\ufffdb");
});

test("utf8Bytes is undone by utf8", () => {
  expect(utf8(utf8Bytes("näh €"))).toBe("näh €");
});

test("latin1 keeps one character for one byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(latin1(bytes)).toHaveLength(256);
});

test("eachLine numbers lines and takes both line ends", () => {
  const seen: [string, number][] = [];
  eachLine("a\r\n\nb\nc", (line, number) => seen.push([line, number]));
  expect(seen).toEqual([
    ["a", 1],
    ["", 2],
    ["b", 3],
    ["c", 4],
  ]);
});

test("eachLine calls nobody for an empty text", () => {
  eachLine("", () => expect.unreachable());
});

test("printable takes out escape sequences and cuts", () => {
  expect(printable("a\u001b[31mb\u0000c", 20)).toBe("a[31mbc");
  expect(printable("abcdef", 3)).toBe("abc");
});
