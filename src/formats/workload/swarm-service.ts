// Services of Swarm in the normal form. A service is what a manager hands out to all nodes, and cannot be privileged.
// Source: Docker Engine API 1.48, ServiceCreate; the names of 28's Privileges.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import type { Limits, Workload } from "../../model/workload.ts";
import { mountsIn } from "./engine-inspect.ts";
import { spelt } from "./engine-names.ts";
import { engineWorkload, limitAt, NOTHING_MORE } from "./engine-options.ts";
import { pluginPrivileges } from "./engine-plugin.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  itemsAt,
  membersAt,
  nameAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textsAt,
} from "./facts.ts";

/** The names or ids of the networks that a service joins; the caller knows which of them is the host's. */
export function serviceNetworks(spec: unknown): string[] {
  return networksOf(partsOf(spec)).flatMap(({ target }) =>
    target.state === "known" ? target.value : [],
  );
}

/**
 * What a service runs.
 *
 * @param spec As `JSON.parse` gives it; may be anything.
 * @param hostNetworks Those of {@link serviceNetworks} that are the host's.
 */
export function readService(spec: unknown, hostNetworks: ReadonlySet<string>): Workload {
  const parts = partsOf(spec);
  const { top, container, plugin, gaps } = parts;
  if (plugin.value !== null)
    return pluginPrivileges(plugin.value["Privileges"], {
      kind: "service",
      name: nameAt(top, "Name"),
      image: textAt(plugin, "Remote"),
      at: plugin.at,
      gaps,
    });
  return engineWorkload({
    platform: "engine",
    evidence: "declared",
    kind: "service",
    name: nameAt(top, "Name"),
    at: "",
    image: textAt(container, "Image"),
    user: userOf(container),
    host: {
      network: hostNetwork(parts, hostNetworks),
      pid: ABSENT,
      ipc: ABSENT,
      uts: ABSENT,
      users: ABSENT,
    },
    ...NOTHING_MORE,
    readOnlyRoot: booleanAt(container, "ReadOnly"),
    limits: limitsOf(spelt(placeAt(parts.task, "Resources", gaps), gaps), gaps),
    privileged: known(false, ""),
    capabilitiesAdded: textsAt(container, "CapabilityAdd"),
    capabilitiesDropped: textsAt(container, "CapabilityDrop"),
    ...privilegesOf(spelt(placeAt(container, "Privileges", gaps), gaps), gaps),
    sysctls: membersAt(container, "Sysctls", gaps).map(({ name, at }) => known(name, at)),
    // A volume that has only a name is made on each node, and nobody here knows what it is there.
    volumes: mountsIn(container, gaps),
    environment: itemsAt(container, "Env", gaps).map((item, i) => {
      const [name = "", ...value] = (typeof item === "string" ? item : "").split("=");
      const at = `${container.at}/Env/${i}`;
      return { name, at, value: value.length === 0 ? ABSENT : known(value.join("="), at) };
    }),
    gaps,
  });
}

function limitsOf(resources: Place, gaps: Gaps): Limits {
  const limits = spelt(placeAt(resources, "Limits", gaps), gaps);
  return {
    memory: limitAt(limits, "MemoryBytes"),
    cpu: limitAt(limits, "NanoCPUs"),
    processes: limitAt(limits, "Pids"),
  };
}

interface Parts {
  readonly top: Place;
  readonly task: Place;
  readonly container: Place;
  readonly plugin: Place;
  readonly gaps: Gaps;
}

function partsOf(spec: unknown): Parts {
  const gaps: Gaps = [];
  if (!isPlain(spec)) gaps.push(unknown("", "it is no service"));
  const top = spelt({ value: isPlain(spec) ? spec : null, at: "" }, gaps);
  const task = spelt(placeAt(top, "TaskTemplate", gaps), gaps);
  const container = spelt(placeAt(task, "ContainerSpec", gaps), gaps);
  const plugin = spelt(placeAt(task, "PluginSpec", gaps), gaps);
  return { top, task, container, plugin, gaps };
}

function networksOf({ top, task, gaps }: Parts): { readonly target: Fact<string> }[] {
  return [task, top].flatMap((place) =>
    placesAt(place, "Networks", gaps).map((item) => ({
      target: textAt(spelt(item, gaps), "Target"),
    })),
  );
}

function hostNetwork(parts: Parts, hostNetworks: ReadonlySet<string>): Fact<boolean> {
  for (const { target } of networksOf(parts)) {
    if (target.state === "unknown") return target;
    if (target.state === "known" && hostNetworks.has(target.value)) return known(true, target.at);
  }
  return known(false, "");
}

/** An empty user is the image's. */
function userOf(container: Place): Fact<string> {
  const user = textAt(container, "User");
  return user.state === "known" && user.value === "" ? ABSENT : user;
}

/** The options of security, in the words in which a container has them. */
function privilegesOf(
  place: Place,
  gaps: Gaps,
): { readonly securityOptions: Fact<string>[]; readonly isUnmasked: boolean } {
  const securityOptions: Fact<string>[] = [];
  const add = (fact: Fact<string>, word: (value: string) => string | null): void => {
    const option = fact.state === "known" ? word(fact.value) : null;
    if (fact.state === "unknown") securityOptions.push(fact);
    else if (fact.state === "known" && option !== null)
      securityOptions.push(known(option, fact.at));
  };
  const within = (name: string): Place => spelt(placeAt(place, name, gaps), gaps);
  add(textAt(within("Seccomp"), "Mode"), (mode) =>
    mode === "" || mode === "default" ? null : `seccomp=${mode}`,
  );
  add(textAt(within("AppArmor"), "Mode"), (mode) =>
    mode === "disabled" ? "apparmor=unconfined" : null,
  );
  const label = within("SELinuxContext");
  const disabled = booleanAt(label, "Disable");
  if (disabled.state === "unknown") gaps.push(disabled);
  if (disabled.state === "known" && disabled.value)
    securityOptions.push(known("label=disable", disabled.at));
  for (const name of ["User", "Role", "Type", "Level"])
    add(textAt(label, name), (value) =>
      value === "" ? null : `label=${name.toLowerCase()}:${value}`,
    );
  const kept = booleanAt(place, "NoNewPrivileges");
  if (kept.state === "unknown") gaps.push(kept);
  if (kept.state === "known" && kept.value)
    securityOptions.push(known("no-new-privileges", kept.at));
  return { securityOptions, isUnmasked: false };
}
