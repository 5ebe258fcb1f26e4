import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OCI_INDEX, OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import { AppError } from "../../kit/error.ts";
import { parseDigest } from "../../model/digest.ts";
import { parseReference } from "../../model/reference.ts";
import { startServer } from "../http/test-support/scripted-server.ts";
import { referrersInApi } from "./referrers.ts";
import { registryClient } from "./registry-client.ts";

const signal = new AbortController().signal;

describe("a registry with a list of referrers", () => {
  const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);
  const page = (...digits: string[]): string =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: digits.map((digit) => ({
        mediaType: OCI_MANIFEST,
        digest: `sha256:${digit.repeat(64)}`,
        size: 1,
      })),
    });

  async function listed(
    pages: ReadonlyMap<string, readonly [body: string, link: string]>,
  ): Promise<unknown> {
    const home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
    const server = await startServer((request, response) => {
      const [body, link] = pages.get(request.url ?? "") ?? [];
      if (body === undefined) response.writeHead(404).end();
      else {
        const headers = { "content-type": OCI_INDEX, ...(link === "" ? {} : { link }) };
        response.writeHead(200, headers).end(body);
      }
    });
    try {
      const reference = parseReference(`${server.host}/app`);
      const client = await registryClient(reference, { env: { HOME: home } });
      const list = await referrersInApi(client, { digest: DIGEST, max: 100 }, signal);
      if (list === null) return null;
      const digits = list.digests.map((digest) => digest.at(-1));
      return `${digits.join("")}${list.isWhole ? "" : "…"}`;
    } catch (error) {
      return error instanceof AppError ? error.code : error;
    } finally {
      await server.close();
      rmSync(home, { recursive: true });
    }
  }

  test("is believed, page by page", async () => {
    const path = `/v2/app/referrers/${DIGEST}`;
    const pages = new Map([
      [path, [page("a", "b"), `<${path}?last=2>; rel="next"`] as const],
      [`${path}?last=2`, [page("c"), '<http://elsewhere.test/x>; rel="next"'] as const],
    ]);
    // A page elsewhere is not followed, and the list is not whole without it.
    expect(await listed(pages)).toBe("abc…");
  });

  test("that goes in circles is left after some pages, and that is said", async () => {
    const path = `/v2/app/referrers/${DIGEST}`;
    const loop = [page("a"), `<${path}>; rel="next"`] as const;
    expect(await listed(new Map([[path, loop]]))).toBe(`${"a".repeat(50)}…`);
  });

  test("that is none is an error, and one that is missing is told from an empty one", async () => {
    const path = `/v2/app/referrers/${DIGEST}`;
    expect(await listed(new Map([[path, ["{}", ""] as const]]))).toBe("archive-invalid");
    expect(await listed(new Map([[path, [page(), ""] as const]]))).toBe("");
    expect(await listed(new Map())).toBeNull();
  });
});
