import fc from "fast-check";
import { expect, test } from "vitest";
import { engineCall } from "./engine-call.ts";

test.each<[string, string, string, object]>([
  [
    "a container",
    "POST",
    "/v1.41/containers/create?name=web",
    { kind: "container-create", name: "web" },
  ],
  ["no version", "POST", "/containers/create", { kind: "container-create", name: "" }],
  ["an encoded path", "POST", "/v1.41/containers/%63reate", { kind: "container-create", name: "" }],
  [
    "a host",
    "POST",
    "http://docker/v1.41/containers/create",
    { kind: "container-create", name: "" },
  ],
  ["another case", "post", "/Containers/CREATE/", { kind: "container-create", name: "" }],
  ["a start", "POST", "/v1.24/containers/abc/start", { kind: "container-start", id: "abc" }],
  ["a name with a slash", "POST", "/containers/a/b/start", { kind: "container-start", id: "a/b" }],
  ["a restart", "POST", "/containers/x/restart?t=1", { kind: "container-start", id: "x" }],
  ["an unpause", "POST", "/containers/x/unpause", { kind: "container-start", id: "x" }],
  ["a program", "POST", "/containers/x/exec", { kind: "container-exec", id: "x" }],
  ["an update", "POST", "/containers/x/update", { kind: "container-update", id: "x" }],
  ["a service", "POST", "/services/create", { kind: "service-create" }],
  [
    "its update",
    "POST",
    "/services/x/update?version=1",
    { kind: "service-update", id: "x", isRollback: false },
  ],
  [
    "its way back",
    "POST",
    "/services/x/update?version=1&rollback=previous",
    { kind: "service-update", id: "x", isRollback: true },
  ],
  ["a volume", "POST", "/volumes/create", { kind: "volume-create" }],
  ["a plugin", "POST", "/plugins/pull?remote=a/b", { kind: "plugin-pull", reference: "a/b" }],
  [
    "its upgrade",
    "POST",
    "/plugins/a/b:1/upgrade?remote=c",
    { kind: "plugin-pull", reference: "c" },
  ],
  [
    "its start",
    "POST",
    "/plugins/a/b:1/enable?timeout=0",
    { kind: "plugin-enable", name: "a/b:1" },
  ],
  ["a build", "POST", "/build?networkmode=host", { kind: "build", network: "host" }],
  ["reading", "GET", "/containers/create", { kind: "other" }],
  ["removing", "DELETE", "/containers/create", { kind: "other" }],
  ["copying", "PUT", "/containers/x/archive?path=/", { kind: "other" }],
  ["pulling", "POST", "/images/create?fromImage=a", { kind: "other" }],
  ["a program's start", "POST", "/exec/x/start", { kind: "other" }],
  ["stopping", "POST", "/containers/start/stop", { kind: "other" }],
])("%s", (_, method, uri, call) => {
  expect(engineCall(method, uri)).toEqual(call);
});

test.each([
  ["two slashes", "//containers/create"],
  ["a dot", "/./containers/create"],
  ["a way up", "/images/../containers/create"],
  ["an encoded way up", "/images/%2e%2e/containers/create"],
  ["an encoded slash that makes two", "/%2fcontainers/create"],
  ["what is no encoding", "/containers/%zz"],
  ["a scheme without a host", "http:containers/create"],
  ["no path", "*"],
  ["settings at a start", "/v1.23/containers/x/start"],
  ["the same by a shorter version", "/v1/containers/x/start"],
])("%s is not told apart", (_, uri) => {
  expect(engineCall("POST", uri)).toMatchObject({ kind: "untold" });
});

test("never throws, and takes no address that asks to create for anything else", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (method, uri) => {
      engineCall(method, uri);
    }),
  );
  const encoded = fc.array(fc.boolean(), { minLength: 17, maxLength: 17 });
  fc.assert(
    fc.property(encoded, fc.webQueryParameters(), (which, query) => {
      const path = [..."containers/create"]
        .map((char, i) => (which[i] ? `%${char.charCodeAt(0).toString(16)}` : char))
        .join("");
      expect(engineCall("POST", `/${path}?${query}`).kind).toBe("container-create");
    }),
  );
});
