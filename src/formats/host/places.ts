// Which files of a host say something, asked again and again until what was read names no more of them.
import type { HostRecord } from "../../model/host-record.ts";
import { AUDIT_FOLDER, AUDIT_PROGRAMS, auditedPaths } from "./audit-rules.ts";
import { AUDIT_FILE, KERNEL_FILE } from "./fix-script.ts";
import { CONTAINERD_CONFIG, containerdConfigs, hostOf, socketNames, UNITS } from "./host.ts";
import { KERNEL_SETTINGS } from "./kernel-settings.data.ts";
import { nodePlacesWanted } from "./node-files.ts";
import { textsIn, wordOf } from "./option-texts.ts";
import { placesOfPeople } from "./podman-people.ts";
import { CONTAINERS_CONF, PODMAN_PROGRAMS, POLICY, REGISTRIES_CONF } from "./podman-settings.ts";
import { namesIn, settingPath } from "./record-file.ts";
import { environmentFiles, UNIT_FOLDERS } from "./systemd-unit.ts";

/** A file, and what of it is wanted: that it is there and whose it is, its text as well, or a folder's names. */
export interface WantedPlace {
  readonly path: string;
  readonly wants: "look" | "text" | "names";
}

/** Places that say something and are not in a record yet. */
export function placesWanted(record: HostRecord): WantedPlace[] {
  const all = [...FIXED, ...dropIns(record), ...namedPlaces(record), ...nodePlaces(record)];
  const seen = new Set(Object.keys(record.files));
  return all.filter(({ path }) => {
    if (seen.has(path) || seen.size > PLACES_MAX) return false;
    seen.add(path);
    return path.startsWith("/");
  });
}

const PLACES_MAX = 5000;

function of(wants: WantedPlace["wants"], paths: readonly string[]): WantedPlace[] {
  return paths.map((path) => ({ path, wants }));
}

const UNIT_PATHS = UNIT_FOLDERS.flatMap((folder) => UNITS.map((unit) => `${folder}/${unit}`));

const FIXED: readonly WantedPlace[] = [
  ...of("names", UNIT_FOLDERS),
  ...of("text", ["/etc/passwd", "/etc/group", "/etc/subuid"]),
  // Units take their environment from them.
  ...of("text", ["/etc/default/docker", "/etc/sysconfig/docker"]),
  ...of("text", [...UNIT_PATHS, CONTAINERD_CONFIG, "/etc/docker/daemon.json"]),
  ...of(
    "names",
    UNIT_PATHS.map((path) => `${path}.d`),
  ),
  ...of("text", [...CONTAINERS_CONF, REGISTRIES_CONF, POLICY]),
  ...of(
    "names",
    [...CONTAINERS_CONF, REGISTRIES_CONF].map((path) => `${path}.d`),
  ),
  ...of("look", [
    ...["/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"],
    ...["/usr/bin/containerd", "/usr/local/bin/containerd", ...PODMAN_PROGRAMS],
  ]),
  ...of("names", ["/etc/docker", "/etc/docker/certs.d", AUDIT_FOLDER]),
  ...of("text", ["/etc/audit/audit.rules", "/proc/self/mountinfo"]),
  ...of("text", ["/sys/kernel/security/lsm", "/sys/fs/selinux/enforce"]),
  ...of("text", ["/sys/module/apparmor/parameters/enabled", "/sys/fs/cgroup/cgroup.controllers"]),
  ...of("look", [...auditedPaths(), ...AUDIT_PROGRAMS]),
  ...of("text", [KERNEL_FILE, AUDIT_FILE]),
  ...of(
    "text",
    KERNEL_SETTINGS.map(({ name }) => settingPath(name)),
  ),
];

/** Files of folders of drop-ins, and of registries' certificates. */
function dropIns(record: HostRecord): WantedPlace[] {
  const folders = Object.keys(record.files).filter((path) => path.endsWith(".d"));
  const rules = namesIn(record, AUDIT_FOLDER).map((name) => `${AUDIT_FOLDER}/${name}`);
  const parts = folders
    .filter((path) => path !== AUDIT_FOLDER && path !== "/etc/docker/certs.d")
    .flatMap((folder) => namesIn(record, folder).map((name) => `${folder}/${name}`));
  const text = [...rules, ...parts].filter((path) => /\.(?:conf|rules)$/.test(path));
  const registries = namesIn(record, "/etc/docker/certs.d").map(
    (name) => `/etc/docker/certs.d/${name}`,
  );
  const certificates = registries.flatMap((folder) =>
    namesIn(record, folder).map((name) => `${folder}/${name}`),
  );
  const sockets = UNIT_FOLDERS.flatMap((folder) =>
    socketNames(record).map((name) => `${folder}/${name}`),
  );
  return [
    ...of("text", text),
    ...of("names", registries),
    ...of("look", certificates),
    ...of("text", sockets),
    ...of(
      "names",
      sockets.map((path) => `${path}.d`),
    ),
  ];
}

/** What units and command lines name. */
function namedPlaces(record: HostRecord): WantedPlace[] {
  const { daemons, units, podman } = hostOf(record);
  const environments = [...units.values()].flatMap(environmentFiles);
  const profiles = daemons.flatMap((daemon) =>
    FILES_OF_DAEMON.flatMap((name) => {
      const option = daemon.options.get(name);
      return option?.state === "known" ? [`${daemon.root}${wordOf(option.value)}`] : [];
    }),
  );
  const sockets = daemons.flatMap((daemon) => {
    return textsIn(daemon.options.get("hosts"))
      .filter((host) => host.startsWith("unix://"))
      .map((host) => `${daemon.root}${host.slice("unix://".length)}`);
  });
  const people = podman === null ? NO_PLACES : placesOfPeople(record);
  return [
    ...of("text", containerdConfigs(record)),
    ...of("text", [...environments, ...daemons.map(({ configFile }) => configFile)]),
    ...of("look", [...profiles, ...sockets]),
    ...of("text", people.text),
    ...of("names", people.names),
    ...of("look", people.look),
  ];
}

const NO_PLACES = { text: [], names: [], look: [] };

function nodePlaces(record: HostRecord): WantedPlace[] {
  const { text, names, look } = nodePlacesWanted(record);
  return [...of("text", text), ...of("names", names), ...of("look", look)];
}

const FILES_OF_DAEMON: readonly string[] = ["tlscacert", "tlscert", "tlskey", "data-root"];
