// Fields of the container and its pod: `container.*`, `k8s.*`.
import type {
  Container,
  ContainerImage,
  ContainerMount,
  ContainerPod,
} from "../../../model/container.ts";
import type { SensorEvent } from "../../../model/event.ts";
import type { Field } from "../contract.ts";
import { flag, indexOf, keyed, number, text } from "../field.ts";
import { fileNamePattern } from "../fnmatch.ts";

type F = Field<SensorEvent>;

const SHORT_ID = 12;

/** Made once for each container, as nearly all rules ask for it. */
const shortIds = new WeakMap<Container, string>();

/** `host`, or the beginning of the container's id. */
export function containerIdOf({ process: { container } }: SensorEvent): string {
  if (container === null) return "host";
  let id = shortIds.get(container);
  if (id === undefined) {
    id = container.id.slice(0, SHORT_ID);
    shortIds.set(container, id);
  }
  return id;
}

function of<V>(
  read: (container: Container) => V | null,
  onHost: V | null = null,
): (event: SensorEvent) => V | null {
  return ({ process: { container } }) => (container === null ? onHost : read(container));
}

function ofImage(
  read: (image: ContainerImage) => string | null,
): (event: SensorEvent) => string | null {
  return of(({ image }) => (image === null ? null : read(image)));
}

function ofPod(read: (pod: ContainerPod) => string | null): (event: SensorEvent) => string | null {
  return of(({ pod }) => (pod === null ? null : read(pod)));
}

function listOf(labels: Readonly<Record<string, string>>): string | null {
  const all = Object.entries(labels).map(([name, value]) => `${name}:${value}`);
  return all.length === 0 ? null : all.join(",");
}

function labelOf(labels: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(labels, name) ? (labels[name] ?? null) : null;
}

function shortDigest(digest: string | null): string | null {
  return digest === null ? null : digest.replace(/^sha256:/, "").slice(0, SHORT_ID);
}

function eventTime({ seconds, nanoseconds }: SensorEvent): number {
  return seconds * 1e9 + nanoseconds;
}

function infoOf(event: SensorEvent): string {
  const { container } = event.process;
  return `container_id=${containerIdOf(event)} container_name=${container === null ? "host" : (container.name ?? "<NA>")}`;
}

/** Something of one mount, which is named by its number or by a pattern of one of its ends. */
function mountField(end: "source" | "destination", read: (mount: ContainerMount) => string): F {
  return keyed(
    (argument) => {
      const index = indexOf(argument);
      const fits = fileNamePattern(argument, false);
      return of(({ mounts }) => {
        const found = index === null ? mounts?.find((mount) => fits(mount[end])) : mounts?.[index];
        return found === undefined ? null : read(found);
      });
    },
    { expects: "the number or a path of a mount", cost: 4 },
  );
}

const LABEL = { expects: "the name of a label", cost: 2 };

/** Of containers and pods. */
export function containerFields(): ReadonlyMap<string, F> {
  return new Map<string, F>([
    ["container.id", text(containerIdOf)],
    ["container.full_id", text(of((one) => one.id, "host"))],
    ["container.name", text(of((one) => one.name, "host"))],
    ["container.type", text(of((one) => (one.engine === "unknown" ? null : one.engine), "host"))],
    ["container.image", text(ofImage((image) => image.reference))],
    ["container.image.id", text(ofImage((image) => shortDigest(image.id)))],
    ["container.image.repository", text(ofImage((image) => image.repository))],
    ["container.image.tag", text(ofImage((image) => image.tag))],
    ["container.image.digest", text(ofImage((image) => image.digest))],
    [
      "container.info",
      text(infoOf, {
        place: "output",
        caution: {
          message: "is deprecated: name the fields of the container",
          isOfConditions: false,
        },
      }),
    ],
    ["container.privileged", flag(of((one) => one.isPrivileged))],
    ["container.mount.source", mountField("destination", (mount) => mount.source)],
    ["container.mount.dest", mountField("source", (mount) => mount.destination)],
    ["container.mount.rdwr", mountField("source", (mount) => String(mount.isWritable))],
    [
      "container.start_ts",
      number(of((one) => (one.startedAt === null ? null : one.startedAt * 1e6))),
    ],
    [
      "container.duration",
      number((event) => {
        const startedAt = event.process.container?.startedAt ?? null;
        return startedAt === null ? null : Math.max(0, eventTime(event) - startedAt * 1e6);
      }),
    ],
    ["container.label", keyed((name) => of((one) => labelOf(one.labels, name)), LABEL)],
    [
      "container.labels",
      text(
        of((one) => listOf(one.labels)),
        { cost: 5 },
      ),
    ],
    ["k8s.pod.name", text(ofPod((pod) => pod.name))],
    ["k8s.ns.name", text(ofPod((pod) => pod.namespace))],
    ["k8s.pod.uid", text(ofPod((pod) => pod.uid))],
    ["k8s.pod.id", text(ofPod((pod) => pod.uid))],
    ["k8s.pod.label", keyed((name) => ofPod((pod) => labelOf(pod.labels, name)), LABEL)],
    [
      "k8s.pod.labels",
      text(
        ofPod((pod) => listOf(pod.labels)),
        { cost: 5 },
      ),
    ],
  ]);
}
