import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CgroupContainer } from "../../formats/cgroups/container-cgroup.ts";
import { containersOfCgroup } from "../../formats/cgroups/container-cgroup.ts";
import { KnownContainers } from "./known-containers.ts";
import { RuntimeRoots } from "./runtime-roots.ts";

const A = "a1".repeat(32);
const B = "b2".repeat(32);
const POD = "c3".repeat(32);
const DIGEST = `sha256:${"d4".repeat(32)}`;
const IMAGE = `sha256:${"e5".repeat(32)}`;
const BUNDLES = "io.containerd.runtime.v2.task";

let folder: string;
let roots: RuntimeRoots;
let now = 0;
let known: KnownContainers;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-containers-"));
  roots = new RuntimeRoots();
  for (const set of [roots.states, roots.docker, roots.storage]) set.clear();
  roots.states.add(join(folder, "containerd"));
  roots.docker.add(join(folder, "docker"));
  roots.storage.add(join(folder, "storage"));
  now = 0;
  known = new KnownContainers({ roots, sizeMax: 3, clock: () => now });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, typeof content === "string" ? content : JSON.stringify(content));
  return full;
}

const bundle = (annotations: Record<string, string>, more: object = {}): object => ({
  ociVersion: "1.2.0",
  annotations,
  linux: {
    maskedPaths: ["/proc/kcore"],
    resources: { devices: [{ allow: false, access: "rwm" }] },
  },
  ...more,
});
const of = (path: string): readonly CgroupContainer[] => containersOfCgroup(path);
const at = (path: string) => known.ofCgroups(of(path), null);

/** Docker's own container. */
function docker(id: string, name: string, more: object = {}): string {
  return write(`docker/containers/${id}/config.v2.json`, {
    ID: id,
    Name: `/${name}`,
    Driver: "overlay2",
    Image: IMAGE,
    Config: { Image: "registry.example:5000/team/web:1", Labels: { tier: "front" } },
    ...more,
  });
}

describe("a container", () => {
  test("of Docker", () => {
    docker(A, "web");
    write(`docker/containers/${A}/hostconfig.json`, { Privileged: true });
    write("docker/image/overlay2/repositories.json", {
      Repositories: {
        "registry.example:5000/team/other": {
          [`registry.example:5000/team/other@${IMAGE}`]: IMAGE,
        },
        "registry.example:5000/team/web": {
          "registry.example:5000/team/web:1": IMAGE,
          [`registry.example:5000/team/web@${DIGEST}`]: IMAGE,
        },
      },
    });
    expect(at(`/docker/${A}`)).toMatchObject({
      engine: "docker",
      name: "web",
      image: {
        reference: "registry.example:5000/team/web:1",
        repository: "registry.example:5000/team/web",
        tag: "1",
        digest: DIGEST,
        id: IMAGE,
      },
      isPrivileged: true,
      problems: [],
    });
    expect(at(`/docker/${A}`)?.labels["tier"]).toBe("front");
  });

  test("of Docker whose data lies elsewhere, as its bundle tells", () => {
    roots.docker.clear();
    docker(A, "web");
    const source = join(folder, `docker/containers/${A}/hostname`);
    const mounts = [{ destination: "/etc/hostname", source, options: ["rbind"] }];
    write(`containerd/${BUNDLES}/moby/${A}/config.json`, bundle({}, { mounts }));
    const found = at(`/system.slice/docker-${A}.scope`);
    expect(found).toMatchObject({ engine: "docker", name: "web" });
    expect(Math.abs((found?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("of Docker whose engine has not written its own record yet, and then has", () => {
    const source = `/nowhere/containers/${A}/hostname`;
    const mounts = [{ destination: "/etc/hostname", source, options: ["rbind"] }];
    write(`containerd/${BUNDLES}/moby/${A}/config.json`, bundle({}, { mounts }));
    const path = `/system.slice/docker-${A}.scope`;
    expect(at(path)).toMatchObject({ name: null, problems: [{ code: "container-unknown" }] });
    docker(A, "web");
    expect(at(path)?.name).toBeNull();
    now += 10;
    expect(at(path)).toMatchObject({ name: "web", problems: [] });
  });

  test("whose watcher was seen to begin, and may have ended since", () => {
    roots.states.clear();
    const cwd = join(folder, "containerd", BUNDLES, "default", A);
    write(`containerd/${BUNDLES}/default/${A}/config.json`, bundle({ "nerdctl/name": "web" }));
    const path = `/system.slice/nerdctl-${A}.scope`;
    expect(at(path)?.name).toBeNull();
    expect(roots.learnFromProgram({ name: "sh", cwd, words: [] })).toBe(false);
    expect(roots.learnFromProgram({ name: "containerd-shim", cwd, words: [] })).toBe(true);
    now += 10;
    expect(at(path)?.name).toBe("web");
  });

  test("of Kubernetes on containerd", () => {
    const annotations = {
      "io.kubernetes.cri.container-name": "operator",
      "io.kubernetes.cri.container-type": "container",
      "io.kubernetes.cri.image-name": `registry.example/ops/operator:latest@${DIGEST}`,
      "io.kubernetes.cri.sandbox-id": POD,
      "io.kubernetes.cri.sandbox-name": "operator-65747dc769-pjztg",
      "io.kubernetes.cri.sandbox-namespace": "ops",
      "io.kubernetes.cri.sandbox-uid": "4cad64d0-7a36-452a-8a08-bd3a694cdad5",
    };
    const open = { linux: { resources: { devices: [{ allow: true, access: "rwm" }] } } };
    write(`containerd/${BUNDLES}/k8s.io/${A}/config.json`, bundle(annotations, open));
    expect(at(`/kubepods/burstable/pod4cad/${A}`)).toMatchObject({
      engine: "containerd",
      name: "operator",
      image: { repository: "registry.example/ops/operator", tag: "latest", digest: DIGEST },
      pod: {
        name: "operator-65747dc769-pjztg",
        namespace: "ops",
        uid: "4cad64d0-7a36-452a-8a08-bd3a694cdad5",
      },
      isPrivileged: true,
    });
  });

  test("of CRI-O, with the labels of its pod", () => {
    const labels = {
      "io.kubernetes.container.name": "api",
      "io.kubernetes.pod.name": "api-0",
      "io.kubernetes.pod.namespace": "prod",
      "io.kubernetes.pod.uid": "u-1",
    };
    const crio = (words: Record<string, string>): object =>
      bundle(
        Object.fromEntries(
          Object.entries(words).map(([name, text]) => [`io.kubernetes.cri-o.${name}`, text]),
        ),
      );
    const own = {
      ContainerType: "container",
      ImageName: "registry.example/team/api:2",
      ImageRef: IMAGE.slice("sha256:".length),
      ImageRepoDigests: `registry.example/team/api@${DIGEST},other@${IMAGE}`,
      Labels: JSON.stringify(labels),
      SandboxID: POD,
    };
    const sandbox = {
      ContainerType: "sandbox",
      KubeName: "api-0",
      Namespace: "prod",
      Labels: '{"app":"api"}',
    };
    write(`storage/overlay-containers/${A}/userdata/config.json`, crio(own));
    write(`storage/overlay-containers/${POD}/userdata/config.json`, crio(sandbox));
    const found = at(`/kubepods.slice/kubepods-pod1.slice/crio-${A}.scope`);
    expect(found).toMatchObject({
      engine: "cri-o",
      name: "api",
      image: { repository: "registry.example/team/api", tag: "2", digest: DIGEST, id: IMAGE },
      pod: { name: "api-0", namespace: "prod", uid: "u-1" },
      isPrivileged: false,
    });
    expect(found?.pod?.labels["app"]).toBe("api");
  });

  test("of Podman", () => {
    const annotations = {
      "io.container.manager": "libpod",
      "io.kubernetes.cri-o.Created": "2026-11-26T18:56:09Z",
      "io.podman.annotations.privileged": "TRUE",
    };
    write(`storage/overlay-containers/${A}/userdata/config.json`, bundle(annotations));
    write("storage/overlay-containers/containers.json", [
      {
        id: A,
        names: ["web"],
        image: IMAGE.slice(7),
        metadata: '{"image-name":"localhost/web:1"}',
      },
    ]);
    write("storage/overlay-images/images.json", [{ id: IMAGE.slice(7), digest: DIGEST }]);
    expect(at(`/machine.slice/libpod-${A}.scope/container`)).toMatchObject({
      engine: "podman",
      name: "web",
      image: { reference: "localhost/web:1", digest: DIGEST, id: IMAGE },
      isPrivileged: true,
    });
  });

  test("of nerdctl, and of containerd itself", () => {
    const annotations = { "nerdctl/name": "web", "nerdctl/namespace": "default", team: "blue" };
    write(`containerd/${BUNDLES}/default/${A}/config.json`, bundle(annotations));
    write(`containerd/${BUNDLES}/default/plain/config.json`, bundle({}));
    const found = at(`/system.slice/nerdctl-${A}.scope`);
    expect(found).toMatchObject({ engine: "containerd", name: "web", problems: [] });
    expect({ ...found?.labels }).toEqual({ team: "blue" });
    expect(at("/default/plain")).toMatchObject({ id: "plain", engine: "containerd", image: null });
    // A path of two parts that no runtime knows is no container.
    expect(at("/agents/plain")).toBeNull();
    expect(at("/default/other")).toBeNull();
  });

  test("of LXC is its name", () => {
    expect(at("/lxc.payload.web")).toMatchObject({
      id: "web",
      name: "web",
      engine: "lxc",
      problems: [],
    });
  });

  test("in another is the outer one, which a runtime here knows", () => {
    docker(A, "outer");
    expect(at(`/docker/${A}/docker/${B}`)).toMatchObject({ name: "outer" });
    docker(B, "victim");
    expect(at(`/docker/${A}/docker/${B}`)).toMatchObject({ name: "outer" });
  });
});

describe("what is not known", () => {
  test("is known by its id, says so, and is looked for again after a while", () => {
    const path = `/docker/${A}`;
    expect(at(path)).toMatchObject({ id: A, name: null, image: null, engine: "docker" });
    expect(at(path)?.problems).toMatchObject([{ code: "container-unknown" }]);
    docker(A, "late");
    expect(at(path)?.name).toBeNull();
    now += 100;
    expect(at(path)).toMatchObject({ name: "late", problems: [] });
  });

  test.each([
    ["cut", '{"ID": "a1'],
    ["empty", ""],
    ["a list", "[]"],
    ["of other kinds", JSON.stringify({ ID: 3, Config: [], MountPoints: "x" })],
  ])("because the file is %s", (_, content) => {
    write(`docker/containers/${A}/config.v2.json`, content);
    expect(at(`/docker/${A}`)).toMatchObject({ id: A, name: null });
    expect(at(`/docker/${A}`)?.problems[0]?.detail).toContain("config.v2.json");
  });

  test("because the file is a pipe, without waiting for who writes into it", () => {
    const path = write(`docker/containers/${A}/config.v2.json`, "");
    rmSync(path);
    execFileSync("mkfifo", [path]);
    expect(at(`/docker/${A}`)?.problems[0]?.detail).toMatch(/it is no file$/);
  });

  test("is bounded, as what is known is", () => {
    docker(A, "web");
    expect(at(`/docker/${A}`)?.name).toBe("web");
    for (let i = 0; i < 1000; i += 1) at(`/docker/${String(i).padStart(64, "0")}`);
    rmSync(join(folder, "docker"), { recursive: true });
    // It was the first to be forgotten.
    expect(at(`/docker/${A}`)?.name).toBeNull();
  });
});

describe("what is known", () => {
  test("is not read again while its file stays the same, and is when it changes", () => {
    const path = docker(A, "web");
    utimesSync(path, 1000, 1000);
    const first = at(`/docker/${A}`);
    now += 60_000;
    expect(at(`/docker/${A}`)).toBe(first);
    docker(A, "renamed");
    expect(at(`/docker/${A}`)?.name).toBe("web");
    now += 60_000;
    expect(at(`/docker/${A}`)?.name).toBe("renamed");
  });

  test("stays known while its files go away", () => {
    docker(A, "web");
    at(`/docker/${A}`);
    rmSync(join(folder, "docker"), { recursive: true });
    now += 60_000;
    expect(at(`/docker/${A}`)?.name).toBe("web");
  });

  test("costs little to ask for again", () => {
    docker(A, "web");
    const candidates = of(`/docker/${A}`);
    const before = performance.now();
    for (let i = 0; i < 100_000; i += 1) known.ofCgroups(candidates, null);
    expect((performance.now() - before) / 100_000).toBeLessThan(0.01);
  });
});
