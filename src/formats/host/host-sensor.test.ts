// Objects of a sensor: what they tell of files and programs, and that nothing in them breaks anything.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readHostSensor } from "./host-sensor.ts";

const GROUP = "hostdata.kubescape.cloud/v1beta0";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const kubelet = {
  apiVersion: GROUP,
  kind: "KubeletInfo",
  metadata: { name: "worker-1" },
  data: {
    cmdLine: "/usr/bin/kubelet --config=/etc/kubelet.yaml --read-only-port=0",
    configFile: {
      path: "/etc/kubelet.yaml",
      ownership: { uid: 0, gid: 1, username: "root", groupname: "bin" },
      permissions: 420,
      content: base64(
        "kind: KubeletConfiguration\nreadOnlyPort: 10255\nrotateCertificates: true\n",
      ),
    },
    clientCAFile: { path: "/etc/ca.crt", ownership: { err: "permission denied" }, permissions: 0 },
  },
};

test("a kubelet's files, and its flags after its file", () => {
  const { subjects = [] } = readHostSensor(kubelet) ?? {};
  const [files, component] = subjects;
  expect(files).toMatchObject({
    form: "node",
    name: "worker-1",
    files: [
      {
        kind: "kubelet-config",
        owned: {
          value: {
            user: { number: 0, name: "root" },
            group: { number: 1, name: "bin" },
            mode: 0o644,
          },
        },
      },
      { kind: "client-authority", owned: { state: "unknown" } },
    ],
  });
  const options = component?.form === "component" ? component.options : new Map();
  expect(options.get("readOnlyPort")).toMatchObject({ value: "0", at: "/data/cmdLine" });
  expect(options.get("rotateCertificates")).toMatchObject({ value: "true" });
});

test("a file that was not seen leaves the kubelet's options open", () => {
  const data = { cmdLine: kubelet.data.cmdLine };
  const { subjects = [] } = readHostSensor({ ...kubelet, data }) ?? {};
  expect(subjects[1]?.gaps.map(({ why }) => why)).toEqual(["a file sets its options: --config"]);
});

test("lists are read, and other groups are not", () => {
  const list = { apiVersion: "v1", kind: "List", items: [kubelet, kubelet] };
  expect(readHostSensor(list)?.subjects).toHaveLength(4);
  expect(readHostSensor({ ...kubelet, apiVersion: "example.org/v1" })).toBeNull();
});

test("anything may stand in it", () => {
  const names = fc.constantFrom(
    ..."configFile serviceFiles ownership permissions path content uid username cmdLine APIServerInfo auditPolicyFile PKIFiles".split(
      " ",
    ),
  );
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "medium" },
      fc.constantFrom(null, true, -1, 1e99, "", "x", base64("a: [")),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(names, tie("value"), { maxKeys: 6 }),
    ),
  })).value;
  const kinds = fc.constantFrom("KubeletInfo", "ControlPlaneInfo", "CNIInfo", "constructor");
  fc.assert(
    fc.property(kinds, anything, (kind, data) => {
      expect(readHostSensor({ apiVersion: GROUP, kind, data })).not.toBeNull();
    }),
  );
});
