// Hosts that are folders: what is found in them, and what is left after the script has run.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { auditHost, scriptFor } from "./audit-host.ts";

const QUIET = {
  env: {},
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};
const EVERYTHING = {
  framework: null,
  threshold: null,
  exceptions: null,
  db: null,
  declared: [],
  registry: false,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-host-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string, mode = 0o644): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A host on which Docker would be started by systemd. */
function dockerTree(config: string | null): void {
  put("etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/srv/anna:/bin/sh\n");
  put("etc/group", "root:x:0:\ndocker:x:100:anna\n");
  put("etc/hostname", "web-1\n");
  put(
    "usr/lib/systemd/system/docker.service",
    "[Service]\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/bin/dockerd -H fd:// $DOCKER_OPTS\n",
  );
  put("usr/bin/dockerd", "", 0o755);
  put("usr/sbin/auditctl", "", 0o755);
  mkdirSync(join(root, "etc/audit/rules.d"), { recursive: true });
  mkdirSync(join(root, "etc/sysctl.d"), { recursive: true });
  if (config !== null) put("etc/docker/daemon.json", config);
}

async function audited(): ReturnType<typeof auditHost> {
  return auditHost({ ...EVERYTHING, root }, QUIET);
}

async function found(): Promise<string[]> {
  const { audit } = await audited();
  return audit.findings.map(({ rule }) => rule.id);
}

describe("a node", () => {
  const manifest = (component: string, flag: string): string =>
    put(
      `etc/kubernetes/manifests/${component}.yaml`,
      `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: kube-system}\nspec:\n  containers:\n    - name: a\n      image: a\n      command:\n        - ${component}\n        - ${flag}\n`,
      0o600,
    );
  const standing = async (id: string): Promise<string | undefined> => {
    const { audit } = await auditHost({ ...EVERYTHING, root, framework: "cis-kubernetes" }, QUIET);
    return audit.framework?.requirements.find((one) => one.id === id)?.standing;
  };

  test("is asked how its manifests and its kubelet are set up", async () => {
    manifest("kube-apiserver", "--anonymous-auth=true");
    manifest("kube-scheduler", "--profiling=false");
    put(
      "var/lib/kubelet/config.yaml",
      "kind: KubeletConfiguration\nreadOnlyPort: 10255\nseccompDefault: true\n",
      0o600,
    );
    expect(await standing("1.2.1")).toBe("fails");
    expect(await standing("1.4.1")).toBe("holds");
    expect(await standing("1.1.1")).toBe("holds");
    // Flags that are not seen may say otherwise, whatever its file says.
    expect(await standing("4.2.4")).toBe("fails");
    expect(await standing("4.2.14")).toBe("unknown");
    expect(await standing("1.3.2")).toBe("not-applicable");
  });

  test("whose manifest cannot be read leaves it unknown", async () => {
    manifest("kube-apiserver", "--profiling=false");
    put("etc/kubernetes/manifests/etcd.yaml", "{", 0o600);
    expect(await standing("1.2.15")).toBe("holds");
    expect(await standing("2.1")).toBe("unknown");
  });

  test("of k3s is set up where nothing is read", async () => {
    mkdirSync(join(root, "var/lib/rancher/k3s/server/tls"), { recursive: true });
    expect(await standing("1.2.1")).toBe("unknown");
    expect(await standing("4.2.1")).toBe("unknown");
    expect(await standing("1.1.1")).toBe("not-applicable");
  });
});

describe("what holds last counts", () => {
  const options = (text: string): string => put("etc/default/docker", `DOCKER_OPTS="${text}"\n`);
  const dropIn = (name: string, start: string): string =>
    put(
      `etc/systemd/system/docker.service.d/${name}`,
      `[Service]\nExecStart=\nExecStart=${start}\n`,
    );
  const cases: readonly [string, () => void, boolean][] = [
    ["the default", () => dockerTree(null), true],
    ["daemon.json", () => dockerTree('{ "icc": false }'), false],
    ["the last of two in daemon.json", () => dockerTree('{ "icc": false, "icc": true }'), true],
    [
      "the file of the unit's environment",
      () => {
        dockerTree("{}");
        options("--icc=false");
      },
      false,
    ],
    [
      "a drop-in",
      () => {
        dockerTree("{}");
        dropIn("a.conf", "/usr/bin/dockerd --icc=false");
      },
      false,
    ],
    [
      "the last drop-in",
      () => {
        dockerTree("{}");
        dropIn("a.conf", "/usr/bin/dockerd --icc=false");
        dropIn("b.conf", "/usr/bin/dockerd -D");
      },
      true,
    ],
  ];
  test.each(cases)("%s", async (_, make, isFound) => {
    make();
    expect((await found()).includes("bridge-isolated")).toBe(isFound);
  });

  test("a place is a file with its line", async () => {
    dockerTree('{\n  "live-restore": true,\n  "icc": true\n}\n');
    const { audit } = await audited();
    const finding = audit.findings.find(({ rule }) => rule.id === "bridge-isolated");
    expect(finding?.locations).toEqual([
      { path: "/etc/docker/daemon.json", layer: null, line: 3, column: 4 },
    ]);
    expect(audit.host).toMatchObject({ name: "web-1", isLive: false });
  });
});

describe("what cannot be read is unknown, and never passes", () => {
  const broken: readonly [string, string][] = [
    ["cut", '{ "icc": false'],
    ["with a comma too many", '{ "icc": false, }'],
    ["no object", "[]"],
    ["too deep", "[".repeat(100_000)],
    ["too large", `{ "x": "${"y".repeat(2 << 20)}" }`],
    ["no text", "\u0000\u0001\u0002"],
  ];
  test.each(broken)("daemon.json that is %s", async (_, text) => {
    dockerTree(text);
    const { audit } = await audited();
    expect(audit.findings.map(({ rule }) => rule.id)).not.toContain("bridge-isolated");
    const said = audit.problems.filter(({ detail }) => detail.includes("bridge-isolated"));
    expect(said).toHaveLength(1);
    expect(said[0]?.detail).toContain("/etc/docker/daemon.json cannot be read");
  });

  test("a pipe in the place of a file", async () => {
    dockerTree(null);
    mkdirSync(join(root, "etc/docker"));
    execFileSync("mkfifo", [join(root, "etc/docker/daemon.json")]);
    expect((await audited()).audit.problems.map(({ detail }) => detail).join()).toContain(
      "it is no file",
    );
  });

  test("links lead inside the folder only", async () => {
    dockerTree(null);
    mkdirSync(join(root, "etc/docker"));
    put("srv/docker.json", '{ "icc": false }');
    symlinkSync("../../../../../../srv/docker.json", join(root, "etc/docker/daemon.json"));
    expect(await found()).not.toContain("bridge-isolated");
    rmSync(join(root, "srv/docker.json"));
    symlinkSync("daemon.json", join(root, "srv/docker.json"));
    symlinkSync("docker.json", join(root, "srv/daemon.json"));
    const { audit } = await audited();
    expect(audit.problems.map(({ detail }) => detail).join()).toContain("go round in a circle");
  });

  test("what only a host that runs has", async () => {
    dockerTree('{ "icc": false }');
    const { audit } = await audited();
    expect(audit.problems.map(({ detail }) => detail).join()).toContain(
      "only a host that runs has it",
    );
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)("the script (needs root)", () => {
  function run(script: string, shell: readonly string[]): { out: string; status: number | null } {
    const file = put("fix.sh", script);
    const [program = "sh", ...args] = shell;
    const { stdout, stderr, status } = spawnSync(program, [...args, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    return { out: stdout, status };
  }

  const shells = [["sh"], ["bash", "--posix"], ["busybox", "sh"]].filter(
    ([program = ""]) => spawnSync(program, ["-c", "true"]).error === undefined,
  );

  test.each(shells)("mends what it names, and nothing the second time: %s", async (...shell) => {
    dockerTree('{\n    "labels": ["a=b"],\n    "icc": true\n}\n');
    chmodSync(join(root, "etc/docker/daemon.json"), 0o666);
    chownSync(join(root, "etc/default/docker".replace("default/docker", "docker")), 1000, 1000);
    const before = await audited();
    const mended = before.audit.findings.filter(({ steps }) => steps !== undefined);
    const ids = new Set(mended.map(({ rule }) => rule.id));
    expect([...ids].sort()).toEqual([
      "audit-rules-set",
      "bridge-isolated",
      "daemon-no-new-privileges",
      "engine-files-owned",
      "no-userland-proxy",
    ]);
    const script = scriptFor(before, root);
    const first = run(script, shell);
    expect(first.out).toContain("to do: restart the daemon");
    expect(first.status).toBe(0);
    expect(run(script, shell).out).toBe("all of it was done before: nothing was changed\n");
    const after = await audited();
    expect(after.audit.findings.filter(({ rule }) => ids.has(rule.id))).toEqual([]);
    expect(readFileSync(join(root, "etc/docker/daemon.json"), "utf8")).toBe(
      '{\n    "labels": ["a=b"],\n    "icc": false,\n    "no-new-privileges": true,\n    "userland-proxy": false\n}\n',
    );
    expect(existsSync(join(root, "etc/docker/daemon.json.before-bulwark"))).toBe(true);
  });

  test("mends files of a node", async () => {
    put("etc/kubernetes/kubelet.conf", "", 0o644);
    chownSync(join(root, "etc/kubernetes/kubelet.conf"), 1000, 1000);
    put("etc/kubernetes/pki/etcd/ca's.key", "", 0o640);
    put("etc/kubernetes/pki/ca.crt", "", 0o644);
    const before = await audited();
    const ofFiles = ({ rule }: { readonly rule: { readonly id: string } }): boolean =>
      rule.id === "node-files-owned";
    expect(before.audit.findings.filter(ofFiles)).toHaveLength(3);
    const script = scriptFor(before, root);
    expect(run(script, ["sh"]).status).toBe(0);
    expect(run(script, ["sh"]).out).toBe("all of it was done before: nothing was changed\n");
    expect((await audited()).audit.findings.filter(ofFiles)).toEqual([]);
  });

  test("leaves a file alone that has changed since, and one that became a link", async () => {
    dockerTree("{}");
    chmodSync(join(root, "usr/lib/systemd/system/docker.service"), 0o666);
    const script = scriptFor(await audited(), root);
    const changed = '{ "debug": true }';
    put("etc/docker/daemon.json", changed);
    const unit = join(root, "usr/lib/systemd/system/docker.service");
    rmSync(unit);
    symlinkSync("/etc/hostname", unit);
    const { out, status } = run(script, ["sh"]);
    expect(out).toContain("left out: /etc/docker/daemon.json has changed since the audit");
    expect(out).toContain("left out: /usr/lib/systemd/system/docker.service is a link");
    expect(status).toBe(1);
    expect(readFileSync(join(root, "etc/docker/daemon.json"), "utf8")).toBe(changed);
  });

  test.each(shells)("holds nothing of daemon.json but what it sets: %s", async (...shell) => {
    const secret = "http://ada:Tq7wZp2LmX9c@proxy.example:3128";
    const own = `{ "proxies": {"http-proxy": "${secret}"}, "größe": 12345678901234567890,\n  "icc": true, "labels": ["$(x)"]`;
    dockerTree(`${own} }\n\n`);
    const script = scriptFor(await audited(), root);
    expect(script).not.toContain("ada");
    expect(script).not.toContain("$(x)");
    expect(run(script, shell).status).toBe(0);
    expect(readFileSync(join(root, "etc/docker/daemon.json"), "utf8")).toBe(
      `${own.replace("true", "false")},\n  "no-new-privileges": true,\n  "userland-proxy": false }\n\n`,
    );
  });

  test("quotes what strangers chose", async () => {
    dockerTree("{}");
    const name = "ca' $(touch pwned) `x`.crt";
    put(`etc/docker/certs.d/registry.example/${name}`, "", 0o666);
    const script = scriptFor(await audited(), root);
    expect(run(script, ["sh"]).status).toBe(0);
    const file = join(root, "etc/docker/certs.d/registry.example", name);
    expect(execFileSync("stat", ["-c", "%a", file], { encoding: "utf8" })).toBe("444\n");
    expect(existsSync("pwned")).toBe(false);
  });

  test.skipIf(spawnSync("shellcheck", ["--version"]).error !== undefined)(
    "has nothing that shellcheck would object to (needs shellcheck)",
    async () => {
      dockerTree('{ "icc": true }');
      const file = put("fix.sh", scriptFor(await audited(), root));
      expect(spawnSync("shellcheck", ["-s", "sh", file], { encoding: "utf8" }).stdout).toBe("");
    },
  );

  test("says so where there is nothing to do", async () => {
    expect(run(scriptFor(await audited(), root), ["sh"]).out).toContain("nothing");
  });
});
