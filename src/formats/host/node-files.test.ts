// Where files of a node are looked for, and what is said where they cannot be looked at.
import { expect, test } from "vitest";
import type { FileFact, HostRecord } from "../../model/host-record.ts";
import type { NodeFiles } from "../../model/node-files.ts";
import { nodeFilesOf } from "./node-files.ts";
import { placesWanted } from "./places.ts";

const file = (text = "", mode = 0o600): FileFact => ({ kind: "file", uid: 0, gid: 0, mode, text });
const folder = (...names: string[]): FileFact => {
  return { kind: "folder", uid: 0, gid: 0, mode: 0o755, names };
};

/** Of what is not named, nothing lies there; and everything that is wanted was looked at. */
function recordOf(
  files: Readonly<Record<string, FileFact>>,
  more: Partial<HostRecord> = {},
): HostRecord {
  let record: HostRecord = {
    name: "node-1",
    isLive: true,
    reader: 0,
    processes: [],
    engines: [],
    ...more,
    files,
  };
  for (let wanted = placesWanted(record); wanted.length > 0; wanted = placesWanted(record)) {
    const absent = wanted.map(({ path }) => [path, { kind: "absent" }] as const);
    record = { ...record, files: { ...record.files, ...Object.fromEntries(absent) } };
  }
  return record;
}

function seenIn(node: NodeFiles | undefined): Record<string, string> {
  const files = (node?.files ?? []).filter(({ owned }) => owned.state !== "absent");
  return Object.fromEntries(files.map(({ path, kind, owned }) => [path, `${kind} ${owned.state}`]));
}

const pod = (command: readonly string[]): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: command[0], namespace: "kube-system" },
    spec: { containers: [{ name: "one", image: "example.org/one:1", command }] },
  });

test("a host without anything of a node is none", () => {
  expect(nodeFilesOf(recordOf({}))).toEqual([]);
  expect(nodeFilesOf(recordOf({ "/etc/kubernetes/manifests": folder() }))).toEqual([]);
});

test("manifests, the kubelet's configuration and its unit name files", () => {
  const record = recordOf({
    "/etc/kubernetes/kubelet.conf": file(),
    "/etc/kubernetes/manifests/kube-apiserver.yaml": file(
      pod(["kube-apiserver", "--client-ca-file=/srv/certs/ca.crt"]),
    ),
    "/etc/kubernetes/manifests/etcd.yaml": file(pod(["etcd", "--data-dir=/srv/etcd/"])),
    "/srv/etcd": folder(),
    "/srv/certs": folder("ca.key", "etcd"),
    "/srv/certs/ca.key": file(),
    "/srv/certs/etcd": folder("ca.crt"),
    "/srv/certs/etcd/ca.crt": file(),
    "/var/lib/kubelet/config.yaml": file(
      "kind: KubeletConfiguration\nauthentication:\n  x509:\n    clientCAFile: /srv/certs/clients.crt\n",
    ),
    "/srv/certs/clients.crt": file(),
    "/usr/lib/systemd/system/kubelet.service": file(),
    "/usr/lib/systemd/system/kubelet.service.d": folder("10-kubeadm.conf"),
    "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": file(),
    "/etc/cni/net.d": folder("10-net.conflist"),
    "/etc/cni/net.d/10-net.conflist": file(),
  });
  const [node, ...others] = nodeFilesOf(record);
  expect(others).toEqual([]);
  expect(node?.distribution).toBe("kubeadm");
  expect(seenIn(node)).toEqual({
    "/etc/kubernetes/kubelet.conf": "kubelet-kubeconfig known",
    "/etc/kubernetes/manifests/kube-apiserver.yaml": "api-server-manifest known",
    "/etc/kubernetes/manifests/etcd.yaml": "etcd-manifest known",
    "/srv/etcd": "etcd-data known",
    "/srv/certs": "pki known",
    "/srv/certs/ca.key": "pki known",
    "/srv/certs/etcd": "pki known",
    "/srv/certs/etcd/ca.crt": "pki known",
    "/var/lib/kubelet/config.yaml": "kubelet-config known",
    "/srv/certs/clients.crt": "client-authority known",
    "/usr/lib/systemd/system/kubelet.service": "kubelet-service known",
    "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": "kubelet-service known",
    "/etc/cni/net.d/10-net.conflist": "cni known",
  });
});

test("what may not be looked at is unknown, be it a file or the rest of a folder", () => {
  const record = recordOf({
    "/etc/kubernetes/kubelet.conf": { kind: "hidden", why: "only its owner may" },
    "/etc/kubernetes/pki": { ...folder(), unread: "only its owner may" } as FileFact,
  });
  expect(seenIn(nodeFilesOf(record)[0])).toEqual({
    "/etc/kubernetes/kubelet.conf": "kubelet-kubeconfig unknown",
    "/etc/kubernetes/pki": "pki known",
    "/etc/kubernetes/pki/*": "pki unknown",
  });
});

test.each([
  ["k3s", "/var/lib/rancher/k3s", "/etc/rancher/k3s/k3s.yaml"],
  ["RKE2", "/var/lib/rancher/rke2", "/etc/rancher/rke2/rke2.yaml"],
])("%s has places of its own", (distribution, mark, config) => {
  const [node] = nodeFilesOf(recordOf({ [mark]: folder(), [config]: file() }));
  expect(node?.distribution).toBe(distribution);
  expect(seenIn(node)).toEqual({ [config]: "admin-config known" });
});

test("a kubelet in a container makes a node that no script changes; one that is not root's makes none", () => {
  const args = ["/usr/bin/kubelet", "--config=/etc/own.yaml", "--kubeconfig", "/etc/own.conf"];
  const record = recordOf(
    { "/proc/7/root/etc/own.yaml": file(), "/proc/7/root/etc/own.conf": file() },
    {
      processes: [
        { pid: 7, uid: 0, args, root: "/proc/7/root" },
        { pid: 8, uid: 1000, args, root: "/proc/8/root" },
      ],
    },
  );
  const nodes = nodeFilesOf(record);
  expect(nodes.map(({ name }) => name)).toEqual(["node-1/proc/7/root"]);
  expect(seenIn(nodes[0])).toEqual({
    "/proc/7/root/etc/own.yaml": "kubelet-config known",
    "/proc/7/root/etc/own.conf": "kubelet-kubeconfig known",
  });
  expect(nodes[0]?.files.every(({ isTrusted }) => !isTrusted)).toBe(true);
});
