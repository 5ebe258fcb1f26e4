import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { familiarReference, parseReference, printReference } from "./reference.ts";

const HEX = "0123456789abcdef".repeat(4);
const DIGEST = `sha256:${HEX}`;

describe("a reference", () => {
  test.each([
    ["alpine", "docker.io/library/alpine:latest", "alpine:latest"],
    ["alpine:3.19", "docker.io/library/alpine:3.19", "alpine:3.19"],
    ["team/api", "docker.io/team/api:latest", "team/api:latest"],
    ["library/alpine", "docker.io/library/alpine:latest", "alpine:latest"],
    ["docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"],
    ["index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"],
    ["docker.io/a/b/c:1", "docker.io/a/b/c:1", "a/b/c:1"],
    ["library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"],
    ["ghcr.io/owner/app", "ghcr.io/owner/app:latest", "ghcr.io/owner/app:latest"],
    ["localhost/app", "localhost/app:latest", "localhost/app:latest"],
    ["localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1"],
    ["registry:5000/app", "registry:5000/app:latest", "registry:5000/app:latest"],
    ["127.0.0.1:5000/a/b:1.2-3_4", "127.0.0.1:5000/a/b:1.2-3_4", "127.0.0.1:5000/a/b:1.2-3_4"],
    ["[2001:db8::1]:5000/app", "[2001:db8::1]:5000/app:latest", "[2001:db8::1]:5000/app:latest"],
    ["[::1]/app", "[::1]/app:latest", "[::1]/app:latest"],
    [
      "Registry.Example.ORG/app",
      "registry.example.org/app:latest",
      "registry.example.org/app:latest",
    ],
    ["REGISTRY/app", "REGISTRY/app:latest", "REGISTRY/app:latest"],
    ["Registry:5000/app", "registry:5000/app:latest", "registry:5000/app:latest"],
    ["LOCALHOST/app", "localhost/app:latest", "localhost/app:latest"],
    [`alpine@${DIGEST}`, `docker.io/library/alpine@${DIGEST}`, `alpine@${DIGEST}`],
    [`alpine:3@${DIGEST}`, `docker.io/library/alpine:3@${DIGEST}`, `alpine:3@${DIGEST}`],
    ["a.b/c__d/e-f---g/h.i_j", "a.b/c__d/e-f---g/h.i_j:latest", "a.b/c__d/e-f---g/h.i_j:latest"],
    ["x:TAG_is.OK-1", "docker.io/library/x:TAG_is.OK-1", "x:TAG_is.OK-1"],
    ["docker.io/x.org/app", "docker.io/x.org/app:latest", "docker.io/x.org/app:latest"],
    ["localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"],
  ])("%s", (text, complete, familiar) => {
    const reference = parseReference(text);
    expect([printReference(reference), familiarReference(reference)]).toEqual([complete, familiar]);
  });

  test.each([
    ["", "it names no repository"],
    ["ghcr.io/", "it names no repository"],
    [":tag", "it names no repository"],
    ["Alpine", '"Alpine" has upper-case letters'],
    ["team/API", '"API" has upper-case letters'],
    [HEX, "an image id"],
    ["alpine:", '"" is not a tag'],
    ["alpine:.x", '".x" is not a tag'],
    ["alpine:a/b", '"alpine:a" is not the name of a host'],
    ["x.org/alpine:a/b", '"a/b" is not a tag'],
    [`alpine:${"a".repeat(129)}`, "is not a tag"],
    ["alpine@sha256:12", '"sha256:12" is not a digest'],
    [`alpine@sha256:${HEX.toUpperCase()}`, "is not a digest"],
    [`alpine@sha512:${HEX}${HEX}`, "is not a digest"],
    ["alpine@", '"" is not a digest'],
    ["a//b", '"" cannot be part of a repository'],
    ["/a", '"" cannot be part of a repository'],
    ["a/../b", '".." cannot be part of a repository'],
    ["a___b", '"a___b" cannot be part of a repository'],
    ["-a", '"-a" cannot be part of a repository'],
    ["a.", '"a." cannot be part of a repository'],
    ["é", "cannot be part of a repository"],
    ["a b", '"a b" cannot be part of a repository'],
    ["https://ghcr.io/a", '"https:" is not the name of a host'],
    ["-x.org/a", '"-x.org" is not the name of a host'],
    ["a..b/c", '"a..b" is not the name of a host'],
    ["host:port/a", '"host:port" is not the name of a host'],
    [`x.org/${"a".repeat(256)}`, "longer than 255"],
    ["a".repeat(2000), "longer than 1000"],
    ["a.b/c\u001b[31m", "cannot be part of a repository"],
  ])("%j is refused, with the part that is wrong", (text, state) => {
    const complaint = refused(text);
    expect(complaint).toContain("cannot read reference ");
    expect(complaint).toContain(state);
  });

  test("of any text is read or refused, and what is read survives printing", () => {
    const pieces = fc.array(fc.constantFrom("a", "B", "1", ".", "-", "_", ":", "/", "@", DIGEST));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((p) => p.join("")),
        ),
        (text) => {
          if (refused(text) !== null) return;
          const reference = parseReference(text);
          expect(parseReference(printReference(reference))).toEqual(reference);
          expect(parseReference(familiarReference(reference))).toEqual(reference);
        },
      ),
    );
  });
});

function refused(text: string): string | null {
  try {
    parseReference(text);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.hint === null) throw error;
    return error.code === "reference-invalid" ? error.message : null;
  }
}
