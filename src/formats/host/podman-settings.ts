// Podman's settings, weakest first. Sources: containers.conf(5), containers-registries.conf(5), containers-policy.json(5).
import { type Fact, known, unknown } from "../../kit/fact.ts";
import type { Podman } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { DocumentMap } from "../document.ts";
import { readJsonDocument } from "../json-document.ts";
import { readTomlDocument } from "../toml-document.ts";
import { rangesOf } from "./accounts.ts";
import { podmanPeople } from "./podman-people.ts";
import { contentOf, namesIn, pointerInFile, pointerToFile, seenFile } from "./record-file.ts";
import { plainOf, settingsOf } from "./settings-file.ts";

export const PODMAN_PROGRAMS: readonly string[] = ["/usr/bin/podman", "/usr/local/bin/podman"];
export const CONTAINERS_CONF: readonly string[] = [
  "/usr/share/containers/containers.conf",
  "/etc/containers/containers.conf",
];
export const REGISTRIES_CONF = "/etc/containers/registries.conf";
export const POLICY = "/etc/containers/policy.json";

/** null where there is no Podman. */
export function podmanOf(record: HostRecord): Podman | null {
  if (!PODMAN_PROGRAMS.some((path) => seenFile(record, path) !== null)) return null;
  const reading = { read: readTomlDocument, depth: 2 };
  return {
    containers: settingsOf(
      record,
      CONTAINERS_CONF.flatMap((path) => [path, ...partsOf(record, path)]),
      reading,
    ),
    registries: settingsOf(record, [REGISTRIES_CONF, ...partsOf(record, REGISTRIES_CONF)], reading),
    policy: policyOf(record),
    ranges: rangesOf(record),
    people: podmanPeople(record),
  };
}

/** Files of the folder of drop-ins, in their order. */
function partsOf(record: HostRecord, path: string): string[] {
  return namesIn(record, `${path}.d`)
    .filter((name) => name.endsWith(".conf"))
    .map((name) => `${path}.d/${name}`);
}

function policyOf(record: HostRecord): Fact<{ readonly [name: string]: unknown }> {
  const content = contentOf(record, POLICY);
  if (content.state !== "known") return content;
  const { value, damage } = readJsonDocument(content.value);
  return value instanceof DocumentMap
    ? known(
        plainOf(value) as { readonly [name: string]: unknown },
        pointerInFile(POLICY, "default"),
      )
    : unknown(pointerToFile(POLICY), `${POLICY} cannot be read: ${damage ?? "it is no object"}`);
}
