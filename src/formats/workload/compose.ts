// The services of a Compose file in the normal form.
// Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { EnvironmentVariable, Volume, Workload } from "../../model/workload.ts";
import { interpolated } from "../interpolation.ts";
import {
  deviceOf,
  engineWorkload,
  pathOfHost,
  sharesHost,
  sharesUsers,
  shortVolume,
  volumeOf,
} from "./engine-options.ts";
import { type Gaps, isPlain, itemsAt, kindOf, membersAt, type Place } from "./facts.ts";

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
  return membersAt(top, "services", [])
    .slice(0, SERVICES_MAX)
    .map(({ name, value, at }) => {
      const gaps: Gaps = [];
      if (!isPlain(value)) gaps.push(unknown(at, `the service is ${kindOf(value)}, not a mapping`));
      const place = { value: isPlain(value) ? value : null, at };
      return new Reader({ place, variables, managed, gaps }).workload(name);
    });
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
  readonly place: Place;
  readonly variables: Variables;
  readonly managed: ReadonlyMap<string, string>;
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
      gaps,
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
  #pairs(name: string): WrittenVariable[] {
    const { place, gaps } = this.#source;
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
    if (type.state !== "known") return { name: "", at, type, hostPath: type };
    if (source.state !== "known") {
      const { hostPath } = volumeOf(type.value, "", at);
      return {
        name: "",
        at,
        type: volumeOf(type.value, "", at).type,
        hostPath: hostPath.state === "known" ? source : ABSENT,
      };
    }
    return volumeOf(type.value, source.value, at);
  }

  #resolved(volume: Volume): Volume {
    const device = this.#source.managed.get(volume.name);
    if (device === undefined) return volume;
    const path = this.#replaced(device, volume.at, "the volume's device");
    return path.state === "known"
      ? volumeOf("bind", path.value, volume.at)
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
