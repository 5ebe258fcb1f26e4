// A container of a pod, and the settings that pod and container have alike.
import { ABSENT, type Fact } from "../../kit/fact.ts";
import type {
  Container,
  ContainerKind,
  ContainerSecurity,
  EnvironmentVariable,
  Security,
} from "../../model/workload.ts";
import {
  booleanAt,
  type Gaps,
  nameAt,
  numberAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textsAt,
} from "./facts.ts";

/** Reads a container; what cannot be understood is a gap or an unknown fact. */
export function readContainer(kind: ContainerKind, place: Place, gaps: Gaps): Container {
  return {
    kind,
    name: nameAt(place, "name"),
    at: place.at,
    image: textAt(place, "image"),
    security: containerSecurity(placeAt(place, "securityContext", gaps), gaps),
    hostPorts: placesAt(place, "ports", gaps)
      .map((port) => numberAt(port, "hostPort"))
      .filter(isWritten),
    handlerHosts: handlerHosts(place, gaps),
    environment: placesAt(place, "env", gaps).map(variable),
  };
}

/** The settings that pods and containers share. */
export function securityAt(context: Place, gaps: Gaps): Security {
  if (context.value === null) return NO_SECURITY;
  const seLinux = placeAt(context, "seLinuxOptions", gaps);
  return {
    runAsNonRoot: booleanAt(context, "runAsNonRoot"),
    runAsUser: numberAt(context, "runAsUser"),
    seccomp: textAt(placeAt(context, "seccompProfile", gaps), "type"),
    appArmor: textAt(placeAt(context, "appArmorProfile", gaps), "type"),
    seLinux:
      seLinux.value === null
        ? NO_SECURITY.seLinux
        : {
            type: textAt(seLinux, "type"),
            user: textAt(seLinux, "user"),
            role: textAt(seLinux, "role"),
          },
    hostProcess: booleanAt(placeAt(context, "windowsOptions", gaps), "hostProcess"),
  };
}

const NO_SECURITY: Security = {
  runAsNonRoot: ABSENT,
  runAsUser: ABSENT,
  seccomp: ABSENT,
  appArmor: ABSENT,
  seLinux: { type: ABSENT, user: ABSENT, role: ABSENT },
  hostProcess: ABSENT,
};

const NO_CONTAINER_SECURITY: ContainerSecurity = {
  ...NO_SECURITY,
  privileged: ABSENT,
  allowPrivilegeEscalation: ABSENT,
  capabilitiesAdded: [],
  capabilitiesDropped: [],
  procMount: ABSENT,
};

function containerSecurity(context: Place, gaps: Gaps): ContainerSecurity {
  if (context.value === null) return NO_CONTAINER_SECURITY;
  const capabilities = placeAt(context, "capabilities", gaps);
  return {
    ...securityAt(context, gaps),
    privileged: booleanAt(context, "privileged"),
    allowPrivilegeEscalation: booleanAt(context, "allowPrivilegeEscalation"),
    capabilitiesAdded: textsAt(capabilities, "add"),
    capabilitiesDropped: textsAt(capabilities, "drop"),
    procMount: textAt(context, "procMount"),
  };
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
const HOOKS = ["postStart", "preStop"] as const;
const HANDLERS = ["httpGet", "tcpSocket"] as const;

function handlerHosts(container: Place, gaps: Gaps): Fact<string>[] {
  const hosts: Fact<string>[] = [];
  const look = (holder: Place): void => {
    if (holder.value === null) return;
    for (const name of HANDLERS) {
      const host = textAt(placeAt(holder, name, gaps), "host");
      if (isWritten(host)) hosts.push(host);
    }
  };
  for (const name of PROBES) look(placeAt(container, name, gaps));
  const lifecycle = placeAt(container, "lifecycle", gaps);
  if (lifecycle.value !== null) for (const name of HOOKS) look(placeAt(lifecycle, name, gaps));
  return hosts;
}

function isWritten(fact: Fact<unknown>): boolean {
  return fact.state !== "absent";
}

/** A value may hold anything, templates too: it is taken as it is written. */
function variable(place: Place): EnvironmentVariable {
  const value = place.value?.["value"];
  const fact: Fact<string> =
    typeof value === "string"
      ? { state: "known", value, at: `${place.at}/value` }
      : textAt(place, "value");
  return { name: nameAt(place, "name"), value: fact, at: place.at };
}
