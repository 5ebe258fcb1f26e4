import { expect, test } from "vitest";
import { Providers } from "./providers.ts";

test("resolves names to packages, each once, without the asking one", () => {
  const providers = new Providers();
  providers.add("musl", "musl");
  providers.add("so:libc", "musl");
  providers.add("so:libc", "other");
  providers.add("cmd:sh", "busybox");
  expect(providers.resolve(["so:libc", "musl", "cmd:sh", "absent", "__proto__"], "x")).toEqual([
    "musl",
    "busybox",
  ]);
  expect(providers.resolve(["cmd:sh"], "busybox")).toEqual([]);
});
