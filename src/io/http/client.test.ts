import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { AppError } from "../../kit/error.ts";
import { HttpClient, type HttpOptions } from "./client.ts";
import { HttpFailure } from "./failure.ts";
import {
  type Answer,
  type ScriptedServer,
  startProxy,
  startRawServer,
  startServer,
} from "./test-support/scripted-server.ts";

const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(answer: Answer): Promise<ScriptedServer> {
  const server = await startServer(answer);
  closing.push(() => server.close());
  return server;
}

function clientOf(options: Partial<HttpOptions> = {}): HttpClient {
  const client = new HttpClient({ env: {}, ...options });
  closing.push(async () => client.close());
  return client;
}

async function get(
  address: string,
  options: Partial<HttpOptions> = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const url = new URL(address);
  const response = await clientOf(options).send({ method: "GET", url, headers, signal });
  return `${response.status} ${(await response.bytes(1000)).toString()}`;
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    return `no failure: ${String(await work)}`;
  } catch (error) {
    if (error instanceof HttpFailure) return `${error.kind}: ${error.message}`;
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** A certificate that vouches for itself. */
function certificate(host: string): {
  readonly pair: { readonly key: string; readonly cert: string };
  readonly key: string;
  readonly cert: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-tls-"));
  closing.push(async () => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x -addext subjectAltName=DNS:${host}`;
  execFileSync("openssl", [...words.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
  const pair = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  return { pair, key, cert };
}

describe("a request", () => {
  test("is sent again when the server is overloaded, and not when it says no", async () => {
    const server = await serving((request, response, nth) => {
      const statuses = request.url === "/busy" ? [503, 500, 200] : [404];
      response.writeHead(statuses[nth] ?? 599).end("body");
    });
    expect(await get(`http://${server.host}/busy`)).toBe("200 body");
    expect(await get(`http://${server.host}/none`)).toBe("404 body");
    expect(server.seen).toEqual(["GET /busy", "GET /busy", "GET /busy", "GET /none"]);
  });

  test("is sent again when the connection is cut before the answer", async () => {
    const server = await serving((request, response, nth) => {
      if (nth === 0) request.socket.destroy();
      else response.end("here");
    });
    expect(await get(`http://${server.host}/`)).toBe("200 here");
  });

  test("is given up after some attempts", async () => {
    const server = await serving((_, response) => void response.writeHead(500).end());
    expect(await get(`http://${server.host}/`)).toBe("500 ");
    expect(server.seen.length).toBe(4);
  });

  test("that changes something is sent once", async () => {
    const server = await serving((_, response) => void response.writeHead(503).end());
    const url = new URL(`http://${server.host}/`);
    const body = Buffer.from("x");
    const response = await clientOf().send({ method: "POST", url, body, signal });
    expect([response.status, server.seen.length]).toEqual([503, 1]);
    response.close();
  });

  test("waits as long as it is asked to, within bounds", async () => {
    const server = await serving((request, response, nth) => {
      const wait = request.url === "/short" ? "1" : "3600";
      response.writeHead(nth === 0 ? 429 : 200, { "retry-after": wait }).end();
    });
    const begun = performance.now();
    expect(await get(`http://${server.host}/short`)).toBe("200 ");
    const short = performance.now() - begun;
    expect(await get(`http://${server.host}/long`)).toBe("429 ");
    expect([short > 950, performance.now() - begun < 6000]).toEqual([true, true]);
  });

  test("to a refused port fails at once", async () => {
    const server = await startServer(() => undefined);
    await server.close();
    expect(await failureOf(get(`http://${server.host}/`))).toBe(
      "connect: the connection was refused",
    );
  });

  test("ends when it is aborted, while it waits and while it reads", async () => {
    const server = await serving((request, response) => {
      if (request.url === "/body") response.write("beginning");
    });
    for (const path of ["/head", "/body"]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("stopped")), 100);
      const url = new URL(path, `http://${server.host}`);
      const work = clientOf()
        .send({ method: "GET", url, signal: controller.signal })
        .then((response) => response.bytes(1000));
      await expect(work).rejects.toThrow("stopped");
    }
  });

  test("is refused while --offline forbids the network", async () => {
    const server = await serving((_, response) => void response.end());
    const work = failureOf(get(`http://${server.host}/`, { offline: true }));
    expect([await work, server.seen]).toEqual([
      `offline: cannot reach "${server.host}": --offline forbids it`,
      [],
    ]);
  });
});

describe("a server that takes its time", () => {
  const fast = { timeoutMs: 300 };

  test("and never answers is given up", async () => {
    const server = await serving(() => undefined);
    expect(await failureOf(get(`http://${server.host}/`, fast))).toBe(
      "timeout: it did not answer within 0.3 s",
    );
  });

  test("and sends the head byte by byte is given up", async () => {
    const raw = await startRawServer("HTTP/1.1 200 OK\r\nx-");
    closing.push(raw.close);
    expect(await failureOf(get(`http://127.0.0.1:${raw.port}/`, fast))).toBe(
      "timeout: it did not answer within 0.3 s",
    );
  });

  test("and trickles the body is given up, though something comes all the time", async () => {
    const server = await serving((_, response) => {
      const timer = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(timer));
    });
    expect(await failureOf(get(`http://${server.host}/`, fast))).toBe(
      "timeout: it stalled: less than 32 KiB came in 0.3 s",
    );
  });

  test("is not blamed for a reader that takes its time", async () => {
    const server = await serving((_, response) => void response.end(Buffer.alloc(1 << 20)));
    const url = new URL(`http://${server.host}/`);
    const response = await clientOf(fast).send({ method: "GET", url, signal });
    let size = 0;
    for await (const piece of response.pieces()) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      size += piece.length;
    }
    expect(size).toBe(1 << 20);
  });

  test("is waited for as long as BULWARK_HTTP_TIMEOUT says, which must be a number", async () => {
    const server = await serving(() => undefined);
    const env = { BULWARK_HTTP_TIMEOUT: "0.2" };
    expect(await failureOf(get(`http://${server.host}/`, { env }))).toContain("within 0.2 s");
    expect(() => new HttpClient({ env: { BULWARK_HTTP_TIMEOUT: "soon" } })).toThrow(
      'cannot read BULWARK_HTTP_TIMEOUT "soon": not a number of seconds',
    );
  });
});

describe("an answer", () => {
  test("larger than what is read is refused, with and without a stated length", async () => {
    const server = await serving((request, response) => {
      if (request.url === "/stated") response.setHeader("content-length", 5000);
      response.end(Buffer.alloc(5000));
    });
    for (const path of ["/stated", "/unstated"]) {
      expect(await failureOf(get(`http://${server.host}${path}?token=secret`))).toBe(
        `limit-exceeded: cannot read "http://${server.host}${path}": it is larger than 1000 bytes`,
      );
    }
  });

  test("with endless headers is refused", async () => {
    const raw = await startRawServer(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}`);
    closing.push(raw.close);
    const failure = await failureOf(get(`http://127.0.0.1:${raw.port}/`));
    expect(failure).toBe("protocol: its answer is not HTTP (HPE_HEADER_OVERFLOW)");
  });

  test("that is not HTTP is refused", async () => {
    const raw = await startRawServer("SSH-2.0-OpenSSH_9.2\r\n");
    closing.push(raw.close);
    const failure = await failureOf(get(`http://127.0.0.1:${raw.port}/`));
    expect(failure).toMatch(/^protocol: its answer is not HTTP/);
  });

  test("that is cut short is not taken for whole", async () => {
    const server = await serving((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("some", () => response.destroy());
    });
    expect(await failureOf(get(`http://${server.host}/`))).toBe("cut: the connection was cut");
  });
});

describe("a redirect", () => {
  const secrets = { authorization: "Bearer secret", accept: "text/x" };

  test("to another host loses what proves who we are, and one to the same keeps it", async () => {
    const other = await serving((request, response) => {
      response.end(JSON.stringify([request.headers.authorization, request.headers.accept]));
    });
    const server = await serving((request, response) => {
      const to = request.url === "/away" ? `http://user:pw@${other.host}/x` : "/here/2";
      if (request.url?.startsWith("/here/") === true) {
        response.end(JSON.stringify([request.headers.authorization, request.headers.accept]));
      } else response.writeHead(307, { location: to }).end();
    });
    expect(await get(`http://${server.host}/away`, {}, secrets)).toBe('200 [null,"text/x"]');
    expect(await get(`http://${server.host}/here`, {}, secrets)).toBe(
      '200 ["Bearer secret","text/x"]',
    );
  });

  test.each([
    ["/loop", "protocol: it redirects more than 10 times"],
    ["http://[", "protocol: it redirects to nowhere"],
    ["file:///etc/passwd", "protocol: it redirects to file:///etc/passwd, which is not encrypted"],
  ])("to %s is refused", async (location, wanted) => {
    const server = await serving((_, response) => void response.writeHead(302, { location }).end());
    expect(await failureOf(get(`http://${server.host}/`))).toBe(wanted);
  });
});

describe.skipIf(missingPrograms("openssl") !== null)("certs.d (needs openssl)", () => {
  test("says whom to believe for one host, and who we are there", async () => {
    const { pair, key, cert } = certificate("localhost");
    const server = await startServer(
      (request, response) => {
        const socket = request.socket as TLSSocket;
        response.end(socket.authorized ? "I know you" : "who are you?");
      },
      { ...pair, ca: pair.cert, requestCert: true, rejectUnauthorized: false },
    );
    closing.push(server.close);
    const home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
    closing.push(async () => rmSync(home, { recursive: true }));
    const address = `https://localhost:${server.port}/`;
    const folder = join(home, ".docker/certs.d", `localhost:${server.port}`);
    mkdirSync(folder, { recursive: true });
    const env = { HOME: home };
    expect(await failureOf(get(address, { env }))).toContain("untrusted: nobody we trust");
    copyFileSync(cert, join(folder, "ca.crt"));
    expect(await get(address, { env })).toBe("200 who are you?");
    copyFileSync(cert, join(folder, "client.cert"));
    copyFileSync(key, join(folder, "client.key"));
    expect(await get(address, { env })).toBe("200 I know you");
    writeFileSync(join(folder, "ca.crt"), "no certificate");
    expect(await failureOf(get(address, { env }))).toBe(
      `config-invalid: cannot use certificates "${folder}/ca.crt": not PEM`,
    );
  });
});

describe("a proxy", () => {
  test("is asked for other hosts, with its user and password", async () => {
    const proxy = await startProxy(0, `Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    closing.push(proxy.close);
    const env = { http_proxy: `http://me:p%40ss@${proxy.host}` };
    expect(await get("http://feeds.test/a?b=c", { env })).toBe(
      "200 through the proxy: http://feeds.test/a?b=c",
    );
  });

  test.skipIf(missingPrograms("openssl") !== null)(
    "makes a tunnel for TLS, which it cannot look into (needs openssl)",
    async () => {
      const { pair, cert } = certificate("registry.test");
      const server = await startServer((request, response) => {
        if (request.url === "/down") {
          response.writeHead(302, { location: "http://plain.test/" }).end();
        } else response.end("secret");
      }, pair);
      const proxy = await startProxy(
        server.port,
        `Basic ${Buffer.from("me:pw").toString("base64")}`,
      );
      closing.push(server.close, proxy.close);
      const env = { HTTPS_PROXY: `me:pw@${proxy.host}`, SSL_CERT_FILE: cert };
      const client = clientOf({ env });
      const ask = async (host: string, path = "/"): Promise<string> => {
        const url = new URL(path, `https://${host}`);
        const response = await client.send({ method: "GET", url, signal });
        return (await response.bytes(100)).toString();
      };
      expect([await ask("registry.test"), await ask("registry.test", "/2")]).toEqual([
        "secret",
        "secret",
      ]);
      expect(proxy.asked.map((a) => a.line)).toEqual(["CONNECT registry.test:443"]);
      expect(await failureOf(ask("other.test"))).toBe(
        "certificate: its certificate is that of another host",
      );
      expect(await failureOf(ask("registry.test", "/down"))).toBe(
        "protocol: it redirects to http://plain.test/, which is not encrypted",
      );
      const wrong = { ...env, HTTPS_PROXY: `http://me:wr0ng@${proxy.host}` };
      expect(await failureOf(get("https://registry.test/", { env: wrong }))).toBe(
        "proxy: the proxy wants a user and password, or refused those it got",
      );
      const untrusting = { HTTPS_PROXY: env.HTTPS_PROXY };
      expect(await failureOf(get("https://registry.test/", { env: untrusting }))).toBe(
        "untrusted: nobody we trust vouches for its certificate",
      );
    },
  );

  test("has a password as it was pasted, also with a percent sign", async () => {
    const wanted = `Basic ${Buffer.from("me:100%").toString("base64")}`;
    const proxy = await startProxy(0, wanted);
    closing.push(proxy.close);
    const env = { HTTP_PROXY: `http://me:100%@${proxy.host}` };
    expect(await get("http://feeds.test/", { env })).toMatch(/^200/);
  });

  test("with an address that is none is a failure that does not show it", async () => {
    const env = { HTTP_PROXY: "socks5://user:secret@proxy.test:1080" };
    expect(await failureOf(get("http://feeds.test/", { env }))).toBe(
      "proxy: HTTP_PROXY does not hold the address of an HTTP proxy",
    );
  });
});
