import { afterEach, describe, expect, test } from "vitest";
import { AppError } from "../../kit/error.ts";
import { HttpClient } from "./client.ts";
import { type FetchOptions, fetchBytes, fetchStream } from "./fetch.ts";
import { type Answer, type ScriptedServer, startServer } from "./test-support/scripted-server.ts";

const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
const client = new HttpClient({ env: {}, timeoutMs: 500 });

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(answer: Answer): Promise<ScriptedServer> {
  const server = await startServer(answer);
  closing.push(() => server.close());
  return server;
}

async function fetched(
  server: ScriptedServer,
  options: Partial<FetchOptions> = {},
  path = "/feed?key=secret",
): Promise<unknown> {
  try {
    const address = `http://${server.host}${path}`;
    const result = await fetchBytes(client, address, { signal, bytesMax: 1 << 20, ...options });
    return result.kind === "fetched" ? { ...result, body: result.body.toString() } : result;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Sends a part of the body, and then cuts the connection. */
const cutAfter =
  (text: string, upTo: number, headers: Record<string, string>): Answer =>
  (request, response, nth) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const honours = from > 0 && request.headers["if-range"] === headers["etag"];
    const part = honours ? text.slice(from) : text;
    response.writeHead(honours ? 206 : 200, {
      ...headers,
      "content-length": part.length,
      ...(honours ? { "content-range": `bytes ${from}-${text.length - 1}/${text.length}` } : {}),
    });
    if (nth < 2) response.write(part.slice(0, upTo), () => response.destroy());
    else response.end(part);
  };

describe("a file", () => {
  test("is fetched with what tells its versions apart, and not again while it is the same", async () => {
    const server = await serving((request, response) => {
      const same = request.headers["if-none-match"] === '"v1"';
      response.writeHead(same ? 304 : 200, { etag: '"v1"', "last-modified": "yesterday" });
      response.end(same ? "" : "content");
    });
    const validators = { etag: '"v1"', lastModified: "yesterday" };
    expect(await fetched(server)).toEqual({
      kind: "fetched",
      body: "content",
      validators,
      sizeBytes: null,
    });
    expect(await fetched(server, { known: validators })).toEqual({ kind: "unchanged" });
  });

  test("without an ETag is asked for by its date", async () => {
    const server = await serving((request, response) => {
      response.writeHead(request.headers["if-modified-since"] === "monday" ? 304 : 200).end();
    });
    const known = { etag: null, lastModified: "monday" };
    expect(await fetched(server, { known })).toEqual({ kind: "unchanged" });
  });

  test("that is cut goes on where it was", async () => {
    const server = await serving(cutAfter("0123456789", 4, { etag: '"v1"' }));
    expect(await fetched(server)).toMatchObject({ body: "0123456789" });
    expect(server.headers.map((h) => h.range ?? "")).toEqual(["", "bytes=4-", "bytes=8-"]);
  });

  test("that changes while it is fetched is not put together from two", async () => {
    let version = 0;
    const server = await serving((request, response, nth) => {
      version += 1;
      return cutAfter("0123456789", 4, { etag: `"v${version}"` })(request, response, nth);
    });
    expect(await fetched(server)).toBe(
      `fetch-failed: cannot fetch "http://${server.host}/feed": the connection was cut, and then the file had changed`,
    );
  });

  test.each([
    ["is not there", 404, "it answered 404"],
    ["is behind a failing server", 500, "it answered 500"],
  ])("that %s is a failure without secrets", async (_, status, state) => {
    const server = await serving((_request, response) => void response.writeHead(status).end());
    expect(await fetched(server)).toBe(
      `fetch-failed: cannot fetch "http://${server.host}/feed": ${state}`,
    );
  });

  test("larger than what is read is a failure, with and without a stated length", async () => {
    const server = await serving((request, response) => {
      if (request.url === "/stated") response.setHeader("content-length", 5000);
      response.end(Buffer.alloc(5000));
    });
    for (const path of ["/stated", "/unstated"]) {
      expect(await fetched(server, { bytesMax: 4999 }, path)).toBe(
        `limit-exceeded: cannot fetch "http://${server.host}${path}": it is larger than 4999 bytes`,
      );
    }
  });

  test("that stalls is a failure", async () => {
    const server = await serving((_, response) => void response.write("beginning"));
    expect(await fetched(server)).toContain("it stalled");
  });

  test("comes as the server keeps it, compressed or not", async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 8, 0]);
    const server = await serving((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bytes);
    });
    const result = await fetchStream(client, `http://${server.host}/`, { signal, bytesMax: 10 });
    const pieces: Uint8Array[] = [];
    if (result.kind === "fetched") for await (const piece of result.body) pieces.push(piece);
    expect([Buffer.concat(pieces), server.headers[0]?.["accept-encoding"]]).toEqual([
      bytes,
      "identity",
    ]);
  });

  test("whose address has a password is asked for with it, and complained of without it", async () => {
    const server = await serving((request, response) => {
      const right = `Basic ${Buffer.from("me:s3cret").toString("base64")}`;
      response.writeHead(request.headers.authorization === right ? 200 : 403).end();
    });
    const ask = (password: string): Promise<unknown> =>
      fetchBytes(client, `http://me:${password}@${server.host}/x`, { signal, bytesMax: 10 }).then(
        (result) => result.kind,
        (error: unknown) => String(error),
      );
    expect(await ask("s3cret")).toBe("fetched");
    expect(await ask("wr0ng")).toBe(
      `AppError: cannot fetch "http://${server.host}/x": it answered 403`,
    );
  });

  test.each(["ftp://a.test/x", "nonsense", ""])("at %j is none", async (address) => {
    const work = fetchBytes(client, address, { signal, bytesMax: 10 });
    await expect(work).rejects.toThrow("not an HTTP address");
  });
});
