import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError, type ErrorCode } from "../kit/error.ts";
import { orMeant } from "./mistyped.ts";

const root = mkdtempSync(join(tmpdir(), "bulwark-mistyped-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "quiet"));
for (const name of ["compose.yaml", "image.tar"]) writeFileSync(join(root, name), "");

/** The hint that a failed target ends with. */
async function hintOf(text: string, code: ErrorCode = "not-found"): Promise<string | null> {
  const failed = new AppError(code, "it failed", { hint: "as it was" });
  const thrown: unknown = await orMeant(text, () => Promise.reject(failed)).catch((e) => e);
  return thrown instanceof AppError ? thrown.hint : null;
}

test.each([
  ["dokcer:api:latest", "docker:api:latest"],
  ["podmna:team/api", "podman:team/api"],
  ["oci-archvie:image.tar", "oci-archive:image.tar"],
  ["docker-daemon:api", "docker:api"],
  ["containers-storage:api", "podman:api"],
  ["https://registry.example/api:1", "registry.example/api:1"],
  [`${root}/compose.yml`, `${root}/compose.yaml`],
  [`${root}/quite`, `${root}/quiet`],
  [`dir:${root}/quite/`, `dir:${root}/quiet`],
  [`docker-archive:${root}/imgae.tar:team/api:1`, `docker-archive:${root}/image.tar:team/api:1`],
])("%s may mean %s", async (text, meant) => {
  expect(await hintOf(text)).toBe(`did you mean ${meant}? Otherwise: as it was`);
});

test.each([
  "alpine:3.19",
  "node:20",
  "dokcer:5000/api",
  "dokcer:",
  `${root}/compose.yaml`,
  `${root}/wholly-else`,
  `${root}/absent/compose.yml`,
])("%s means nothing else", async (text) => {
  expect(await hintOf(text)).toBe("as it was");
});

test("what failed for another reason is left alone", async () => {
  expect(await hintOf("dokcer:x", "digest-mismatch")).toBe("as it was");
});
