import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { flawsOf } from "../formats/host/engine-flaws.ts";
import { hostOf } from "../formats/host/host.ts";
import type { HostRecord } from "../model/host-record.ts";
import type { ScanResult } from "../model/scan.ts";
import { hostPackages } from "./host-packages.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-host-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function debian(...packages: readonly string[]): void {
  put("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');
  const stanzas = packages.map((one) => {
    const [name, version] = one.split(" ");
    return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  });
  put("var/lib/dpkg/status", stanzas.join("\n"));
}

/** What an engine answers to `/version`. */
function recordWith(components: Readonly<Record<string, string>>): HostRecord {
  const Components = Object.entries(components).map(([Name, Version]) => ({ Name, Version }));
  const engine = { engine: "docker", address: "unix:///x.sock", error: null, info: {} } as const;
  const engines = [{ ...engine, version: { Components } }];
  return { name: "", isLive: true, reader: 0, files: {}, processes: null, engines };
}

function scanned(record: HostRecord): Promise<ScanResult> {
  const env = { HOME: root, XDG_DATA_HOME: join(root, "data") };
  const quiet = { progress: () => undefined, warn: () => undefined };
  const around = { env, signal: new AbortController().signal, ...quiet };
  const question = null;
  return hostPackages({ host: hostOf(record), root, db: null, exceptions: [], question }, around);
}

const idsIn = ({ findings }: ScanResult): string[] =>
  findings.flatMap((one) => (one.kind === "vulnerability" ? [one.vulnerability.id] : []));

describe("parts of engines", () => {
  test("are matched by the version that the engine tells", async () => {
    const record = recordWith({ Engine: "19.03.0", containerd: "1.6.0", runc: "1.1.4" });
    const result = await scanned(record);
    expect(result.packages.map(({ purl }) => purl)).toEqual([
      "pkg:golang/github.com/docker/docker@v19.03.0%2Bincompatible",
      "pkg:golang/github.com/containerd/containerd@v1.6.0",
      "pkg:golang/github.com/opencontainers/runc@v1.1.4",
    ]);
    expect(idsIn(result)).toEqual(
      expect.arrayContaining(["CVE-2024-21626", "CVE-2022-23648", "CVE-2019-14271"]),
    );
    const flaws = flawsOf(hostOf(record), result);
    expect(flaws).toMatchObject({ state: "known" });
  });

  test("are their package's matter where the system brings them", async () => {
    debian("runc 1.1.5+ds1-1+deb12u1", "bash 5.2.15-2");
    const record = recordWith({ runc: "1.1.4", Engine: "20.10.24+dfsg1" });
    const { packages } = await scanned(record);
    expect(packages.map(({ name }) => name)).toEqual(["bash", "runc", "github.com/docker/docker"]);
  });

  test("that nothing is known of are unknown with a part of the data", async () => {
    const record = recordWith({ runc: "1.99.0" });
    const result = await scanned(record);
    expect(idsIn(result)).toEqual([]);
    expect(flawsOf(hostOf(record), result)).toMatchObject({ state: "unknown" });
    const full = { ...result, data: { ...result.data, kind: "full" as const } };
    expect(flawsOf(hostOf(record), full)).toEqual({ state: "known", value: [], at: "" });
  });
});

test("only the databases of packages are read", async () => {
  debian("bash 5.2.15-2");
  put(
    "srv/rootfs/var/lib/dpkg/status",
    "Package: hidden\nStatus: install ok installed\nVersion: 1\n",
  );
  put("var/lib/docker/overlay2/x/diff/lib/apk/db/installed", "P:musl\nV:1.2.3-r0\n");
  const { packages } = await scanned(recordWith({}));
  expect(packages.map(({ name }) => name)).toEqual(["bash"]);
});
