// What real engines answer to `inspect`, and what Docker makes of a body whose names are written otherwise.
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEngine } from "../../src/formats/workload/engine-inspect.ts";
import { checks } from "../../src/plugins/checks/index.ts";
import { readied, runChecks } from "../../src/stages/check/run.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";

/** Options that are as bad as they can be without anything being started. */
const BAD = [
  ...["--privileged", "--pid=host", "--network=host", "--ipc=host", "--user=0"],
  ...["--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "-v", "/etc:/host"],
  ...["--device=/dev/null:/dev/x", "-e", "DB_PASSWORD=hunter2"],
];
const GOOD = [
  ...["--network=none", "--user=1000", "--cap-drop=ALL", "--security-opt=no-new-privileges"],
];

function faultsIn(inspected: string): string[] {
  const ready = checks.map((check) => readied(check, 37));
  const [workload, ...more] = readEngine(JSON.parse(inspected));
  if (workload === undefined || more.length > 0) throw new Error("one container was inspected");
  return runChecks(workload, ready)
    .filter(({ answer }) => answer === "fault")
    .map(({ check }) => check.id);
}

const WANTED = [
  "drop-all-capabilities",
  "image-pinned-by-digest",
  "no-added-capabilities",
  "no-host-namespaces",
  "no-host-path",
  "no-plain-secrets-in-env",
  "no-privilege-escalation",
  "no-privileged",
  "no-sensitive-host-path",
  "restricted-volumes",
  "run-as-non-root",
  "run-as-user-not-root",
];

/** An image of nothing: containers of it are made and never started. */
function withEmptyImage(
  program: string,
  options: readonly string[],
): (...args: string[]) => string {
  const run = (input: Buffer | null, ...args: string[]): string =>
    execFileSync(program, [...options, ...args], {
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
      ...(input === null ? {} : { input }),
    });
  run(Buffer.alloc(10_240), "import", "-", "empty:1");
  return (...args) => run(null, ...args);
}

const docker = dockerHindrance();
describe.skipIf(docker !== null)(`Docker (${docker ?? "real"})`, () => {
  let engine: LabEngine;
  let run: (...args: string[]) => string;
  beforeAll(async () => {
    engine = await startDocker();
    run = withEmptyImage("docker", ["--host", engine.host]);
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => engine?.stop(), ENGINE_TIMEOUT_MS);

  test("the faults of a container are found in what inspect answers", () => {
    run("create", "--name", "bad", ...BAD, "empty:1", "/x");
    expect(faultsIn(run("inspect", "bad"))).toEqual(expect.arrayContaining(WANTED));
    run("create", "--name", "good", ...GOOD, "empty:1", "/x");
    expect(faultsIn(run("inspect", "good"))).toEqual([
      "image-pinned-by-digest",
      "read-only-root",
      "resources-limited",
    ]);
  });

  test("names in any case are understood, by the engine and by us alike", async () => {
    const body = {
      image: "empty:1",
      cmd: ["/x"],
      "ho\u017ftconfig": { PRIVILEGED: true, binds: ["/:/h"] },
    };
    await created(engine.host, body);
    const asked = faultsIn(JSON.stringify(body));
    const made = faultsIn(run("inspect", "odd"));
    for (const faults of [asked, made])
      expect(faults).toEqual(expect.arrayContaining(["no-privileged", "no-docker-socket"]));
  });
});

async function created(host: string, body: object): Promise<void> {
  const { request } = await import("node:http");
  const socketPath = host.replace("unix://", "");
  const path = "/containers/create?name=odd";
  const headers = { "Content-Type": "application/json" };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ socketPath, path, method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
  expect(status).toBe(201);
}

const podman = podmanHindrance();
describe.skipIf(podman !== null)(`Podman (${podman ?? "real"})`, () => {
  let engine: Awaited<ReturnType<typeof startPodman>>;
  let run: (...args: string[]) => string;
  beforeAll(async () => {
    engine = await startPodman();
    run = withEmptyImage("podman", engine.options);
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => engine?.stop(), ENGINE_TIMEOUT_MS);

  test("the faults of a container are found in what inspect answers", () => {
    run("create", "--name", "bad", ...BAD, "empty:1", "/x");
    expect(faultsIn(run("inspect", "bad"))).toEqual(
      expect.arrayContaining(["no-privileged", "no-host-namespaces", "no-sensitive-host-path"]),
    );
  });
});
