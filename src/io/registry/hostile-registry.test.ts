// A registry that misbehaves in every way that we have seen or feared; it is a real server on this machine.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import { AppError } from "../../kit/error.ts";
import { parseReference } from "../../model/reference.ts";
import {
  type Answer,
  type ScriptedServer,
  startServer,
} from "../http/test-support/scripted-server.ts";
import type { OpenedImage } from "../image.ts";
import { openRegistryImage } from "./open-registry-image.ts";

const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(home, { recursive: true, force: true });
});

function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

// One image of one layer.
const LAYER = Buffer.from("layer ".repeat(50_000));
const CONFIG = JSON.stringify({
  os: "linux",
  architecture: "amd64",
  rootfs: { type: "layers", diff_ids: [digestOf(LAYER)] },
});
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: { mediaType: OCI_CONFIG, digest: digestOf(CONFIG), size: CONFIG.length },
  layers: [
    {
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: digestOf(LAYER),
      size: LAYER.length,
    },
  ],
});
const BLOBS = new Map<string, string | Buffer>([
  ["/v2/app/manifests/latest", MANIFEST],
  [`/v2/app/manifests/${digestOf(MANIFEST)}`, MANIFEST],
  [`/v2/app/blobs/${digestOf(CONFIG)}`, CONFIG],
  [`/v2/app/blobs/${digestOf(LAYER)}`, LAYER],
]);
const LAYER_PATH = `/v2/app/blobs/${digestOf(LAYER)}`;

/** The registry as it should be. */
function behave(request: IncomingMessage, response: ServerResponse): void {
  const body = BLOBS.get(request.url ?? "");
  if (body === undefined) response.writeHead(404).end("{}");
  else response.writeHead(200, { "content-type": OCI_MANIFEST }).end(body);
}

/** A registry that misbehaves on one path and is right on all others. */
async function serving(path: string | null, answer: Answer): Promise<ScriptedServer> {
  const server = await startServer((request, response, nth) => {
    if (path === null || request.url === path) return answer(request, response, nth);
    return behave(request, response);
  });
  closing.push(() => server.close());
  return server;
}

const open = (server: ScriptedServer, name = "app", env = {}): Promise<OpenedImage> =>
  openRegistryImage(parseReference(`${server.host}/${name}`), {
    env: { HOME: home, BULWARK_HTTP_TIMEOUT: "0.4", ...env },
    platform: null,
    target: name,
    signal,
  });

/** Reads the layer and gives its digest. */
async function layerOf(image: OpenedImage): Promise<string> {
  if (image.access.kind !== "streams") throw new Error("not streams");
  const pieces: Uint8Array[] = [];
  for await (const piece of image.access.open(0, signal)) pieces.push(piece);
  return digestOf(Buffer.concat(pieces));
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "no failure";
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const MANIFEST_PATH = "/v2/app/manifests/latest";
const MANIFEST_NAME = (server: ScriptedServer): string =>
  `read manifest of "${server.host}/app:latest"`;

describe("a refusal", () => {
  test.each([
    [403, "registry-denied", "the registry denies access: DENIED: not yours"],
    [404, "registry-not-found", "the registry does not have it: DENIED: not yours"],
    [500, "registry-unavailable", "the registry failed with 500: DENIED: not yours"],
    [418, "registry-unavailable", "the registry answered 418: DENIED: not yours"],
  ])("of %s becomes %s with the registry's words", async (status, code, state) => {
    const errors = [{ code: "DENIED", message: "not\u0000 yours\u001b" }];
    const server = await serving(null, (_, response) => {
      response.writeHead(status).end(JSON.stringify({ errors }));
    });
    expect(await failure(open(server))).toBe(`${code}: cannot ${MANIFEST_NAME(server)}: ${state}`);
  });

  test("for too many requests says how long to wait", async () => {
    const server = await serving(null, (_, response) => {
      response.writeHead(429, { "retry-after": "21600" }).end("slow down");
    });
    expect(await failure(open(server))).toBe(
      `registry-rate-limited: cannot ${MANIFEST_NAME(server)}: the registry's rate limit is reached (it asks to wait: 21600): slow down`,
    );
  });

  test("with endless words is cut, and a page for browsers is left out", async () => {
    const server = await serving(null, (request, response) => {
      const page = request.url?.includes("page") === true;
      response.writeHead(404).end(page ? "<html>no</html>" : "x".repeat(1 << 20));
    });
    const name = MANIFEST_NAME(server);
    expect(await failure(open(server))).toBe(
      `registry-not-found: cannot ${name}: the registry does not have it: ${"x".repeat(300)}`,
    );
    expect(await failure(open(server, "page"))).toMatch(/does not have it$/);
  });

  test("that repeats what it was sent is quoted without it", async () => {
    const server = await serving(null, (request, response) => {
      const { authorization } = request.headers;
      if (authorization === undefined) {
        response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
      } else response.writeHead(400).end(`bad header ${authorization}; password=hunter22, sorry`);
    });
    writeLogin(server, { username: "me", password: "hunter22" });
    expect(await failure(open(server))).toMatch(/bad header Basic …; password=…, sorry$/);
  });

  test("that never comes is a failure too", async () => {
    const server = await serving(null, () => undefined);
    expect(await failure(open(server))).toBe(
      `registry-unavailable: cannot ${MANIFEST_NAME(server)}: ${server.host}: it did not answer within 0.4 s`,
    );
  });
});

describe("content that is not what was asked for", () => {
  test("as manifest of a digest is refused", async () => {
    const path = `/v2/app/manifests/${digestOf(MANIFEST)}`;
    const server = await serving(path, (_, response) => void response.end(`${MANIFEST} `));
    expect(await failure(open(server, `app@${digestOf(MANIFEST)}`))).toMatch(
      /^digest-mismatch: cannot trust manifest/,
    );
  });

  test("as manifest whose digest the registry states wrongly is refused", async () => {
    const server = await serving(MANIFEST_PATH, (_, response) => {
      response.writeHead(200, { "docker-content-digest": digestOf("other") }).end(MANIFEST);
    });
    expect(await failure(open(server))).toMatch(/^digest-mismatch: cannot trust manifest/);
  });

  test.each([
    ["changed", Buffer.concat([LAYER.subarray(1), Buffer.from("!")]), "bytes have the digest"],
    ["too long", Buffer.concat([LAYER, LAYER]), "has more than the 300000 bytes"],
    ["too short", LAYER.subarray(1), "bytes have the digest"],
  ])("as layer that is %s is refused by the stream", async (_, bytes, state) => {
    const server = await serving(LAYER_PATH, (_request, response) => void response.end(bytes));
    const said = await failure(open(server).then(layerOf));
    expect(said).toMatch(/^digest-mismatch: cannot trust blob/);
    expect(said).toContain(state);
  });

  test.each([
    ["a manifest without end", "limit-exceeded", Buffer.alloc(5 << 20, " ")],
    ["a page", "archive-invalid", Buffer.from("<html>")],
    ["an artifact", "archive-invalid", Buffer.from(MANIFEST.replace(OCI_CONFIG, "text/x"))],
  ])("%s is refused as %s", async (_, code, bytes) => {
    const server = await serving(MANIFEST_PATH, (_request, response) => void response.end(bytes));
    expect((await failure(open(server))).slice(0, code.length)).toBe(code);
  });

  test("as indexes within indexes is refused after some", async () => {
    let document = MANIFEST;
    const chain = new Map<string, string>();
    for (let depth = 0; depth < 5; depth += 1) {
      const descriptor = {
        mediaType: OCI_INDEX,
        digest: digestOf(document),
        size: document.length,
      };
      document = JSON.stringify({ schemaVersion: 2, manifests: [descriptor] });
      chain.set(`/v2/app/manifests/${digestOf(document)}`, document);
    }
    const server = await serving(null, (request, response) => {
      response.end(chain.get(request.url ?? "") ?? document);
    });
    expect(await failure(open(server))).toContain("indexes are nested too deeply");
  });
});

describe("a download", () => {
  /** Sends parts as asked, and cuts the first two answers. */
  const cutting = (rangeOf: (from: number) => string | null): Answer => {
    const headOf = (request: IncomingMessage): readonly [number, string | null] => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
      return [from, from === 0 ? null : rangeOf(from)];
    };
    return (request, response, nth) => {
      const [from, range] = headOf(request);
      const part = range === null ? LAYER : LAYER.subarray(from);
      const ranged = range === null ? {} : { "content-range": range };
      response.writeHead(range === null ? 200 : 206, { "content-length": part.length, ...ranged });
      if (nth < 2) response.write(part.subarray(0, 100_000), () => response.destroy());
      else response.end(part);
    };
  };

  test("that is cut goes on where it was", async () => {
    const answer = cutting((from) => `bytes ${from}-${LAYER.length - 1}/${LAYER.length}`);
    const server = await serving(LAYER_PATH, answer);
    expect(await layerOf(await open(server))).toBe(digestOf(LAYER));
    const asked = server.headers.map((h) => h.range).filter((r) => r !== undefined);
    expect(asked.length).toBe(2);
  });

  test("that is cut at a registry without parts begins again, and is read on", async () => {
    const server = await serving(
      LAYER_PATH,
      cutting(() => null),
    );
    expect(await layerOf(await open(server))).toBe(digestOf(LAYER));
  });

  test("that goes on elsewhere than asked is refused", async () => {
    const server = await serving(
      LAYER_PATH,
      cutting(() => "bytes 7-8/9"),
    );
    expect(await failure(open(server).then(layerOf))).toContain(
      "another part than it was asked for",
    );
  });

  test("that is cut again and again ends", async () => {
    const server = await serving(LAYER_PATH, (_, response) => {
      response.writeHead(200, { "content-length": LAYER.length });
      response.write("layer ", () => response.destroy());
    });
    expect(await failure(open(server).then(layerOf))).toContain("the connection was cut");
  });

  test("that stalls ends", async () => {
    const server = await serving(LAYER_PATH, (_, response) => void response.write("layer "));
    expect(await failure(open(server).then(layerOf))).toMatch(
      /^registry-unavailable: .*it stalled/,
    );
  });

  test("from a store of another host is made without the registry's token", async () => {
    const store = await serving(null, (_, response) => void response.end(LAYER));
    const server = await serving(LAYER_PATH, (_, response) => {
      response.writeHead(307, { location: `http://${store.host}/x?signature=1` }).end();
    });
    writeLogin(server, { username: "me", password: "pw" });
    expect(await layerOf(await open(server))).toBe(digestOf(LAYER));
    expect(store.headers[0]?.authorization).toBeUndefined();
  });

  test("from a store of another host that asks for the password gets none", async () => {
    const store: ScriptedServer = await serving(null, (_, response) => {
      const challenge = `Bearer realm="http://${store.host}/token"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    });
    const server = await serving(LAYER_PATH, (_, response) => {
      response.writeHead(307, { location: `http://${store.host}/x` }).end();
    });
    writeLogin(server, { username: "me", password: "pw" });
    await expect(open(server).then(layerOf)).rejects.toThrow(/which wants credentials of its own$/);
    expect([store.seen, store.headers[0]?.authorization]).toEqual([["GET /x"], undefined]);
  });
});

describe("a token", () => {
  const challenge = (server: ScriptedServer): string =>
    `Bearer realm="http://${server.host}/token",service="lab",scope="repository:app:pull"`;

  /** Wants a token, and gives what `token` says to who asks. */
  async function wanting(
    token: (request: IncomingMessage, nth: number) => readonly [number, unknown],
    isGood: (authorization: string) => boolean = (a) => a === "Bearer good",
  ): Promise<ScriptedServer> {
    const server: ScriptedServer = await startServer((request, response, nth) => {
      if (request.url?.startsWith("/token") === true) {
        const [status, body] = token(request, nth);
        response.writeHead(status).end(JSON.stringify(body));
      } else if (isGood(request.headers.authorization ?? "")) behave(request, response);
      else response.writeHead(401, { "www-authenticate": challenge(server) }).end();
    });
    closing.push(() => server.close());
    return server;
  }

  test("is fetched once for all that is read, without credentials when there are none", async () => {
    const server = await wanting(() => [200, { token: "good", expires_in: 300 }]);
    const image = await open(server);
    await Promise.all([layerOf(image), layerOf(image)]);
    const asked = server.seen.filter((line) => line.includes("/token"));
    expect(asked).toEqual(["GET /token?service=lab&scope=repository%3Aapp%3Apull"]);
  });

  test("is fetched with the password, which goes nowhere else", async () => {
    const server = await wanting((request) => {
      const right = `Basic ${Buffer.from("me:s3cret").toString("base64")}`;
      return request.headers.authorization === right ? [200, { access_token: "good" }] : [401, {}];
    });
    writeLogin(server, { username: "me", password: "s3cret" });
    await layerOf(await open(server));
    const basic = server.headers.map((h) => h.authorization?.startsWith("Basic") ?? false);
    expect(basic.filter(Boolean).length).toBe(1);
    expect(server.seen.some((line) => line.includes("account=me"))).toBe(true);
  });

  test("is fetched with an identity token by OAuth", async () => {
    const server = await wanting((request) =>
      request.method === "POST" ? [200, { access_token: "good" }] : [405, {}],
    );
    writeLogin(server, { identitytoken: "refresh" });
    expect((await open(server)).layers.length).toBe(1);
  });

  test("that has run out is replaced in the middle", async () => {
    let good = "Bearer t0";
    const server = await wanting(
      (_, nth) => {
        good = `Bearer t${nth + 1}`;
        return [200, { token: `t${nth + 1}`, expires_in: 300 }];
      },
      (authorization) => authorization === good,
    );
    const image = await open(server);
    good = "Bearer revoked";
    expect(await layerOf(image)).toBe(digestOf(LAYER));
  });

  test.each([
    [
      "refused",
      [401, { errors: [{ code: "UNAUTHORIZED" }] }],
      "registry-auth",
      "wants credentials",
    ],
    ["denied", [403, {}], "registry-denied", "denies access"],
    ["useless", [200, { token: "bad" }], "registry-auth", "wants credentials"],
    ["missing", [200, {}], "registry-auth", "the token of the registry is missing"],
    ["no JSON object", [200, []], "registry-auth", "cannot read token"],
    ["huge", [200, { token: "a".repeat(20_000) }], "registry-auth", "cannot be sent in a header"],
    ["endless", [200, { token: "a".repeat(1 << 20) }], "limit-exceeded", "larger than"],
    ["made to split a header", [200, { token: "a\r\nx: y" }], "registry-auth", "cannot be sent"],
  ] as const)("that is %s ends in a clear error", async (_, [status, body], code, state) => {
    const server = await wanting(() => [status, body]);
    const said = await failure(open(server));
    expect(said).toContain(state);
    expect(said.slice(0, code.length)).toBe(code);
  });

  test.each([
    ['Bearer realm="nonsense"', "wants tokens from no address"],
    ['Bearer realm="file:///etc/passwd"', "wants tokens from file:///etc/passwd"],
    ["Negotiate", "wants credentials"],
    ["", "wants credentials"],
  ])("is not looked for where %j says", async (header, state) => {
    const server = await serving(null, (_, response) => {
      response.writeHead(401, header === "" ? {} : { "www-authenticate": header }).end();
    });
    expect(await failure(open(server))).toContain(state);
  });
});

describe("a mirror", () => {
  test("in Docker's configuration is asked for Docker Hub, and one that fails is passed over", async () => {
    const broken = await serving(null, (_, response) => void response.writeHead(404).end());
    const server = await startServer((request, response) => {
      request.url = request.url?.replace("/v2/library/app/", "/v2/app/") ?? "";
      behave(request, response);
    });
    closing.push(() => server.close());
    mkdirSync(join(home, ".config/docker"), { recursive: true });
    const mirrors = { "registry-mirrors": [`http://${broken.host}`, `http://${server.host}/`] };
    writeFileSync(join(home, ".config/docker/daemon.json"), JSON.stringify(mirrors));
    const image = await openRegistryImage(parseReference("app"), {
      env: { HOME: home },
      platform: null,
      target: "app",
      signal,
    });
    expect([image.summary.reference, await layerOf(image)]).toEqual([
      "docker.io/library/app:latest",
      digestOf(LAYER),
    ]);
    expect(broken.seen.filter((line) => line.includes("manifests"))).toEqual([
      "GET /v2/library/app/manifests/latest",
    ]);
  });

  test("in registries.conf is asked first, by its own name, and its blobs may be missing", async () => {
    const origin = await serving(null, behave);
    const mirror = await serving(null, (request, response) => {
      request.url = request.url?.replace("/v2/cache/app/", "/v2/app/") ?? "";
      if (request.url === LAYER_PATH) response.writeHead(404).end();
      else behave(request, response);
    });
    const conf = join(home, "registries.conf");
    writeFileSync(
      conf,
      `[[registry]]\nprefix = "images.test"\nlocation = "${origin.host}"\n[[registry.mirror]]\nlocation = "${mirror.host}/cache"\n`,
    );
    const image = await openRegistryImage(parseReference("images.test/app"), {
      env: { HOME: home, CONTAINERS_REGISTRIES_CONF: conf },
      platform: null,
      target: "app",
      signal,
    });
    expect([image.summary.reference, await layerOf(image)]).toEqual([
      "images.test/app:latest",
      digestOf(LAYER),
    ]);
    expect(origin.seen).toEqual([`GET ${LAYER_PATH}`]);
  });

  test("that is to be blocked is", async () => {
    const conf = join(home, "registries.conf");
    writeFileSync(conf, '[[registry]]\nprefix = "*.test"\nblocked = true\n');
    const server = await serving(null, behave);
    const blocked = openRegistryImage(parseReference("a.test/app"), {
      env: { HOME: home, CONTAINERS_REGISTRIES_CONF: conf },
      platform: null,
      target: "app",
      signal,
    });
    expect(await failure(blocked)).toBe(
      'registry-denied: cannot read image from "a.test": registries.conf blocks it',
    );
    expect(server.seen).toEqual([]);
  });
});

function writeLogin(server: ScriptedServer, entry: object): void {
  mkdirSync(join(home, ".docker"), { recursive: true });
  const config = { auths: { [server.host]: entry } };
  writeFileSync(join(home, ".docker/config.json"), JSON.stringify(config));
}
