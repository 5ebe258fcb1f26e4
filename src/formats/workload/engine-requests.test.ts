// What is asked of an engine beside containers: each becomes what a check can be asked about, and never throws.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fact } from "../../kit/fact.ts";
import { known } from "../../kit/fact.ts";
import type { Workload } from "../../model/workload.ts";
import { readCreateBody, readEngine } from "./engine-inspect.ts";
import { pluginPrivileges, readPlugin } from "./engine-plugin.ts";
import { readExec, readUpdate, readVolume, withNetwork } from "./engine-requests.ts";
import { readService, serviceNetworks } from "./swarm-service.ts";

const short = (fact: Fact<unknown> | undefined): string =>
  fact?.state === "known" ? String(fact.value) : (fact?.state ?? "none");
const paths = ({ volumes }: Workload): string[] => volumes.map(({ hostPath }) => short(hostPath));
const security = (workload: Workload | null) => workload?.containers[0]?.security;
const NOBODY: ReadonlySet<string> = new Set();

describe("the body that creates a container", () => {
  test.each<[string, object]>([
    ["under their name", { HostConfig: { Privileged: true, Binds: ["/:/h"] } }],
    ["at the top, where engines up to 24 take them", { Privileged: true, Binds: ["/:/h"] }],
    ["in another case", { hostCONFIG: { privileged: true, binds: ["/:/h"] } }],
    [
      "beside an empty list of mounts",
      { Mounts: [], HostConfig: { Privileged: true, Binds: ["/:/h"] } },
    ],
    [
      "in what looks like an inspection",
      { Config: {}, HostConfig: { Privileged: true, Binds: ["/:/h"] } },
    ],
  ])("settings stand %s", (_, body) => {
    const workload = readCreateBody(body);
    expect([short(security(workload)?.privileged), paths(workload)]).toEqual(["true", ["/"]]);
  });

  test("the image is the one of the body, whatever else is in it", () => {
    const workload = readCreateBody({ Image: "bad", Config: { Image: "good" } });
    expect(short(workload.containers[0]?.image)).toBe("bad");
  });

  test.each<[string, object, object | null, string]>([
    ["the image's", {}, { User: "1000" }, "1000"],
    ["root where the image has none", {}, { Env: null }, "0"],
    ["not known without the image", {}, null, "absent"],
    ["the body's own", { User: "7" }, { User: "0" }, "7"],
  ])("the user is %s", (_, body, image, wanted) => {
    expect(short(security(readCreateBody(body, image))?.runAsUser)).toBe(wanted);
  });

  test("variables of the image are there, unless the body has its own", () => {
    const { containers } = readCreateBody({ Env: ["A=1"] }, { Env: ["A=2", "B=3"] });
    expect(containers[0]?.environment.map(({ name, value }) => `${name}=${short(value)}`)).toEqual([
      "A=1",
      "B=3",
    ]);
  });

  test.each<[string, object, string]>([
    ["an empty list of masked paths", { MaskedPaths: [] }, "Unmasked"],
    ["a list without the engine's own", { MaskedPaths: ["/x"] }, "Unmasked"],
    ["the same of read-only paths", { ReadonlyPaths: [] }, "Unmasked"],
    ["none", {}, "absent"],
  ])("%s", (_, host, wanted) => {
    expect(short(security(readCreateBody({ HostConfig: host }))?.procMount)).toBe(wanted);
  });

  test("a rule about kinds of devices opens them all", () => {
    expect(paths(readCreateBody({ HostConfig: { DeviceCgroupRules: ["a *:* rwm"] } }))).toEqual([
      "/dev",
    ]);
  });
});

test.each<[string, object, string[]]>([
  ["a bind", { o: "bind", type: "none", device: "/etc" }, ["/etc"]],
  [
    "an overlay",
    { type: "overlay", device: "overlay", o: "lowerdir=/etc:/x,upperdir=/u" },
    ["/etc"],
  ],
  ["a driver's own word", { mountpoint: "/etc" }, ["/etc"]],
  ["a file server", { type: "nfs", o: "addr=10.0.0.1,rw", device: ":/export" }, ["absent"]],
  ["memory", { type: "tmpfs", device: "tmpfs", o: "size=1m" }, ["absent"]],
])("a volume that is %s", (_, DriverOpts, wanted) => {
  expect(paths(readVolume({ Name: "v", DriverOpts }))).toEqual(wanted);
});

describe("a program in a container", () => {
  const container = readEngine({
    Id: "x",
    Config: { User: "1000" },
    HostConfig: {},
  })[0] as Workload;
  test.each<[string, object, string[] | null]>([
    ["asks for nothing", { Cmd: ["sh"], Privileged: false, User: "" }, null],
    ["is privileged", { privileged: true }, ["true", "1000"]],
    ["is root", { User: "root" }, ["absent", "0"]],
    ["says neither yes nor no", { Privileged: "x" }, ["unknown", "1000"]],
  ])("%s", (_, body, wanted) => {
    const changed = readExec(body, container);
    const found = security(changed);
    expect(changed === null ? null : [short(found?.privileged), short(found?.runAsUser)]).toEqual(
      wanted,
    );
  });
});

test("an update adds devices or nothing", () => {
  const container = readCreateBody({});
  expect(readUpdate({ Memory: 1, RestartPolicy: {} }, container)).toBeNull();
  const changed = readUpdate({ devices: [{ PathOnHost: "/dev/sda" }] }, container);
  expect(changed === null ? [] : paths(changed)).toEqual(["/dev/sda"]);
});

describe("a service", () => {
  const spec = (container: object, task: object = {}): object => ({
    Name: "web",
    TaskTemplate: { ContainerSpec: { Image: "a", ...container }, ...task },
  });
  test("what containers may ask for stands elsewhere, and means the same", () => {
    const workload = readService(
      spec({
        User: "0",
        CapabilityAdd: ["CAP_SYS_ADMIN"],
        Mounts: [{ Type: "bind", Source: "/etc", Target: "/e" }],
        Privileges: {
          Seccomp: { Mode: "unconfined" },
          AppArmor: { Mode: "disabled" },
          SELinuxContext: { Disable: true },
        },
      }),
      NOBODY,
    );
    const found = security(workload);
    expect([
      workload.kind,
      workload.name,
      paths(workload),
      found?.capabilitiesAdded.map(short),
      short(found?.runAsUser),
      short(found?.seccomp),
      short(found?.appArmor),
      short(found?.seLinux.type),
      workload.gaps,
    ]).toEqual([
      "service",
      "web",
      ["/etc"],
      ["SYS_ADMIN"],
      "0",
      "Unconfined",
      "Unconfined",
      "disable",
      [],
    ]);
  });

  test.each<[string, object]>([
    ["of the task", spec({}, { Networks: [{ Target: "abc" }] })],
    ["of the service, as old clients send them", { ...spec({}), Networks: [{ target: "abc" }] }],
  ])("networks %s", (_, document) => {
    expect(serviceNetworks(document)).toEqual(["abc"]);
    const shares = (hosts: readonly string[]): string =>
      short(readService(document, new Set(hosts)).host.network);
    expect([shares(["abc"]), shares([])]).toEqual(["true", "false"]);
  });

  test("a plugin that is handed out as a service", () => {
    const Privileges = [{ Name: "network", Value: ["host"] }];
    const document = {
      Name: "p",
      TaskTemplate: { Runtime: "plugin", PluginSpec: { Remote: "x/y", Privileges } },
    };
    const workload = readService(document, NOBODY);
    expect([short(workload.host.network), short(workload.containers[0]?.image)]).toEqual([
      "true",
      "x/y",
    ]);
  });
});

describe("a plugin", () => {
  const facts = { kind: "plugin", name: "p", image: known("x/y", ""), at: "", gaps: [] };
  test("its privileges", () => {
    const { host, volumes, containers, gaps } = pluginPrivileges(
      [
        { Name: "network", Value: ["host"] },
        { Name: "host pid namespace", Value: ["true"] },
        { Name: "mount", Value: ["/srv"] },
        { Name: "device", Value: ["/dev/fuse"] },
        { Name: "allow-all-devices", Value: ["true"] },
        { Name: "capabilities", Value: ["CAP_SYS_ADMIN"] },
      ],
      facts,
    );
    expect([
      short(host.network),
      short(host.pid),
      volumes.map(({ hostPath }) => short(hostPath)),
      containers[0]?.security.capabilitiesAdded.map(short),
      gaps,
    ]).toEqual(["true", "true", ["/srv", "/dev/fuse", "/dev"], ["SYS_ADMIN"], []]);
  });

  test("what an engine has", () => {
    const workload = readPlugin({
      Id: "ab".repeat(32),
      Name: "p:1",
      PluginReference: "",
      Config: {
        Network: { Type: "host" },
        IpcHost: true,
        Linux: { Capabilities: ["CAP_NET_ADMIN"], AllowAllDevices: false, Devices: null },
        Mounts: [{ Type: "bind", Source: "/var/run/docker.sock", Destination: "/s" }],
      },
      Settings: { Mounts: [{ Type: "bind", Source: "/etc", Destination: "/e" }] },
    });
    expect([
      short(workload.host.network),
      short(workload.host.ipc),
      paths(workload),
      short(workload.containers[0]?.image),
    ]).toEqual(["true", "true", ["/var/run/docker.sock", "/etc"], "ab".repeat(32)]);
  });
});

test("a build joins a network, and nothing else is said of it", () => {
  const { host, containers } = withNetwork("build", "host");
  expect([short(host.network), containers]).toEqual(["true", []]);
});

test("nothing that anybody sends makes them throw", () => {
  const container = readCreateBody({});
  const names = ["Image", "HostConfig", "Mounts", "TaskTemplate", "ContainerSpec", "Privileges"];
  const key = fc.oneof(fc.constantFrom(...names), fc.string());
  const any = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  })).value;
  fc.assert(
    fc.property(any, (value) => {
      readCreateBody(value, value);
      readExec(value, container);
      readUpdate(value, container);
      readVolume(value);
      readService(value, new Set(serviceNetworks(value)));
      readPlugin(value);
      pluginPrivileges(value, { kind: "plugin", name: "", image: known("", ""), at: "", gaps: [] });
    }),
  );
});
