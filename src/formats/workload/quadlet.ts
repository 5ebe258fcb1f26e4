// Podman's Quadlet units in the normal form.
// Source: podman-systemd.unit(5), podman-run(1).
import { ABSENT, type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import type {
  EnvironmentVariable,
  HostSharing,
  Limits,
  Mount,
  PublishedPort,
  Volume,
  Workload,
} from "../../model/workload.ts";
import { filled, type MergedUnit, type Said, type Specifiers } from "../quadlet/merged.ts";
import {
  deviceOf,
  engineWorkload,
  sharesHost,
  sharesUsers,
  shortVolume,
  volumeOf,
  volumeUnknown,
} from "./engine-options.ts";
import { shortPort } from "./published-ports.ts";

/** A container's unit, and those that it refers to. */
export interface QuadletUnits {
  readonly container: MergedUnit;
  /** The pod that it runs in, whose namespaces and ports are its own. */
  readonly pod: MergedUnit | null;
  /** Units beside it by their file names; null where there is none of that name. */
  readonly beside: (file: string) => MergedUnit | null;
  /** Whether the engine runs as root of the host; null where the place of the unit does not tell. */
  readonly isRootful: boolean | null;
}

/** A container's unit as a workload. Never throws; what Podman would refuse is a gap. */
export function readQuadlet(units: QuadletUnits): Workload {
  return new Reader(units).workload();
}

/** What Podman allows where nothing is said: containers.conf(5), `pids_limit`. */
const PROCESSES = "2048";
const MODES = /^(?:host|none|private|bridge|pasta|slirp4netns)(?::|$)/;

class Reader {
  readonly #units: QuadletUnits;
  readonly #unit: MergedUnit;
  readonly #specifiers: Specifiers;
  readonly #gaps: Unknown[] = [];

  constructor(units: QuadletUnits) {
    this.#units = units;
    this.#unit = units.container;
    this.#specifiers =
      units.isRootful === true
        ? { home: "/root", runtime: "/run" }
        : { home: "~", runtime: "/run/user/self" };
  }

  workload(): Workload {
    const { container, pod, isRootful } = this.#units;
    const { name, at } = container;
    for (const unit of pod === null ? [container] : [container, pod])
      for (const { at: place, detail } of unit.faults) this.#gaps.push(unknown(place, detail));
    this.#refusals();
    const options = engineWorkload({
      platform: "quadlet",
      evidence: "declared",
      kind: "container",
      name,
      at,
      image: this.#image(),
      user: this.#user(),
      host: this.#host(),
      privileged: this.#switch(null, "privileged"),
      capabilitiesAdded: this.#list("AddCapability", "cap-add"),
      capabilitiesDropped: this.#list("DropCapability", "cap-drop"),
      securityOptions: this.#securityOptions(),
      isUnmasked: false,
      readOnlyRoot: this.#switch("ReadOnly", "read-only"),
      limits: this.#limits(),
      command: [...container.words("Entrypoint"), ...container.words("Exec")].map((said) =>
        this.#filled(said),
      ),
      published: this.#published(),
      sysctls: [...container.words("Sysctl"), ...container.options("sysctl")].map(
        ({ text, at: place }) => known(text.split("=", 1)[0] ?? "", place),
      ),
      volumes: this.#volumes(),
      environment: this.#environment(),
      environmentFiles: container.values("EnvironmentFile").map(({ at: place }) => place),
      secretsInEnvironment: this.#secrets(),
      buildArguments: [],
      ignored: [],
      gaps: this.#gaps,
    });
    return {
      engine: {
        isRootful: isRootful === null ? ABSENT : known(isRootful, at),
        autoUpdate: this.#autoUpdate(),
        service: `${container.last("ServiceName")?.text ?? name}.service`,
        container: this.#containerName(),
      },
      ...options,
    };
  }

  #containerName(): Fact<string> {
    const said = this.#unit.last("ContainerName");
    return said === null ? known(`systemd-${this.#unit.name}`, this.#unit.at) : this.#filled(said);
  }

  #filled(said: Said): Fact<string> {
    return filled(said, this.#specifiers);
  }

  /** The last assignment of a key, or what PodmanArgs= says, which comes later. */
  #text(key: string | null, ...options: readonly string[]): Fact<string> {
    const said =
      this.#unit.options(...options).at(-1) ?? (key === null ? null : this.#unit.last(key));
    return said === null ? ABSENT : this.#filled(said);
  }

  #switch(key: string | null, option: string): Fact<boolean> {
    const text = this.#text(key, option);
    if (text.state !== "known") return text;
    if (/^(?:1|yes|true|on)$/i.test(text.value)) return known(true, text.at);
    if (/^(?:0|no|false|off)$/i.test(text.value)) return known(false, text.at);
    return unknown(text.at, `${JSON.stringify(text.value)} is neither true nor false`);
  }

  #list(key: string, option: string): Fact<string>[] {
    const options = this.#unit
      .options(option)
      .flatMap(({ text, at }) => text.split(",").map((word) => ({ text: word, at })));
    return [...this.#unit.words(key), ...options].map((said) => this.#filled(said));
  }

  /** What keeps Podman from making a service of it. */
  #refusals(): void {
    const unit = this.#unit;
    const refuse = (said: Said | null, why: string): void => {
      this.#gaps.push(unknown(said?.at ?? unit.at, `Podman refuses the unit: ${why}`));
    };
    if (unit.last("Image") === null && unit.last("Rootfs") === null)
      refuse(null, "it names neither Image nor Rootfs");
    const group = unit.last("Group");
    if (group !== null && unit.last("User") === null) refuse(group, "it has a Group and no User");
    const pod = unit.last("Pod");
    if (pod !== null && this.#units.pod === null)
      refuse(pod, `${pod.text} is no unit of a pod beside it`);
    const remap = unit.last("RemapUsers");
    const explicit = ["UserNS", "UIDMap", "GIDMap", "SubUIDMap", "SubGIDMap"];
    if (remap !== null && explicit.some((key) => unit.values(key).length > 0))
      refuse(remap, "RemapUsers stands beside a user namespace");
    const reload = unit.last("ReloadCmd");
    if (reload !== null && unit.last("ReloadSignal") !== null)
      refuse(reload, "ReloadCmd stands beside ReloadSignal");
    const mount = unit.values("Mount").find(({ text }) => SOURCELESS.test(text));
    if (mount !== undefined) refuse(mount, "a mount of its type has no source");
    this.#unread();
  }

  /** What it takes from where nobody looks, or what Podman does without. */
  #unread(): void {
    const unit = this.#unit;
    for (const key of ["User", "Group", "DynamicUser"]) {
      const said = unit.last(key, "Service");
      if (said !== null)
        this.#gaps.push(unknown(said.at, `Podman does not support ${key} in [Service]`));
    }
    const module = unit.last("ContainersConfModule");
    if (module !== null)
      this.#gaps.push(unknown(module.at, `what ${module.text} sets for the engine is not read`));
  }

  #image(): Fact<string> {
    const said = this.#unit.last("Image");
    if (said === null) return ABSENT;
    if (!/\.(?:image|build)$/.test(said.text)) return this.#filled(said);
    const other = this.#units.beside(said.text);
    const image = other?.last(said.text.endsWith(".build") ? "ImageTag" : "Image") ?? null;
    return image === null
      ? unknown(said.at, `${said.text}, which says its image, is not beside it`)
      : this.#filled(image);
  }

  #user(): Fact<string> {
    const user = this.#text("User", "user");
    const group = this.#unit.last("Group");
    return user.state === "known" && group !== null && !user.value.includes(":")
      ? known(`${user.value}:${group.text}`, user.at)
      : user;
  }

  /** Containers of a pod have the network, the names and the users of the pod. */
  #host(): HostSharing {
    const unit = this.#units.pod ?? this.#unit;
    const of = (...options: readonly string[]): Fact<string> => {
      const said = unit.options(...options).at(-1);
      return said === undefined ? ABSENT : this.#filled(said);
    };
    const networks = [...unit.values("Network"), ...unit.options("network")];
    const namespaces = networks.map((said) => this.#network(said));
    const shared = namespaces.find((fact) => fact.state === "known" && fact.value);
    const maps = ["UIDMap", "SubUIDMap"].flatMap((key) => unit.values(key));
    const remap = unit.last("RemapUsers");
    const [map] = maps;
    const users = unit.last("UserNS") ?? unit.options("userns").at(-1) ?? null;
    return {
      network:
        shared ?? namespaces.find(({ state }) => state === "unknown") ?? namespaces[0] ?? ABSENT,
      pid: sharesHost(of("pid")),
      ipc: sharesHost(of("ipc")),
      uts: sharesHost(of("uts")),
      users:
        users !== null
          ? sharesUsers(this.#filled(users))
          : map !== undefined
            ? known(false, map.at)
            : remap === null
              ? ABSENT
              : known(false, remap.at),
    };
  }

  #network(said: Said): Fact<boolean> {
    const { text, at } = said;
    if (text.endsWith(".container"))
      return unknown(at, `it joins ${text}, which may have the host's own`);
    if (/\.network(?::|$)/.test(text) || !MODES.test(text)) {
      const fact = this.#filled(said);
      return fact.state === "known" ? sharesHost(fact) : fact;
    }
    return known(text === "host", at);
  }

  #securityOptions(): Fact<string>[] {
    const unit = this.#unit;
    const facts: Fact<string>[] = unit.options("security-opt").map((said) => this.#filled(said));
    const isOn = (key: string): Said | null => {
      const said = unit.last(key);
      return said !== null && /^(?:1|yes|true|on)$/i.test(said.text) ? said : null;
    };
    const add = (said: Said | null, word: string): void => {
      if (said !== null) facts.push(known(word, said.at));
    };
    const confined =
      isOn("NoNewPrivileges") === null ? "no-new-privileges:false" : "no-new-privileges";
    add(unit.last("NoNewPrivileges"), confined);
    add(isOn("SecurityLabelDisable"), "label=disable");
    add(isOn("SecurityLabelNested"), "label=nested");
    for (const [key, option] of LABELS) {
      const said = unit.last(key);
      if (said !== null) add(said, `${option}${said.text}`);
    }
    for (const said of unit.values("Unmask")) add(said, `unmask=${said.text}`);
    return facts;
  }

  /** The service's own limits hold for what is in it, too. */
  #limits(): Limits {
    const of = (key: string | null, option: string, service: string): Fact<string> => {
      const own = this.#text(key, option);
      if (own.state !== "absent") return own;
      const said = this.#unit.last(service, "Service");
      return said === null || /^infinity$/i.test(said.text) ? ABSENT : this.#filled(said);
    };
    const processes = of("PidsLimit", "pids-limit", "TasksMax");
    const isUnbounded = processes.state === "known" && /^(?:0|-1)$/.test(processes.value);
    return {
      memory: of("Memory", "memory", "MemoryMax"),
      cpu: of(null, "cpus", "CPUQuota"),
      processes:
        processes.state === "absent"
          ? known(PROCESSES, this.#unit.at)
          : isUnbounded
            ? ABSENT
            : processes,
    };
  }

  #published(): PublishedPort[] {
    const units = this.#units.pod === null ? [this.#unit] : [this.#unit, this.#units.pod];
    return units
      .flatMap((unit) => [...unit.values("PublishPort"), ...unit.options("publish")])
      .map((said) => shortPort(this.#filled(said), said.at));
  }

  #environment(): EnvironmentVariable[] {
    return [...this.#unit.words("Environment"), ...this.#unit.options("env")].map((said) => {
      const { text, at } = said;
      const equals = text.indexOf("=");
      if (equals === -1) return { name: text, at, value: ABSENT };
      const value = { text: text.slice(equals + 1), at };
      return { name: text.slice(0, equals), at, value: this.#filled(value) };
    });
  }

  #secrets(): Fact<string>[] {
    return [...this.#unit.values("Secret"), ...this.#unit.options("secret")]
      .filter(({ text }) => /(?:^|,)\s*type=env(?:,|$)/.test(text))
      .map(({ text, at }) => known(text.split(",", 1)[0] ?? "", at));
  }

  #volumes(): Volume[] {
    const unit = this.#unit;
    const { pod } = this.#units;
    const short = [
      ...unit.values("Volume"),
      ...unit.options("volume"),
      ...(pod === null ? [] : [...pod.values("Volume"), ...pod.options("volume")]),
    ];
    const devices = [...unit.words("AddDevice"), ...unit.options("device")];
    return [
      ...short.map((said) => this.#resolved(shortVolume(this.#filled(said), said.at))),
      ...[...unit.values("Mount"), ...unit.options("mount")].map((said) => this.#mount(said)),
      ...[...unit.values("Tmpfs"), ...unit.options("tmpfs")].map(({ text, at }) =>
        volumeOf("tmpfs", text, at),
      ),
      // A device that need not be there is written with a dash.
      ...devices.map(({ text, at }) =>
        deviceOf(this.#filled({ text: text.replace(/^-/, ""), at }), at),
      ),
    ];
  }

  /** `type=bind,source=/a,destination=/b,ro` */
  #mount(said: Said): Volume {
    const text = this.#filled({ ...said, text: said.text.replaceAll('"', "") });
    if (text.state !== "known")
      return volumeUnknown(
        text.state === "absent" ? unknown(said.at, "it says nothing") : text,
        said.at,
      );
    const { at } = text;
    const parts = new Map(
      text.value.split(",").map((part): [string, string] => {
        const [key = "", ...rest] = part.split("=");
        return [key, rest.length === 0 ? "true" : rest.join("=")];
      }),
    );
    const source = parts.get("source") ?? parts.get("src") ?? "";
    const isReadOnly = /^true$/.test(parts.get("ro") ?? parts.get("readonly") ?? "");
    const propagation = parts.get("bind-propagation");
    const mount: Partial<Mount> = {
      readOnly: isReadOnly ? known(true, at) : ABSENT,
      propagation: propagation === undefined ? ABSENT : known(propagation, at),
    };
    return this.#resolved(volumeOf(parts.get("type") ?? "volume", source, at, mount));
  }

  /** A volume's unit may bind a folder or a device of the host all the same. */
  #resolved(volume: Volume): Volume {
    if (!volume.name.endsWith(".volume")) return volume;
    const device = this.#units.beside(volume.name)?.last("Device") ?? null;
    if (device === null) return volume;
    const path = this.#filled(device);
    return path.state === "known"
      ? { ...volumeOf("bind", path.value, volume.at), mounts: volume.mounts }
      : { ...volume, type: known("hostPath", volume.at), hostPath: path };
  }

  /** A label says the same as the key. */
  #autoUpdate(): Fact<string> {
    const label = this.#unit
      .words("Label")
      .filter(({ text }) => text.startsWith("io.containers.autoupdate="))
      .map(({ text, at }) => ({ text: text.slice(text.indexOf("=") + 1), at }))
      .at(-1);
    const said = this.#unit.last("AutoUpdate") ?? label ?? null;
    return said === null ? ABSENT : this.#filled(said);
  }
}

const SOURCELESS = /^"?type=(?:image|artifact)\b(?!.*\b(?:source|src)=)/;

const LABELS = [
  ["SecurityLabelType", "label=type:"],
  ["SecurityLabelLevel", "label=level:"],
  ["SeccompProfile", "seccomp="],
  ["AppArmor", "apparmor="],
] as const satisfies readonly (readonly [string, string])[];
