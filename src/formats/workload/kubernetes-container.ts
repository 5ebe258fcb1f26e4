// A container of a pod, and the settings that pod and container have alike.
import { ABSENT, type Fact, known } from "../../kit/fact.ts";
import type {
  Container,
  ContainerKind,
  ContainerSecurity,
  EnvironmentVariable,
  Limits,
  NamedPort,
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
  const ports = placesAt(place, "ports", gaps);
  const variables = placesAt(place, "env", gaps);
  return {
    kind,
    name: nameAt(place, "name"),
    at: place.at,
    image: textAt(place, "image"),
    pullPolicy: textAt(place, "imagePullPolicy"),
    command: [...wordsAt(place, "command"), ...wordsAt(place, "args")],
    limits: limitsAt(place, gaps),
    security: containerSecurity(placeAt(place, "securityContext", gaps), gaps),
    hostPorts: ports.map((port) => numberAt(port, "hostPort")).filter(isWritten),
    ports: ports.map((port) => numberAt(port, "containerPort")).filter(isWritten),
    ...namedPortsOf(ports),
    published: [],
    handlerHosts: handlerHosts(place, gaps),
    environment: variables.map(variable),
    environmentFiles: placesAt(place, "envFrom", gaps).map(({ at }) => at),
    secretsInEnvironment: secretsIn(variables, placesAt(place, "envFrom", gaps), gaps),
    buildArguments: [],
  };
}

/** Most containers name none, and nothing is kept for them. */
function namedPortsOf(
  ports: readonly Place[],
): { readonly namedPorts: readonly NamedPort[] } | Record<string, never> {
  const namedPorts = ports.flatMap((place): NamedPort[] => {
    const name = nameAt(place, "name");
    const port = place.value?.["containerPort"];
    if (name === "" || typeof port !== "number") return [];
    return [{ name, protocol: nameAt(place, "protocol") || "TCP", port }];
  });
  return namedPorts.length === 0 ? NO_NAMED_PORTS : { namedPorts };
}

const NO_NAMED_PORTS: Record<string, never> = {};

/** Words of a command may hold anything, templates too: they are taken as they are written. */
function wordsAt({ value, at }: Place, name: string): Fact<string>[] {
  const words = value?.[name];
  if (!Array.isArray(words)) return [];
  return words.map((word: unknown, i) => known(String(word), `${at}/${name}/${i}`));
}

function limitsAt(container: Place, gaps: Gaps): Limits {
  const resources = placeAt(container, "resources", gaps);
  if (resources.value === null) return NO_LIMITS;
  const limits = placeAt(resources, "limits", gaps);
  return {
    memory: quantityAt(limits, "memory"),
    cpu: quantityAt(limits, "cpu"),
    processes: ABSENT,
  };
}

const NO_LIMITS: Limits = { memory: ABSENT, cpu: ABSENT, processes: ABSENT };

function quantityAt(limits: Place, name: string): Fact<string> {
  const found = limits.value?.[name];
  return typeof found === "number"
    ? known(String(found), `${limits.at}/${name}`)
    : textAt(limits, name);
}

function secretsIn(
  variables: readonly Place[],
  sources: readonly Place[],
  gaps: Gaps,
): Fact<string>[] {
  if (variables.length + sources.length === 0) return [];
  const references = [
    ...variables.map((place) => placeAt(placeAt(place, "valueFrom", gaps), "secretKeyRef", gaps)),
    ...sources.map((place) => placeAt(place, "secretRef", gaps)),
  ];
  return references
    .filter(({ value }) => value !== null)
    .map((reference) => {
      const name = textAt(reference, "name");
      return name.state === "absent" ? known("", reference.at) : name;
    });
}

/** The settings that pods and containers share. */
export function securityAt(context: Place, gaps: Gaps): Security {
  if (context.value === null) return NO_SECURITY;
  const seLinux = placeAt(context, "seLinuxOptions", gaps);
  return {
    runAsNonRoot: booleanAt(context, "runAsNonRoot"),
    runAsUser: numberAt(context, "runAsUser"),
    runAsGroup: numberAt(context, "runAsGroup"),
    seccomp: textAt(placeAt(context, "seccompProfile", gaps), "type"),
    appArmor: textAt(placeAt(context, "appArmorProfile", gaps), "type"),
    seLinux:
      seLinux.value === null
        ? NO_SECURITY.seLinux
        : {
            type: textAt(seLinux, "type"),
            user: textAt(seLinux, "user"),
            role: textAt(seLinux, "role"),
            level: textAt(seLinux, "level"),
          },
    hostProcess: booleanAt(placeAt(context, "windowsOptions", gaps), "hostProcess"),
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

const NO_CONTAINER_SECURITY: ContainerSecurity = {
  ...NO_SECURITY,
  privileged: ABSENT,
  allowPrivilegeEscalation: ABSENT,
  readOnlyRoot: ABSENT,
  capabilitiesAdded: [],
  capabilitiesDropped: [],
  procMount: ABSENT,
};

function containerSecurity(context: Place, gaps: Gaps): ContainerSecurity {
  if (context.value === null) return NO_CONTAINER_SECURITY;
  const capabilities = placeAt(context, "capabilities", gaps);
  return {
    privileged: booleanAt(context, "privileged"),
    allowPrivilegeEscalation: booleanAt(context, "allowPrivilegeEscalation"),
    readOnlyRoot: booleanAt(context, "readOnlyRootFilesystem"),
    capabilitiesAdded: textsAt(capabilities, "add"),
    capabilitiesDropped: textsAt(capabilities, "drop"),
    procMount: textAt(context, "procMount"),
    ...securityAt(context, gaps),
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
