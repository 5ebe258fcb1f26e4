// Compose files and engines say the same in two ways: each case is read from both.
import { describe, expect, test } from "vitest";
import type { Fact } from "../../kit/fact.ts";
import type { Workload } from "../../model/workload.ts";
import { readCompose } from "./compose.ts";
import { isEngineDocument, readEngine } from "./engine-inspect.ts";

function composed(
  service: object,
  file: object = {},
  variables: Record<string, string> = {},
): Workload {
  const read = readCompose({ services: { app: service }, ...file }, (name) => variables[name]);
  return read[0] as Workload;
}

function created(host: object, top: object = {}): Workload {
  return readEngine({ Image: "app", HostConfig: host, ...top })[0] as Workload;
}

/** `true`, `absent`, `unknown`. */
function short(fact: Fact<unknown> | undefined): string {
  return fact?.state === "known" ? String(fact.value) : (fact?.state ?? "none");
}

function securityOf(workload: Workload): Record<string, string> {
  const [container] = workload.containers;
  const { capabilitiesAdded, capabilitiesDropped, seLinux, ...rest } =
    container?.security ?? ({} as never);
  const facts = Object.entries(rest).map(([name, fact]) => [name, short(fact as Fact<unknown>)]);
  return {
    ...Object.fromEntries(facts.filter(([, value]) => value !== "absent")),
    added: capabilitiesAdded.map(short).join(),
    dropped: capabilitiesDropped.map(short).join(),
    label: short(seLinux.type),
  };
}

const NOTHING = { added: "", dropped: "", label: "absent", seccomp: "RuntimeDefault" };

describe("security", () => {
  test.each<[string, object, object, object, object]>([
    ["nothing", {}, {}, {}, {}],
    ["privileged", { privileged: true }, { Privileged: true }, {}, { privileged: "true" }],
    [
      "capabilities in any spelling",
      { cap_add: ["cap_sys_admin", "NET_RAW"], cap_drop: ["all"] },
      { CapAdd: ["CAP_SYS_ADMIN", "net_raw"], CapDrop: ["ALL"] },
      {},
      { added: "SYS_ADMIN,NET_RAW", dropped: "ALL" },
    ],
    [
      "options of security, with either sign",
      {
        security_opt: [
          "no-new-privileges:true",
          "seccomp:unconfined",
          "apparmor=mine",
          "label:disable",
        ],
      },
      {
        SecurityOpt: ["no-new-privileges", "seccomp=unconfined", "apparmor:mine", "label=disable"],
      },
      {},
      {
        allowPrivilegeEscalation: "false",
        seccomp: "Unconfined",
        appArmor: "Localhost",
        label: "disable",
      },
    ],
    [
      "paths that are not masked",
      { security_opt: ["systempaths=unconfined"] },
      { MaskedPaths: [] },
      {},
      { procMount: "Unmasked" },
    ],
    [
      "a number as user",
      { user: "1000:0" },
      {},
      { User: "1000:0" },
      { runAsUser: "1000", runAsNonRoot: "true" },
    ],
    [
      "a YAML number as user",
      { user: 0 },
      {},
      { User: "0" },
      { runAsUser: "0", runAsNonRoot: "false" },
    ],
    [
      "root as user",
      { user: "root" },
      {},
      { User: "root" },
      { runAsUser: "0", runAsNonRoot: "false" },
    ],
    [
      "a name as user",
      { user: "node" },
      {},
      { User: "node" },
      { runAsUser: "unknown", runAsNonRoot: "unknown" },
    ],
  ])("%s", (_, service, host, top, wanted) => {
    expect(securityOf(composed(service))).toEqual({ ...NOTHING, ...wanted });
    expect(securityOf(created(host, top))).toEqual({ ...NOTHING, ...wanted });
  });

  test("a container that exists without a user is root", () => {
    const inspected = [{ Name: "/web", Config: { Image: "a", User: "" }, HostConfig: {} }];
    expect(isEngineDocument(inspected)).toBe(true);
    const [workload] = readEngine(inspected);
    expect([
      workload?.name,
      workload?.evidence,
      short(workload?.containers[0]?.security.runAsUser),
    ]).toEqual(["web", "running", "0"]);
  });
});

describe("namespaces of the host", () => {
  test.each<[string, string]>([
    ["host", "true"],
    ["private", "false"],
    ["", "absent"],
    ["default", "absent"],
    ["container:abc", "unknown"],
  ])("mode %s", (mode, wanted) => {
    const service = composed({ network_mode: mode, pid: mode, ipc: mode, userns_mode: mode });
    const body = created({ NetworkMode: mode, PidMode: mode, IpcMode: mode, UsernsMode: mode });
    for (const { host } of [service, body]) {
      const { network, pid, ipc, users } = host;
      expect([network, pid, ipc, users].map(short)).toEqual([wanted, wanted, wanted, wanted]);
    }
  });
});

test.each([
  ["keep-id:uid=1", "false"],
  ["bridge", "unknown"],
])("the user namespace %s is the host's: %s", (mode, wanted) => {
  expect(short(composed({ userns_mode: mode }).host.users)).toBe(wanted);
});

describe("volumes", () => {
  const shown = ({ volumes }: Workload): string[] =>
    volumes.map(({ type, hostPath }) => `${short(type)} ${short(hostPath)}`);

  test.each<[string, string, string]>([
    ["a path", "/srv:/d:ro", "hostPath /srv"],
    ["a path of Windows", "C:\\data:C:\\d", "hostPath C:\\data"],
    ["a name", "data:/d", "volume absent"],
    ["no source", "/d", "volume absent"],
  ])("%s in short form", (_, text, wanted) => {
    expect(shown(composed({ volumes: [text] }))).toEqual([wanted]);
    expect(shown(created({ Binds: [text] }))).toEqual([wanted]);
  });

  test.each<[string, string]>([
    ["bind", "hostPath /srv"],
    ["volume", "volume absent"],
    ["tmpfs", "emptyDir absent"],
  ])("%s in long form", (type, wanted) => {
    expect(shown(composed({ volumes: [{ type, source: "/srv", target: "/d" }] }))).toEqual([
      wanted,
    ]);
    expect(shown(created({ Mounts: [{ Type: type, Source: "/srv", Target: "/d" }] }))).toEqual([
      wanted,
    ]);
  });

  test("a named volume whose driver binds a folder is that folder", () => {
    const driver_opts = { type: "none", o: "bind,ro", device: "/etc" };
    const service = composed({ volumes: ["data:/d"] }, { volumes: { data: { driver_opts } } });
    expect(shown(service)).toEqual(["hostPath /etc"]);
  });

  test("an inspection lists its mounts once", () => {
    const mount = { Type: "bind", Source: "/srv", Destination: "/d" };
    expect(shown(created({ Binds: ["/srv:/d"] }, { Mounts: [mount] }))).toEqual(["hostPath /srv"]);
  });
});

describe("variables of Compose", () => {
  const privileged = (text: string, set: Record<string, string> = {}): string =>
    short(composed({ privileged: text }, {}, set).containers[0]?.security.privileged);
  const environment = (text: string, set: Record<string, string> = {}): string =>
    short(composed({ environment: [`A=${text}`] }, {}, set).containers[0]?.environment[0]?.value);

  test.each<[string, string, string]>([
    ["set", privileged("${X}", { X: "true" }), "true"],
    ["with a default", privileged("${X:-false}"), "false"],
    ["not set", privileged("${X}"), "unknown"],
    ["that is no truth value", privileged("${X}", { X: "perhaps" }), "unknown"],
    ["in the environment, whose value stands elsewhere", environment("${X}", { X: "a" }), "absent"],
    ["in the environment, not set", environment("${X}"), "absent"],
    ["in the environment, with a default that stands here", environment("${X:-a}"), "a"],
    ["in the environment, none", environment("a"), "a"],
  ])("a variable %s", (_, found, wanted) => {
    expect(found).toBe(wanted);
  });
});

describe("what engines understand all the same", () => {
  const first = (workload: Workload): string => short(workload.volumes[0]?.hostPath);

  test("names in any case, even with letters that only fold to them", () => {
    const [workload] = readEngine({
      image: "a",
      "ho\u017ftconfig": { PRIVILEGED: true, Binds: ["/:/h"] },
    });
    expect(securityOf(workload as Workload)).toEqual({ ...NOTHING, privileged: "true" });
    expect(first(workload as Workload)).toBe("/");
  });

  test("a member that stands twice in different cases is a gap", () => {
    const [workload] = readEngine({ HostConfig: {}, hostConfig: { Privileged: true } });
    expect(workload?.gaps.map(({ why }) => why)).toEqual(["HostConfig stands twice"]);
  });

  test("a volume that is made along and binds a folder", () => {
    const DriverConfig = { Name: "local", Options: { type: "none", o: "bind", device: "/etc" } };
    const Mounts = [{ Type: "volume", Source: "v", Target: "/d", VolumeOptions: { DriverConfig } }];
    expect(first(created({ Mounts }))).toBe("/etc");
  });

  test("devices of the host, but not those that a driver knows by name", () => {
    const paths = [
      created({ Devices: [{ PathOnHost: "/dev/sda" }] }),
      composed({ devices: ["/dev/sda:/d"] }),
    ];
    expect(paths.map(first)).toEqual(["/dev/sda", "/dev/sda"]);
    expect(first(composed({ devices: ["vendor.com/gpu=all"] }))).toBe("absent");
  });
});

test("what is not followed leaves a gap", () => {
  expect(composed({ extends: "base" }).gaps).toHaveLength(1);
  expect(created({ VolumesFrom: ["a"] }).gaps).toHaveLength(1);
  expect(composed("x" as never).gaps).toHaveLength(1);
});
