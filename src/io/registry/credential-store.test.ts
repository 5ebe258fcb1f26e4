import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Environment } from "../folders.ts";
import { HttpClient } from "../http/client.ts";
import { startServer } from "../http/test-support/scripted-server.ts";
import type { CredentialSearch } from "./credential.ts";
import { CredentialStore } from "./credential-store.ts";
import { readAuthFile } from "./docker-config.ts";

const signal = new AbortController().signal;
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, content: unknown, mode = 0o600): string {
  const whole = join(home, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return whole;
}

function find(
  registry: string,
  env: Environment = {},
  repository = "team/api",
): Promise<CredentialSearch> {
  const complete = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, ...env };
  const store = new CredentialStore({ env: complete, http: new HttpClient({ env: complete }) });
  return store.find({ registry, repository }, signal);
}

const auth = (user: string): { auth: string } => ({ auth: Buffer.from(user).toString("base64") });
const password = (username: string, secret: string): object => ({
  kind: "password",
  username,
  password: secret,
});

describe("Docker's configuration", () => {
  test.each([
    ["by its host", "r.test", { "r.test": auth("a:b") }, password("a", "b")],
    ["with a port", "r.test:5000", { "r.test:5000": auth("a:b") }, password("a", "b")],
    ["not of another port", "r.test:5000", { "r.test": auth("a:b") }, null],
    ["by an address", "r.test", { "https://r.test/v2/": auth("a:b") }, password("a", "b")],
    ["in upper case", "r.test", { "R.Test": auth("a:b") }, password("a", "b")],
    [
      "of Docker Hub",
      "docker.io",
      { "https://index.docker.io/v1/": auth("a:b") },
      password("a", "b"),
    ],
    ["of Docker Hub by its name", "docker.io", { "docker.io": auth("a:b") }, password("a", "b")],
    ["with colons in the password", "r.test", { "r.test": auth("a:b:c") }, password("a", "b:c")],
    ["filled up with zeros", "r.test", { "r.test": auth("a:b\0\0") }, password("a", "b")],
    [
      "in plain fields",
      "r.test",
      { "r.test": { username: "a", password: "b" } },
      password("a", "b"),
    ],
    [
      "of a namespace before its host",
      "r.test",
      { "r.test": auth("a:b"), "r.test/team": auth("c:d"), "r.test/team/apis": auth("e:f") },
      password("c", "d"),
    ],
    ["of another namespace", "r.test", { "r.test/other": auth("a:b") }, null],
    [
      "as identity token",
      "r.test",
      { "r.test": { ...auth("a:"), identitytoken: "t" } },
      { kind: "identity", token: "t" },
    ],
    ["as token", "r.test", { "r.test": { registrytoken: "t" } }, { kind: "bearer", token: "t" }],
    ["that is empty", "r.test", { "r.test": {} }, null],
    ["called __proto__", "__proto__", { r: auth("a:b") }, null],
    ["of a longer host", "r.test", { "xr.test": auth("a:b"), "r.testx": auth("a:b") }, null],
  ])("has a credential %s", async (_, registry, auths, wanted) => {
    const path = write(".docker/config.json", { auths });
    const search = await find(registry);
    expect(search).toEqual({
      credential: wanted,
      source: wanted === null ? null : path,
      looked: [path],
      failure: null,
    });
  });

  test("counts by place: the named file, Docker's, podman's", async () => {
    const names = ["named.json", "docker/config.json", "run/containers/auth.json"];
    for (const name of names) write(name, { auths: { "r.test": auth(`${name}:x`) } });
    write(".config/containers/auth.json", { auths: { "s.test": auth("last:x") } });
    const env = { DOCKER_CONFIG: join(home, "docker"), XDG_RUNTIME_DIR: join(home, "run") };
    const named = { ...env, REGISTRY_AUTH_FILE: join(home, "named.json") };
    const users = [
      await find("r.test", named),
      await find("r.test", env),
      await find("r.test", { XDG_RUNTIME_DIR: join(home, "run") }),
      await find("s.test", env),
    ].map(({ credential }) => (credential?.kind === "password" ? credential.username : null));
    expect(users).toEqual(["named.json", "docker/config.json", "run/containers/auth.json", "last"]);
  });

  test.each([
    ["{", "it is not JSON"],
    ["[]", "it is not an object"],
    [{ auths: { "r.test": { auth: 7 } } }, "auths.r.test.auth is not a text"],
    [{ auths: { "r.test": { auth: "c2VjcmV0" } } }, "auths.r.test.auth is not user:password"],
    [{ credsStore: {} }, "credsStore is not a text"],
  ])(
    "that is %j hinders nothing, and is named if a credential is wanted",
    async (content, state) => {
      write(".docker/config.json", content);
      write(".config/containers/auth.json", { auths: { "s.test": auth("a:b") } });
      const { credential, failure } = await find("r.test");
      expect([credential, failure?.code]).toEqual([null, "config-invalid"]);
      expect(failure?.message).toContain(state);
      expect(failure?.message).not.toContain("c2VjcmV0");
      expect((await find("s.test")).credential).toEqual(password("a", "b"));
    },
  );

  test("of any content is read or refused", async () => {
    const path = join(home, "x.json");
    const target = { registry: "r.test", repository: "a" };
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (content) => {
        writeFileSync(path, content);
        await readAuthFile(path, target).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "config-invalid" });
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe("a credential helper", () => {
  const helper = (script: string): void => {
    write("bin/docker-credential-lab", `#!/bin/sh\n${script}\n`, 0o755);
  };

  test.each([
    ["r.test", { credsStore: "lab" }, "r.test"],
    ["docker.io", { credsStore: "lab" }, "https://index.docker.io/v1/"],
    ["r.test", { credHelpers: { "r.test": "lab" }, credsStore: "none" }, "r.test"],
  ])("is asked for %s with %j", async (registry, config, server) => {
    write(".docker/config.json", config);
    helper(
      `read s; echo "{\\"ServerURL\\":\\"$s\\",\\"Username\\":\\"$s\\",\\"Secret\\":\\"x\\"}"`,
    );
    const search = await find(registry);
    expect([search.credential, search.source]).toEqual([
      password(server, "x"),
      "docker-credential-lab",
    ]);
  });

  test("that has a token gives one", async () => {
    write(".docker/config.json", { credsStore: "lab" });
    helper(`echo '{"Username":"<token>","Secret":"t"}'`);
    expect((await find("r.test")).credential).toEqual({ kind: "identity", token: "t" });
  });

  test("that has nothing leaves it to what is written", async () => {
    write(".docker/config.json", { credsStore: "lab", auths: { "r.test": auth("a:b") } });
    helper("echo 'credentials not found in native keychain'; exit 1");
    const { credential, failure } = await find("r.test");
    expect([credential, failure]).toEqual([password("a", "b"), null]);
  });

  test.each([
    ["that fails", "echo out; echo broken >&2; exit 3", "it ended with 3: out"],
    ["that says nonsense", "echo hello", "it is not JSON"],
    [
      "that writes without end",
      "while :; do echo aaaaaaaaaaaaaaaaaaaaa; done",
      "larger than 65536",
    ],
    ["that is killed", "kill -9 $$", "it ended with a signal"],
  ])("%s is named", async (_, script, state) => {
    write(".docker/config.json", { credsStore: "lab" });
    helper(script);
    const { credential, failure } = await find("r.test");
    expect([credential, failure?.code]).toEqual([null, "credential-helper"]);
    expect(failure?.message).toContain(`"docker-credential-lab": `);
    expect(failure?.message).toContain(state);
  });

  test.each(["none", "../x", "a b", "$(id)", "-x"])("called %j is not run", async (name) => {
    write(".docker/config.json", { credsStore: name });
    expect((await find("r.test")).failure?.code).toBe("credential-helper");
  });
});

describe("a registry at Amazon", () => {
  const HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

  test("is logged in to with the environment's credentials", async () => {
    let asked = "";
    const server = await startServer((request, response) => {
      const { authorization = "", "x-amz-target": target } = request.headers;
      asked = `${String(target)} ${authorization.replace(/\d{8}\//, "DAY/").replace(/Signature=.*/, "")}`;
      const authorizationToken = Buffer.from("AWS:pass:word").toString("base64");
      response.end(JSON.stringify({ authorizationData: [{ authorizationToken }] }));
    });
    const env = {
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL_ECR: `http://${server.host}`,
    };
    try {
      expect((await find(HOST, env)).credential).toEqual(password("AWS", "pass:word"));
      expect(asked).toBe(
        "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken AWS4-HMAC-SHA256 Credential=AKID/DAY/eu-west-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, ",
      );
      expect((await find("r.test", env)).credential).toBeNull();
      expect((await find(HOST)).credential).toBeNull();
    } finally {
      await server.close();
    }
  });

  test("that refuses them is named, without them", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(400).end('{"__type":"SignatureDoesNotMatch","message":"for t0ken"}');
    });
    const env = {
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "s3cret",
      AWS_SESSION_TOKEN: "t0ken",
      AWS_ENDPOINT_URL: `http://${server.host}`,
    };
    const { failure } = await find(HOST, env).finally(() => server.close());
    expect(failure?.message).toBe(
      'cannot fetch a password from Amazon ECR: it answered 400: {"__type":"SignatureDoesNotMatch","message":"for …"}',
    );
  });
});
