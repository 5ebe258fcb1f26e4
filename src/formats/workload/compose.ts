// The services of a Compose file in the normal form.
// Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type {
  EnvironmentVariable,
  Limits,
  Mount,
  PublishedPort,
  Volume,
  Workload,
} from "../../model/workload.ts";
import { interpolated } from "../interpolation.ts";
import { joinedNetworks, type NetworkSettings, networksOf } from "./compose-networks.ts";
import {
  deviceOf,
  engineWorkload,
  pathOfHost,
  sharesHost,
  sharesUsers,
  shortVolume,
  volumeOf,
  volumeUnknown,
} from "./engine-options.ts";
import {
  type Gaps,
  isPlain,
  itemsAt,
  kindOf,
  membersAt,
  type Place,
  type Plain,
  placeAt,
} from "./facts.ts";
import { shortPort } from "./published-ports.ts";

const NO_PORT = "published is no port and no range of them: an address stands in host_ip";

/** Looks up a variable; undefined when it is not set. */
export type Variables = (name: string) => string | undefined;

const SERVICES_MAX = 20_000;

/** Whether a value is a Compose file. */
export function isComposeFile(value: unknown): boolean {
  return isPlain(value) && isPlain(value["services"]) && value["apiVersion"] === undefined;
}

/**
 * The services of a Compose file, each a workload of one container.
 *
 * @param file As `JSON.parse` gives it; may be anything.
 */
export function readCompose(file: unknown, variables: Variables): Workload[] {
  const top: Place = { value: isPlain(file) ? file : null, at: "" };
  const managed = volumesOf(top);
  const networks = networksOf(top);
  const isStack = isForSwarm(top);
  return membersAt(top, "services", [])
    .slice(0, SERVICES_MAX)
    .map(({ name, value, at }) => {
      const gaps: Gaps = [];
      if (!isPlain(value)) gaps.push(unknown(at, `the service is ${kindOf(value)}, not a mapping`));
      const written = isPlain(value) ? value : {};
      const place = { value: isStack ? inSwarm(written) : written, at };
      return new Reader({ place, written, variables, managed, networks, gaps }).workload(name);
    });
}

/**
 * What `docker stack deploy` says that it does not support, and then does without.
 *
 * @see https://docs.docker.com/reference/compose-file/legacy-versions/, and what the command itself warns of
 */
const NOT_IN_A_SWARM: readonly string[] = [
  ...["cgroup_parent", "devices", "domainname", "external_links", "ipc", "links", "mac_address"],
  ...["network_mode", "pid", "privileged", "restart", "security_opt", "shm_size", "userns_mode"],
  ...["container_name", "uts", "cgroup", "mem_limit", "cpus", "pids_limit"],
];

/** Settings below `deploy` that only a swarm has a use for. */
const SWARM_WORDS = ["placement", "update_config", "rollback_config", "endpoint_mode"];

/** Whether a file is a stack: it says things that mean nothing elsewhere. */
function isForSwarm(top: Place): boolean {
  const says = membersAt(top, "services", []).some(({ value }) => {
    const deploy = isPlain(value) ? value["deploy"] : undefined;
    return (
      isPlain(deploy) &&
      (deploy["mode"] === "global" || SWARM_WORDS.some((word) => deploy[word] !== undefined))
    );
  });
  return (
    says ||
    membersAt(top, "networks", []).some(
      ({ value }) => isPlain(value) && value["driver"] === "overlay",
    )
  );
}

function inSwarm(written: Plain): Plain {
  const kept = Object.entries(written).filter(([name]) => !NOT_IN_A_SWARM.includes(name));
  return Object.fromEntries(kept);
}

/** Named volumes that are folders or devices of the host all the same: a driver's options may mount one. */
function volumesOf(top: Place): ReadonlyMap<string, string> {
  const bound = new Map<string, string>();
  for (const { name, value } of membersAt(top, "volumes", [])) {
    const options = isPlain(value) ? value["driver_opts"] : undefined;
    if (!isPlain(options)) continue;
    const path = pathOfHost(options);
    if (path !== null) bound.set(name, path);
  }
  return bound;
}

interface ServiceSource {
  /** The service without what a swarm would leave out. */
  readonly place: Place;
  /** The service as it stands. */
  readonly written: Plain;
  readonly variables: Variables;
  readonly managed: ReadonlyMap<string, string>;
  readonly networks: ReadonlyMap<string, NetworkSettings>;
  readonly gaps: Gaps;
}

interface WrittenVariable extends EnvironmentVariable {
  /** As it is written, before variables are replaced. */
  readonly text: string | null;
}

class Reader {
  readonly #source: ServiceSource;

  constructor(source: ServiceSource) {
    this.#source = source;
  }

  workload(name: string): Workload {
    const { place, gaps } = this.#source;
    if (place.value?.["extends"] !== undefined)
      gaps.push(unknown(`${place.at}/extends`, "what the service extends is not followed"));
    if (itemsAt(place, "volumes_from", gaps).length > 0)
      gaps.push(unknown(`${place.at}/volumes_from`, "the volumes of others are not followed"));
    return engineWorkload({
      platform: "compose",
      evidence: "declared",
      kind: "service",
      name,
      at: place.at,
      image: this.#text("image"),
      user: this.#text("user"),
      host: {
        network: sharesHost(this.#text("network_mode")),
        pid: sharesHost(this.#text("pid")),
        ipc: sharesHost(this.#text("ipc")),
        uts: sharesHost(this.#text("uts")),
        users: sharesUsers(this.#text("userns_mode")),
      },
      privileged: this.#boolean("privileged"),
      capabilitiesAdded: this.#texts("cap_add"),
      capabilitiesDropped: this.#texts("cap_drop"),
      securityOptions: this.#texts("security_opt"),
      isUnmasked: false,
      sysctls: this.#pairs("sysctls").map(({ name: sysctl, at }) => known(sysctl, at)),
      volumes: [...this.#volumes(), ...this.#devices()],
      environment: this.#pairs("environment").map((variable) => this.#written(variable)),
      networks: joinedNetworks(place, this.#source.networks),
      environmentFiles: this.#environmentFiles(),
      buildArguments: this.#buildArguments(),
      readOnlyRoot: this.#boolean("read_only"),
      limits: this.#limits(),
      command: [...this.#words("entrypoint"), ...this.#words("command")],
      published: this.#ports(),
      ignored: this.#ignored(),
      gaps,
    });
  }

  #environmentFiles(): string[] {
    const { place } = this.#source;
    const written = place.value?.["env_file"];
    return written === undefined || written === null ? [] : [`${place.at}/env_file`];
  }

  /** What a swarm would not understand is as good as not written. */
  #ignored(): Fact<string>[] {
    const { written, place } = this.#source;
    return NOT_IN_A_SWARM.filter(
      (name) => written[name] !== undefined && place.value?.[name] === undefined,
    ).map((name) => known(name, `${place.at}/${name}`));
  }

  #limits(): Limits {
    const deploy = placeAt(this.#source.place, "deploy", this.#source.gaps);
    const resources = placeAt(deploy, "resources", this.#source.gaps);
    const limits = placeAt(resources, "limits", this.#source.gaps);
    const of = (deployed: string, ...names: readonly string[]): Fact<string> => {
      const facts = [
        this.#replaced(limits.value?.[deployed], `${limits.at}/${deployed}`, deployed),
        ...names.map((name) => this.#text(name)),
      ];
      const fact = facts.find(({ state }) => state !== "absent") ?? ABSENT;
      return fact.state === "known" && /^(?:0|-1)$/.test(fact.value) ? ABSENT : fact;
    };
    return {
      memory: of("memory", "mem_limit"),
      cpu: of("cpus", "cpus", "cpu_quota", "cpu_shares"),
      processes: of("pids", "pids_limit"),
    };
  }

  /** A list of words, or a line of them. */
  #words(name: string): Fact<string>[] {
    return Array.isArray(this.#source.place.value?.[name])
      ? this.#texts(name)
      : [this.#text(name)].filter(({ state }) => state !== "absent");
  }

  #buildArguments(): EnvironmentVariable[] {
    const { place, gaps } = this.#source;
    if (!isPlain(place.value?.["build"])) return [];
    return this.#pairs("args", placeAt(place, "build", gaps)).map((item) => this.#written(item));
  }

  #ports(): PublishedPort[] {
    const { place, gaps } = this.#source;
    return itemsAt(place, "ports", gaps).map((item, i) => {
      const at = `${place.at}/ports/${i}`;
      if (!isPlain(item)) return shortPort(this.#replaced(item, at, "a port"), at);
      const of = (name: string): Fact<string> => this.#replaced(item[name], `${at}/${name}`, name);
      const target = item["target"];
      const port = of("published");
      return {
        at,
        address: isPort(port) ? of("host_ip") : unknown(`${at}/published`, NO_PORT),
        port,
        target: typeof target === "number" || typeof target === "string" ? String(target) : "",
      };
    });
  }

  /** A scalar with its variables replaced. */
  #replaced(value: unknown, at: string, name: string): Fact<string> {
    if (value === undefined || value === null) return ABSENT;
    if (typeof value === "number" || typeof value === "boolean") return known(String(value), at);
    if (typeof value !== "string") return unknown(at, `${name} is ${kindOf(value)}, not a text`);
    const { text, missing } = interpolated(value, this.#source.variables);
    if (missing !== null) return unknown(at, `the variable ${missing} is not set`);
    return text.includes("{{") ? unknown(at, `${name} is a template`) : known(text, at);
  }

  #text(name: string): Fact<string> {
    const { value, at } = this.#source.place;
    return this.#replaced(value?.[name], `${at}/${name}`, name);
  }

  #boolean(name: string): Fact<boolean> {
    const text = this.#text(name);
    if (text.state !== "known") return text;
    if (/^(true|yes|on|y|1)$/i.test(text.value)) return known(true, text.at);
    if (/^(false|no|off|n|0)$/i.test(text.value)) return known(false, text.at);
    return unknown(text.at, `${name} is a text, not true or false`);
  }

  #texts(name: string): Fact<string>[] {
    const { place, gaps } = this.#source;
    return itemsAt(place, name, gaps).map((item, i) =>
      this.#replaced(item, `${place.at}/${name}/${i}`, `an item of ${name}`),
    );
  }

  /** `NAME=VALUE` in a list, or a mapping. */
  #pairs(name: string, place = this.#source.place): WrittenVariable[] {
    const { gaps } = this.#source;
    if (!Array.isArray(place.value?.[name])) {
      return membersAt(place, name, gaps).map((member) => ({
        name: member.name,
        at: member.at,
        value: this.#replaced(member.value, member.at, member.name),
        text: typeof member.value === "string" ? member.value : null,
      }));
    }
    return itemsAt(place, name, gaps).map((item, i) => {
      const at = pointerTo(`${place.at}/${name}`, i);
      const text = typeof item === "string" ? item : "";
      const equals = text.indexOf("=");
      if (equals === -1) return { name: text, at, value: ABSENT, text: null };
      const key = text.slice(0, equals);
      const value = text.slice(equals + 1);
      return { name: key, at, value: this.#replaced(value, at, key), text: value };
    });
  }

  /** What comes out of a variable stands elsewhere; defaults stand here. */
  #written(variable: WrittenVariable): EnvironmentVariable {
    const { name, at, text } = variable;
    if (text === null || !text.includes("$")) return { name, at, value: variable.value };
    const { text: value, missing } = interpolated(text, () => undefined);
    return { name, at, value: missing === null ? known(value, at) : ABSENT };
  }

  #volumes(): Volume[] {
    const { place, gaps } = this.#source;
    return itemsAt(place, "volumes", gaps).map((item, i) => {
      const at = `${place.at}/volumes/${i}`;
      const volume = isPlain(item)
        ? this.#longVolume({ value: item, at })
        : shortVolume(this.#replaced(item, at, "a volume"), at);
      return this.#resolved(volume);
    });
  }

  #longVolume(place: Place): Volume {
    const { value, at } = place;
    const type = this.#replaced(value?.["type"] ?? "volume", `${at}/type`, "type");
    const source = this.#replaced(value?.["source"] ?? "", `${at}/source`, "source");
    if (type.state !== "known") return volumeUnknown(type, at);
    const mount = this.#mount(place);
    if (source.state !== "known") {
      const volume = volumeOf(type.value, "", at, mount);
      return { ...volume, hostPath: volume.hostPath.state === "known" ? source : ABSENT };
    }
    return volumeOf(type.value, source.value, at, mount);
  }

  #mount(place: Place): Pick<Mount, "readOnly" | "propagation"> {
    const bind = placeAt(place, "bind", this.#source.gaps);
    const of = (name: string, { value, at }: Place): Fact<string> =>
      this.#replaced(value?.[name], `${at}/${name}`, name);
    const readOnly = of("read_only", place);
    return {
      readOnly:
        readOnly.state === "known" ? known(readOnly.value === "true", readOnly.at) : readOnly,
      propagation: of("propagation", bind),
    };
  }

  #resolved(volume: Volume): Volume {
    const device = this.#source.managed.get(volume.name);
    if (device === undefined) return volume;
    const path = this.#replaced(device, volume.at, "the volume's device");
    return path.state === "known"
      ? { ...volumeOf("bind", path.value, volume.at), mounts: volume.mounts }
      : { ...volume, type: known("hostPath", volume.at), hostPath: path };
  }

  #devices(): Volume[] {
    const { place, gaps } = this.#source;
    return itemsAt(place, "devices", gaps).map((item, i) => {
      const at = `${place.at}/devices/${i}`;
      const source = isPlain(item) ? item["source"] : item;
      return deviceOf(this.#replaced(source ?? "", at, "a device"), at);
    });
  }
}

function isPort(fact: Fact<string>): boolean {
  return fact.state !== "known" || /^(?:\d+(?:-\d+)?)?$/.test(fact.value);
}
