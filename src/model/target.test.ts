import { describe, expect, test } from "vitest";
import { parseTarget, type Target } from "./target.ts";

describe("a target", () => {
  test.each<[string, Target]>([
    [".", { kind: "plain", text: "." }],
    ["alpine:3.19", { kind: "plain", text: "alpine:3.19" }],
    ["localhost:5000/api", { kind: "plain", text: "localhost:5000/api" }],
    ["registry:5000/api", { kind: "plain", text: "registry:5000/api" }],
    ["registry:alpine:3.19", { kind: "registry", reference: "alpine:3.19" }],
    ["oci:dir", { kind: "layout", path: "dir", tag: null }],
    ["oci:./a/b:v1", { kind: "layout", path: "./a/b", tag: "v1" }],
    ["oci:./a:b/c", { kind: "layout", path: "./a:b/c", tag: null }],
    ["oci-archive:x.tar", { kind: "oci-archive", path: "x.tar", tag: null }],
    [
      "docker-archive:/t/x.tar:api:1",
      { kind: "docker-archive", path: "/t/x.tar", reference: "api:1" },
    ],
    ["docker:api:latest", { kind: "engine", engine: "docker", reference: "api:latest" }],
    ["podman:api", { kind: "engine", engine: "podman", reference: "api" }],
    ["rootfs:/mnt", { kind: "rootfs", path: "/mnt" }],
    ["dir:.", { kind: "project", path: "." }],
    ["sbom:a.json", { kind: "sbom", path: "a.json" }],
    ["sarif:a.sarif", { kind: "sarif", path: "a.sarif" }],
    ["constructor:x", { kind: "plain", text: "constructor:x" }],
  ])("%s", (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  test("needs something after its scheme", () => {
    expect(() => parseTarget("oci:")).toThrow(/nothing stands after the colon/);
  });
});
