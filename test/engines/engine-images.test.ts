import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDockerArchive } from "../../src/io/archive/docker-archive.ts";
import { openOciArchive } from "../../src/io/archive/oci-archive.ts";
import { containersOnHost } from "../../src/io/engine/list-containers.ts";
import { listEngines } from "../../src/io/engine/list-engines.ts";
import { openEngineImage } from "../../src/io/engine/open-engine-image.ts";
import type { Environment } from "../../src/io/folders.ts";
import type { OpenedImage } from "../../src/io/image.ts";
import { inflate } from "../../src/io/layers/inflate.ts";
import { readSlice } from "../../src/io/slice.ts";
import { AppError } from "../../src/kit/error.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { sharedPath } from "../shared.ts";

const ALPINE = sharedPath("data/goldens/images/alpine-311.tar.gz");
const shared = existsSync(ALPINE) || process.env["CI"] === "true" ? null : "shared fixtures absent";
const { signal } = new AbortController();

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-engines-"));
  if (existsSync(ALPINE))
    writeFileSync(join(folder, "alpine.tar"), gunzipSync(readFileSync(ALPINE)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function opened(
  engine: "docker" | "podman",
  reference: string,
  env: Environment,
): Promise<OpenedImage> {
  return openEngineImage(engine, reference, { env, signal, platform: null, target: "it" });
}

async function complaint(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Digests of the content of everything that may be a layer, in the order in which it comes. */
async function diffIdsRead({ access, layers }: OpenedImage): Promise<string[]> {
  const digests: string[] = [];
  const read = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    const inflation = inflate(bytes);
    for await (const _ of inflation.pieces);
    digests.push(`sha256:${inflation.digests().plain}`);
  };
  if (access.kind === "export")
    for await (const blob of access.blobs(signal)) await read(blob.bytes);
  if (access.kind === "slices")
    for (const i of layers.keys()) await read(readSlice(access.slice(i)));
  return digests.sort();
}

/** Names the other engine too, so that one that this machine may have is not asked. */
const alone = (env: Environment): Environment => ({
  DOCKER_HOST: `unix://${folder}/no.sock`,
  CONTAINER_HOST: `unix://${folder}/no.sock`,
  ...env,
});

const claimed = ({ layers }: OpenedImage): string[] => layers.map((l) => l.diffId).sort();

const noDocker = dockerHindrance() ?? shared;
describe.skipIf(noDocker !== null)(`a Docker Engine (${noDocker ?? "real"})`, () => {
  let engine: LabEngine;
  let env: Environment = {};
  const docker = (...args: string[]): string =>
    execFileSync("docker", ["--host", engine.host, ...args], {
      env: { ...process.env, DOCKER_CONFIG: folder },
    })
      .toString()
      .trim();

  beforeAll(async () => {
    engine = await startDocker();
    env = { DOCKER_HOST: engine.host, HOME: folder, XDG_RUNTIME_DIR: folder };
    docker("load", "-i", join(folder, "alpine.tar"));
    docker("run", "--network=none", "--name=first", "alpine:3.11", "sh", "-c", "echo x >/x");
    docker("commit", "first", "team/two:1");
    docker("rm", "first");
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => engine.stop(), ENGINE_TIMEOUT_MS);

  test("gives an image as it describes it, and all its layers", async () => {
    const image = await opened("docker", "team/two:1", env);
    const said = (format: string): string => docker("image", "inspect", "-f", format, "team/two:1");
    expect([
      image.summary.digest,
      image.summary.digestKind,
      image.summary.reference,
      image.summary.platform?.architecture,
      image.layers.map((layer) => layer.diffId),
    ]).toEqual([
      said("{{.Id}}"),
      "image-id",
      "docker.io/team/two:1",
      said("{{.Architecture}}"),
      JSON.parse(said("{{json .RootFS.Layers}}")),
    ]);
    expect(await diffIdsRead(image)).toEqual(claimed(image));
    expect(image.summary.layers.map((layer) => layer.createdBy)).toEqual([
      expect.stringContaining("ADD file:"),
      "sh -c echo x >/x",
    ]);
    const byId = await opened("docker", image.summary.digest?.slice(7, 19) ?? "", env);
    expect(byId.summary.digest).toBe(image.summary.digest);
  });

  test("saves archives that hold the same image", async () => {
    const image = await opened("docker", "team/two:1", env);
    const path = join(folder, "saved.tar");
    docker("save", "-o", path, "team/two:1", "alpine:3.11");
    const request = { platform: null, target: "it" };
    const saved = await openDockerArchive(path, { ...request, reference: "team/two:1" });
    expect([saved.summary.digest, claimed(saved), await diffIdsRead(saved)]).toEqual([
      image.summary.digest,
      claimed(image),
      claimed(image),
    ]);
    expect(await complaint(openDockerArchive(path, { ...request, reference: null }))).toContain(
      "usage: cannot choose an image of archive",
    );
  });

  test("says what it does not have", async () => {
    expect([
      await complaint(opened("docker", "absent:1", env)),
      await complaint(opened("docker", "../containers", env)),
      await complaint(opened("docker", "a b", env)),
    ]).toEqual([
      'not-found: cannot find image "absent:1": docker does not have it',
      'reference-invalid: cannot read reference "../containers": it is no name or id of an image',
      'reference-invalid: cannot read reference "a b": it is no name or id of an image',
    ]);
  });

  test("lists what runs, also when its name has gone to another image", async () => {
    const id = docker("run", "-d", "--network=none", "--name=here", "team/two:1", "sleep", "60");
    docker("tag", "alpine:3.11", "team/two:1");
    const { containers: running } = await containersOnHost({ env: alone(env), signal });
    docker("rm", "-f", "here");
    docker("tag", running[0]?.imageId ?? "", "team/two:1");
    expect(running).toEqual([
      {
        engine: "docker",
        id,
        name: "here",
        image: null,
        imageId: expect.stringMatching(/^sha256:/),
        repoDigests: [],
      },
    ]);
  });

  test("that cannot be asked is a problem beside what others run", async () => {
    const broken = { ...env, CONTAINER_HOST: `unix://${folder}/nobody.sock` };
    const { engines, problems } = await containersOnHost({ env: broken, signal });
    expect([engines, problems]).toEqual([
      ["docker"],
      [
        {
          code: "image-unavailable",
          detail: `cannot list containers: cannot reach container engine: podman at unix://${folder}/nobody.sock: there is no such socket`,
        },
      ],
    ]);
    const twice = { ...env, CONTAINER_HOST: engine.host };
    expect((await listEngines({ env: twice })).map((found) => found.name)).toEqual(["docker"]);
  });
});

const noPodman = podmanHindrance() ?? shared;
describe.skipIf(noPodman !== null)(`Podman (${noPodman ?? "real"})`, () => {
  let engine: Awaited<ReturnType<typeof startPodman>>;
  let env: Environment = {};
  const podman = (...args: string[]): string =>
    execFileSync("podman", [...engine.options, ...args], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();

  beforeAll(async () => {
    engine = await startPodman();
    env = { CONTAINER_HOST: engine.host };
    podman("load", "-i", join(folder, "alpine.tar"));
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => engine.stop(), ENGINE_TIMEOUT_MS);

  test("gives an image as it describes it, and all its layers", async () => {
    const image = await opened("podman", "alpine:3.11", env);
    const id = podman("image", "inspect", "-f", "{{.Id}}", "alpine:3.11");
    expect([image.summary.digest, image.summary.reference]).toEqual([
      `sha256:${id}`,
      "localhost/alpine:3.11",
    ]);
    expect(await diffIdsRead(image)).toEqual(claimed(image));
  });

  test("saves archives of both kinds that hold the same image", async () => {
    const image = await opened("podman", "alpine:3.11", env);
    const [docker, oci] = [join(folder, "podman.tar"), join(folder, "podman-oci.tar")];
    podman("save", "-o", docker, "alpine:3.11");
    podman("save", "--format=oci-archive", "-o", oci, "alpine:3.11");
    const request = { platform: null, target: "it" };
    for (const saved of [
      await openDockerArchive(docker, { ...request, reference: null }),
      await openOciArchive(oci, { ...request, tag: null }),
      await openOciArchive(oci, { ...request, tag: "localhost/alpine:3.11" }),
    ])
      expect([claimed(saved), await diffIdsRead(saved)]).toEqual([claimed(image), claimed(image)]);
  });

  test("says what it does not have, and that nothing runs", async () => {
    expect(await complaint(opened("podman", "absent:1", env))).toContain("not-found");
    expect(await containersOnHost({ env: alone(env), signal })).toMatchObject({
      containers: [],
      engines: ["podman"],
    });
  });
});

describe("an engine", () => {
  const nobody = (): Environment => ({ HOME: folder, XDG_RUNTIME_DIR: folder });

  test("is not guessed when it was named", async () => {
    const at = (DOCKER_HOST: string): Promise<string> =>
      complaint(opened("docker", "alpine", { ...nobody(), DOCKER_HOST }));
    expect([
      await at("unix:///nowhere/docker.sock"),
      await at("ssh://user:secret@host"),
      await at("nonsense"),
      await at("tcp://127.0.0.1:1"),
    ]).toEqual([
      "engine-unavailable: cannot reach container engine: docker at unix:///nowhere/docker.sock: there is no such socket",
      'engine-unavailable: cannot reach container engine: DOCKER_HOST is "ssh://host", which is no address we can reach',
      'engine-unavailable: cannot reach container engine: DOCKER_HOST is "nonsense", which is no address we can reach',
      "engine-unavailable: cannot reach container engine: docker at tcp://127.0.0.1:1: the connection was refused",
    ]);
    const env = { ...nobody(), DOCKER_CONTEXT: "gone" };
    expect(await complaint(opened("docker", "alpine", env))).toContain(
      'docker context "gone" has no address',
    );
  });

  test.each([
    ["no JSON", 200, "hello", "engine-unavailable: cannot read answer of docker: it is not JSON"],
    ["a list", 200, "[]", "it is not an object"],
    ["no image", 200, "{}", "Id is not a text"],
    ["an error", 500, '{"message":"disk on fire"}', "answered 500 (disk on fire)"],
    ["a redirect", 301, "", "answered 301"],
  ])("that answers with %s is not believed", async (_, status, body, wanted) => {
    const path = join(folder, `odd-${status}-${body.length}.sock`);
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((listening) => server.listen(path, listening));
    const said = await complaint(
      opened("docker", "x", { ...nobody(), DOCKER_HOST: `unix://${path}` }),
    );
    server.close();
    expect(said).toContain(wanted);
  });

  const noOpenssl = missingPrograms("openssl");
  test.skipIf(noOpenssl !== null)(
    `behind TLS is asked with the user's certificate, and only if its own is vouched for (${noOpenssl})`,
    async () => {
      const certificates = join(folder, "certificates");
      mkdirSync(certificates);
      const [key, cert] = [join(certificates, "key.pem"), join(certificates, "cert.pem")];
      const names = ["-subj", "/CN=engine", "-addext", "subjectAltName=IP:127.0.0.1"];
      const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
      execFileSync("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", cert], {
        stdio: "ignore",
      });
      const pem = { key: readFileSync(key), cert: readFileSync(cert), ca: readFileSync(cert) };
      const server = createTlsServer({ ...pem, requestCert: true }, (_request, response) => {
        response.writeHead(404).end();
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const { port } = server.address() as AddressInfo;
      const env = {
        ...nobody(),
        DOCKER_HOST: `tcp://127.0.0.1:${port}`,
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: certificates,
      };
      const unknown = await complaint(opened("docker", "x", env));
      copyFileSync(cert, join(certificates, "ca.pem"));
      const known = await complaint(opened("docker", "x", env));
      server.close();
      expect([unknown, known]).toEqual([
        `engine-unavailable: cannot reach container engine: docker at tcp://127.0.0.1:${port}: nobody we trust vouches for its certificate`,
        'not-found: cannot find image "x": docker does not have it',
      ]);
    },
  );

  test("whose export is cut fails as such", async () => {
    const path = join(folder, "cut.sock");
    const digest = `sha256:${"0".repeat(64)}`;
    const inspected = {
      Id: digest,
      Os: "linux",
      Architecture: "amd64",
      RootFS: { Layers: [digest] },
    };
    const server = createServer((request, response) => {
      const url = request.url ?? "";
      if (url.endsWith("/json")) response.end(JSON.stringify(inspected));
      else if (url.endsWith("/history")) response.writeHead(404).end();
      else {
        response.write(Buffer.alloc(100));
        setTimeout(() => response.destroy(), 50);
      }
    });
    await new Promise<void>((listening) => server.listen(path, listening));
    const image = await opened("docker", "x", { ...nobody(), DOCKER_HOST: `unix://${path}` });
    const said = await complaint(diffIdsRead(image));
    server.close();
    expect(said).toContain("engine-unavailable: cannot reach container engine: docker at unix://");
    expect(said).toContain("the connection was cut");
  });
});
