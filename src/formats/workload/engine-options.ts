// What Docker's and Podman's options mean in the normal form, however they were written: in a Compose file or to the engine.
// Source: https://docs.docker.com/reference/cli/docker/container/run/, podman-run(1).
import { ABSENT, type Fact, type Known, known, unknown } from "../../kit/fact.ts";
import type {
  Container,
  ContainerSecurity,
  HostSharing,
  Limits,
  Mount,
  Security,
  Volume,
  Workload,
} from "../../model/workload.ts";

import type { Place } from "./facts.ts";

/** Options of one container, each as it stands. */
export interface EngineOptions {
  readonly platform: "compose" | "engine" | "quadlet";
  readonly evidence: Workload["evidence"];
  readonly kind: string;
  readonly name: string;
  readonly at: string;
  readonly image: Fact<string>;
  readonly user: Fact<string>;
  readonly host: HostSharing;
  readonly privileged: Fact<boolean>;
  readonly capabilitiesAdded: readonly Fact<string>[];
  readonly capabilitiesDropped: readonly Fact<string>[];
  readonly securityOptions: readonly Fact<string>[];
  /** Paths below /proc and /sys that are not masked, although the engine does so by itself. */
  readonly isUnmasked: boolean;
  readonly readOnlyRoot: Fact<boolean>;
  readonly limits: Limits;
  readonly command: Container["command"];
  readonly published: Container["published"];
  readonly sysctls: readonly Fact<string>[];
  readonly volumes: readonly Volume[];
  readonly environment: Container["environment"];
  readonly networks?: Workload["networks"];
  readonly environmentFiles: Container["environmentFiles"];
  /** None where it is absent. */
  readonly secretsInEnvironment?: Container["secretsInEnvironment"];
  readonly buildArguments: Container["buildArguments"];
  readonly ignored: Workload["ignored"];
  readonly gaps: Workload["gaps"];
}

/** What nothing is said of. */
export const NO_LIMITS: Limits = { memory: ABSENT, cpu: ABSENT, processes: ABSENT };

/** A limit by the engine's API, which is a number, and none when it is 0 or below. */
export function limitAt({ value, at }: Place, name: string): Fact<string> {
  const found = value?.[name];
  if (found === undefined || found === null) return ABSENT;
  if (typeof found !== "number") return unknown(`${at}/${name}`, `${name} is no number`);
  return found > 0 ? known(String(found), `${at}/${name}`) : ABSENT;
}

/** The options that not everything has. */
export const NOTHING_MORE: Pick<
  EngineOptions,
  | "readOnlyRoot"
  | "limits"
  | "command"
  | "published"
  | "environmentFiles"
  | "buildArguments"
  | "ignored"
> = {
  readOnlyRoot: ABSENT,
  limits: NO_LIMITS,
  command: [],
  published: [],
  environmentFiles: [],
  buildArguments: [],
  ignored: [],
};

/** A workload of one container. */
export function engineWorkload(options: EngineOptions): Workload {
  const { platform, evidence, kind, name, at, host, sysctls, volumes, ignored, gaps } = options;
  return {
    platform,
    evidence,
    kind,
    name,
    namespace: null,
    at,
    form: "workload",
    podAt: at,
    os: ABSENT,
    host,
    sharesProcesses: ABSENT,
    account: NO_ACCOUNT,
    labels: [],
    security: NO_SECURITY,
    groups: [],
    sysctls,
    annotations: { appArmor: [], seccomp: [] },
    volumes,
    containers: [containerOf(options)],
    networks: options.networks ?? [],
    started: null,
    ignored,
    gaps,
  };
}

const NO_ACCOUNT: Workload["account"] = { name: ABSENT, mountsToken: ABSENT };

function containerOf(options: EngineOptions): Container {
  const { name, at, image, command, limits, published, buildArguments } = options;
  const { environment, environmentFiles } = options;
  return {
    kind: "regular",
    name,
    at,
    image,
    pullPolicy: ABSENT,
    command,
    limits,
    security: securityOf(options),
    hostPorts: [],
    handlerHosts: [],
    ports: [],
    published,
    environment,
    environmentFiles,
    secretsInEnvironment: options.secretsInEnvironment ?? [],
    buildArguments,
  };
}

const NO_SECURITY: Security = {
  runAsNonRoot: ABSENT,
  runAsUser: ABSENT,
  runAsGroup: ABSENT,
  seccomp: ABSENT,
  appArmor: ABSENT,
  seLinux: { type: ABSENT, user: ABSENT, role: ABSENT, level: ABSENT },
  hostProcess: ABSENT,
};

function securityOf(options: EngineOptions): ContainerSecurity {
  const { at, privileged, user } = options;
  const security: Mutable<ContainerSecurity> = {
    ...NO_SECURITY,
    ...usersOf(user),
    // Engines have a profile of their own, which they use unless they are told otherwise.
    seccomp: known("RuntimeDefault", at),
    privileged,
    allowPrivilegeEscalation: ABSENT,
    readOnlyRoot: options.readOnlyRoot,
    capabilitiesAdded: options.capabilitiesAdded.map(capability),
    capabilitiesDropped: options.capabilitiesDropped.map(capability),
    procMount: options.isUnmasked ? known("Unmasked", at) : ABSENT,
  };
  for (const option of options.securityOptions) applyOption(security, option);
  return security;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** `no-new-privileges`, `seccomp=FILE`, `apparmor:unconfined`, `label=type:T`, `systempaths=unconfined`, `unmask=ALL`. */
function applyOption(security: Mutable<ContainerSecurity>, option: Fact<string>): void {
  if (option.state === "unknown") {
    security.seccomp = option;
    security.appArmor = option;
    security.procMount = option;
    return;
  }
  if (option.state === "absent") return;
  const { at, value } = option;
  const [, name = "", word = ""] = /^([^=:]*)[=:]?(.*)$/s.exec(value) ?? [];
  switch (name) {
    case "no-new-privileges":
      security.allowPrivilegeEscalation = known(word === "false", at);
      break;
    case "seccomp":
      security.seccomp = known(profileType(word), at);
      break;
    case "apparmor":
      security.appArmor = known(profileType(word), at);
      break;
    case "systempaths":
    case "unmask":
      security.procMount = known("Unmasked", at);
      break;
    case "label":
      security.seLinux = labelled(security.seLinux, word, at);
      break;
    default:
  }
}

function profileType(word: string): string {
  if (word === "unconfined") return "Unconfined";
  return ["", "builtin", "docker-default"].includes(word) ? "RuntimeDefault" : "Localhost";
}

function labelled(
  options: ContainerSecurity["seLinux"],
  label: string,
  at: string,
): ContainerSecurity["seLinux"] {
  const [name = "", ...rest] = label.split(":");
  const value = rest.join(":");
  if (name === "disable") return { ...options, type: known("disable", at) };
  return name === "type" || name === "user" || name === "role" || name === "level"
    ? { ...options, [name]: known(value, at) }
    : options;
}

/** Engines know no names of users: a name is looked up in the image. */
export function usersOf(user: Fact<string>): Pick<Security, "runAsNonRoot" | "runAsUser"> {
  if (user.state !== "known") return { runAsNonRoot: user, runAsUser: user };
  const [name = ""] = user.value.split(":", 1);
  const id = name === "root" || name === "" ? 0 : /^\d{1,10}$/.test(name) ? Number(name) : null;
  if (id === null) {
    const why = `the user ${name} is a name, and only the image knows its number`;
    return { runAsNonRoot: unknown(user.at, why), runAsUser: unknown(user.at, why) };
  }
  return { runAsNonRoot: known(id !== 0, user.at), runAsUser: known(id, user.at) };
}

/** Engines take names in any case, with and without `CAP_`. */
function capability(fact: Fact<string>): Fact<string> {
  if (fact.state !== "known") return fact;
  return known(fact.value.toUpperCase().replace(/^CAP_/, ""), fact.at);
}

/** Whether a mode (`host`, `container:x`, `private`) shares the host's namespace. */
export function sharesHost(mode: Fact<string>): Fact<boolean> {
  if (mode.state !== "known") return mode;
  // Engines answer so for "as the daemon has it", which for users is mostly the host's.
  if (mode.value === "" || mode.value === "default") return ABSENT;
  if (mode.value === "host") return known(true, mode.at);
  if (/^(container|service|ns):/.test(mode.value))
    return unknown(mode.at, `it joins ${mode.value}, which may be the host's own`);
  return known(false, mode.at);
}

/** The same of users. Only Podman's words for a namespace of one's own mean one, because checks are laxer where there is one. */
export function sharesUsers(mode: Fact<string>): Fact<boolean> {
  const shared = sharesHost(mode);
  if (mode.state !== "known" || shared.state !== "known" || shared.value) return shared;
  return /^(private|auto|keep-id|nomap)(:|$)/.test(mode.value)
    ? shared
    : unknown(mode.at, `no engine is known to understand the user namespace ${mode.value}`);
}

/** A mount in its short form: `SOURCE:TARGET[:OPTIONS]`, `NAME:TARGET`, `TARGET`. */
export function shortVolume(fact: Fact<string>, at: string): Volume {
  if (fact.state !== "known") return volumeUnknown(fact, at);
  const [, source = "", rest] = /^([A-Za-z]:[\\/][^:]*|[^:]*)(:.*)?$/s.exec(fact.value) ?? [];
  if (rest === undefined || rest === "") return volumeOf("volume", "", at);
  const type = /^([./~\\]|[A-Za-z]:[\\/])/.test(source) ? "bind" : "volume";
  const options = new Set(rest.split(":").slice(2).join(":").split(","));
  const propagation = PROPAGATIONS.find((word) => options.has(word));
  return volumeOf(type, source, at, {
    readOnly: options.has("ro") || options.has("readonly") ? known(true, at) : ABSENT,
    propagation: propagation === undefined ? ABSENT : known(propagation, at),
  });
}

const PROPAGATIONS = ["shared", "rshared", "slave", "rslave"];

/** A volume of which nothing can be told. */
export function volumeUnknown(fact: Exclude<Fact<string>, Known<string>>, at: string): Volume {
  return { name: "", at, type: fact, hostPath: fact, mounts: [mountAt(at, {})] };
}

function mountAt(at: string, mount: Partial<Mount>): Mount {
  return { container: null, at, readOnly: ABSENT, propagation: ABSENT, ...mount };
}

/** A device of the host, `PATH[:PATH[:RIGHTS]]`; what does not begin with a path is a name that the engine's drivers know. */
export function deviceOf(fact: Fact<string>, at: string): Volume {
  if (fact.state !== "known") return volumeUnknown(fact, at);
  const [path = ""] = fact.value.split(":", 1);
  const isPath = path.startsWith("/");
  const hostPath = isPath ? known(path, at) : ABSENT;
  const type = known(isPath ? "device" : "volume", at);
  return { name: path, at, type, hostPath, mounts: [mountAt(at, {})] };
}

/** A volume whose driver's options mount a path or a device of the host all the same. */
function isOfHost(device: unknown): device is string {
  return typeof device === "string" && /^[/.~$\\]|^[A-Za-z]:[\\/]/.test(device);
}

/**
 * What a driver's options mount of the host; null when it is nothing of it. `device` binds a path, an overlay takes its layers from
 * paths, and some drivers name theirs `mountpoint`.
 *
 * @see mount(8), "Mount options for overlay"
 */
export function pathOfHost(options: Readonly<Record<string, unknown>> | null): string | null {
  if (options === null) return null;
  const { device, mountpoint, o } = options;
  if (isOfHost(device)) return device;
  if (isOfHost(mountpoint)) return mountpoint;
  const layers = (typeof o === "string" ? o : "")
    .split(",")
    .filter((option) => /^(?:lower|upper|work)dir=/.test(option))
    .flatMap((option) => option.slice(option.indexOf("=") + 1).split(":"));
  return layers.find(isOfHost) ?? null;
}

/** A mount by the engine's word for its type. */
export function volumeOf(
  type: string,
  source: string,
  at: string,
  mount: Partial<Mount> = {},
): Volume {
  const mounts = [mountAt(at, mount)];
  if (type === "bind" || type === "npipe")
    return { name: source, at, type: known("hostPath", at), hostPath: known(source, at), mounts };
  const normal = type === "tmpfs" ? "emptyDir" : type;
  return { name: source, at, type: known(normal, at), hostPath: ABSENT, mounts };
}
