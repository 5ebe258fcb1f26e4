// config.json of an OCI bundle, which every runtime writes before it calls runc: annotations say whose container it is.
// @see OCI runtime specification 1.2, config.md; containerd pkg/cri/annotations, CRI-O pkg/annotations, podman libpod/define
import { stableId } from "../../kit/stable-id.ts";
import type { ContainerMount, ContainerSeccomp } from "../../model/container.ts";
import { type JsonObject, list, member, object, objects, text, texts } from "../json-object.ts";
import { seccompRulesOf } from "../seccomp-stage.ts";
import { jsonOf, textsOf } from "./json-file.ts";

export interface OciBundle {
  readonly annotations: Readonly<Record<string, string>>;
  /** Bind mounts only: what every container has (proc, devices) tells nothing. */
  readonly mounts: readonly ContainerMount[];
  /** All devices are allowed and no path is masked: what `privileged` means to every runtime. */
  readonly isPrivileged: boolean;
  /** null where no profile is in force. */
  readonly seccomp: ContainerSeccomp | null;
}

/** @returns null for what is no such file. */
export function readBundle(bytes: Uint8Array): OciBundle | null {
  const top = jsonOf(bytes);
  if (text(top, "ociVersion") === "") return null;
  const linux = object(top, "linux");
  return {
    annotations: textsOf(object(top, "annotations")),
    mounts: mountsOf(top),
    isPrivileged: allowsAllDevices(linux) && list(linux, "maskedPaths").length === 0,
    seccomp: seccompOf(object(linux, "seccomp")),
  };
}

function seccompOf(profile: JsonObject | null): ContainerSeccomp | null {
  const rules = seccompRulesOf(profile);
  return rules === null
    ? null
    : { defaultAction: rules.defaultAction, allowed: stableId(rules.allowed) };
}

const MOUNTS_MAX = 1000;

function mountsOf(top: JsonObject | null): ContainerMount[] {
  return objects(top, "mounts")
    .slice(0, MOUNTS_MAX)
    .flatMap((mount) => {
      const options = texts(mount, "options");
      const isBind = options.includes("rbind") || options.includes("bind");
      const destination = text(mount, "destination");
      if (!isBind || destination === "") return [];
      return [{ destination, source: text(mount, "source"), isWritable: !options.includes("ro") }];
    });
}

/** A rule without a kind of device, number or major is one for all. */
function allowsAllDevices(linux: JsonObject | null): boolean {
  return objects(object(linux, "resources"), "devices").some(
    (rule) =>
      member(rule, "allow") === true &&
      text(rule, "access") === "rwm" &&
      ["", "a"].includes(text(rule, "type")) &&
      isAny(member(rule, "major")) &&
      isAny(member(rule, "minor")),
  );
}

function isAny(number: unknown): boolean {
  return number === undefined || number === null || number === -1;
}
