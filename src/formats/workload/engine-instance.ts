// A container that an engine runs as one side of a pairing: how it is set up, what its image is, and whose service it says it is.
// Source: Docker Engine API 1.48, ContainerInspect and ImageInspect; the labels that Compose and Swarm give.
import { ABSENT, type Fact, known } from "../../kit/fact.ts";
import type { Instance, RunningImage } from "../../model/pairing.ts";
import type { Volume, Workload } from "../../model/workload.ts";
import { readEngine } from "./engine-inspect.ts";
import { usersOf } from "./engine-options.ts";
import { isPlain, type Plain } from "./facts.ts";

/** What an engine answers about one container and its image. */
export interface InspectedInstance {
  readonly name: string;
  /** `podman`, `docker`; absent where it does not matter. */
  readonly engine?: string;
  /** What `inspect` says of the container. */
  readonly document: unknown;
  /** The same of the image that it runs; null when that is gone. */
  readonly image: unknown;
  /** The same of the image that the name it was started by has now; null when there is none. */
  readonly named: unknown;
}

/** A container and the service that its labels say it is of. */
export interface LabelledInstance {
  readonly instance: Instance;
  /** null where no tool that reads files made it. */
  readonly service: LabelledService | null;
  /** The unit of systemd that Podman was started by, as Podman labels its container; null where it was none. */
  readonly unit: string | null;
}

export interface LabelledService {
  readonly project: string;
  readonly name: string;
  /** The files that it was made from, as the tool had them. */
  readonly files: readonly string[];
}

/** null when the document is of no container, or one that somebody runs once beside the service. */
export function engineInstance(inspected: InspectedInstance): LabelledInstance | null {
  const { name, engine, document, image, named } = inspected;
  const [workload] = readEngine(document);
  if (workload === undefined || !isPlain(document)) return null;
  const config = isPlain(document["Config"]) ? document["Config"] : {};
  const labels = isPlain(config["Labels"]) ? config["Labels"] : {};
  if (/^true$/i.test(textIn(labels, "com.docker.compose.oneoff"))) return null;
  // What keeps the namespaces of a pod runs nothing of anybody's.
  if (PAUSE.test(textIn(config, "Image"))) return null;
  const running: Workload = {
    ...workload,
    evidence: "running",
    volumes: workload.volumes.filter((volume) => !isSecret(volume, document)),
  };
  const [container] = running.containers;
  const images = new Map([[container?.name ?? "", imageOf(document, image, named)]]);
  const unit = textIn(labels, "PODMAN_SYSTEMD_UNIT");
  return {
    instance: { name, workload: running, images, hasResolvedCapabilities: engine === "podman" },
    service: serviceOf(labels),
    unit: unit === "" ? null : unit,
  };
}

/** Podman builds one for itself, or is told another one. */
const PAUSE = /^localhost\/podman-pause:|(?:^|\/)pause(?::|@|$)/;

/** Compose mounts its secrets as files, and declares them elsewhere than the volumes. */
function isSecret({ at }: Volume, document: Plain): boolean {
  const index = /^\/Mounts\/(\d+)$/.exec(at)?.[1];
  const mounts = document["Mounts"];
  if (index === undefined || !Array.isArray(mounts)) return false;
  const mount: unknown = mounts[Number(index)];
  return isPlain(mount) && textIn(mount, "Destination").startsWith("/run/secrets/");
}

function serviceOf(labels: Plain): LabelledService | null {
  for (const prefix of ["com.docker.compose", "io.podman.compose"]) {
    const name = textIn(labels, `${prefix}.service`);
    if (name === "") continue;
    const files = textIn(labels, "com.docker.compose.project.config_files");
    return {
      project: textIn(labels, `${prefix}.project`),
      name,
      files: files === "" ? [] : files.split(","),
    };
  }
  const service = textIn(labels, "com.docker.swarm.service.name");
  const stack = textIn(labels, "com.docker.stack.namespace");
  return stack !== "" && service.startsWith(`${stack}_`)
    ? { project: stack, name: service.slice(stack.length + 1), files: [] }
    : null;
}

function imageOf(document: Plain, image: unknown, named: unknown): RunningImage {
  const inspected = isPlain(image) ? image : null;
  const id = prefixed(textIn(document, "Image"));
  const nameHas = isPlain(named) ? prefixed(textIn(named, "Id")) : "";
  return {
    id: id === "" ? null : id,
    digests: textsIn(inspected?.["RepoDigests"]).flatMap((name) => name.split("@")[1] ?? []),
    nameHas: nameHas === "" ? ABSENT : known(nameHas, ""),
    registryHas: ABSENT,
    settings: inspected === null ? null : settingsOf(inspected),
  };
}

function settingsOf(image: Plain): RunningImage["settings"] {
  const config = isPlain(image["Config"]) ? image["Config"] : {};
  const variables = textsIn(config["Env"]).map((line) => line.split("=", 1)[0] ?? "");
  const user: Fact<number> = usersOf(known(textIn(config, "User"), "")).runAsUser;
  return { user, variables };
}

/** Podman leaves the algorithm out. */
function prefixed(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? `sha256:${id}` : id;
}

function textIn(place: Plain, name: string): string {
  const value = Object.hasOwn(place, name) ? place[name] : undefined;
  return typeof value === "string" ? value : "";
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
