import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutCredentials } from "./credentials.ts";

test.each([
  ["no address here, but a user@host", "no address here, but a user@host"],
  ["https://example.org/a/b", "https://example.org/a/b"],
  ["https://anna:secret@example.org/a", "https://…@example.org/a"],
  ["https://token@example.org", "https://…@example.org"],
  ["https://anna:p@ss@example.org/x", "https://…@example.org/x"],
  ["https://example.org/a?token=secret&b=1", "https://example.org/a?…"],
  ["https://example.org/a#access_token=secret", "https://example.org/a#…"],
  ["see https://a:b@c/d and ssh://git:x@y/z.", "see https://…@c/d and ssh://…@y/z."],
  ["https://a/redirect/https://u:secret@b/", "https://a/redirect/https://…@b/"],
  ["https://example.org/@scope/package", "https://example.org/@scope/package"],
  ['cannot open "https://u:secret@b/c?d=e"', 'cannot open "https://…@b/c?…"'],
])("%s", (text, wanted) => {
  expect(withoutCredentials(text)).toBe(wanted);
});

test("nothing of a user's part is left, whatever it is", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9:._~!$&()*+,;=%-]{4,40}$/);
  fc.assert(
    fc.property(secret, fc.string(), (part, before) => {
      const text = `${before} https://${part}@host.example/path`;
      return withoutCredentials(text).endsWith("https://…@host.example/path");
    }),
  );
});
