// Whose container a bundle is: the annotations of containerd, CRI-O, Podman and nerdctl, in one form.
import { utf8Bytes } from "../../kit/text.ts";
import type { Container, ContainerPod } from "../../model/container.ts";
import { imageId, imageName } from "./image-name.ts";
import { jsonOf, textsOf } from "./json-file.ts";
import type { OciBundle } from "./oci-bundle.ts";

/** What a bundle tells of its container; what it does not, other files may. */
export interface BundleContainer {
  readonly engine: Container["engine"];
  readonly name: string | null;
  /** As it was named; `""` where the bundle does not say. */
  readonly imageReference: string;
  readonly imageDigest: string | null;
  readonly imageId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: ContainerPod | null;
  readonly isPrivileged: boolean;
  /** The container that holds the pod's namespaces, whose bundle has the labels of the pod; null where there is none. */
  readonly sandboxId: string | null;
}

const CRI = "io.kubernetes.cri.";
const CRIO = "io.kubernetes.cri-o.";

/** Reads annotations. */
export function bundleContainer(bundle: OciBundle): BundleContainer {
  const { annotations } = bundle;
  // Podman writes CRI-O's words too, for what they share.
  if (annotations["io.container.manager"] === "libpod") return ofPodman(bundle);
  if (`${CRIO}ContainerType` in annotations) return ofCrio(bundle);
  return ofContainerd(bundle);
}

function ofPodman({ annotations, isPrivileged }: OciBundle): BundleContainer {
  const written = annotations["io.podman.annotations.privileged"];
  return {
    engine: "podman",
    name: null,
    imageReference: "",
    imageDigest: null,
    imageId: null,
    labels: {},
    pod: null,
    isPrivileged: written === undefined ? isPrivileged : written === "TRUE",
    sandboxId: null,
  };
}

function ofCrio({ annotations, isPrivileged }: OciBundle): BundleContainer {
  const of = (word: string): string => annotations[`${CRIO}${word}`] ?? "";
  const labels = inside(of("Labels"));
  const isSandbox = of("ContainerType") === "sandbox";
  const name = labels["io.kubernetes.container.name"] ?? "";
  const image = of("ImageName") === "" ? of("Image") : of("ImageName");
  // `ImageRef` is a name with a digest, or an id, by the version of CRI-O.
  const reference = of("ImageRef");
  const [repository = ""] = of("ImageRepoDigests").split(",");
  return {
    engine: "cri-o",
    name: isSandbox || name === "" ? orNull(of("Name")) : name,
    imageReference: image,
    imageDigest:
      imageName(repository)?.digest ??
      imageName(reference)?.digest ??
      imageName(image)?.digest ??
      null,
    imageId: imageId(reference) ?? imageId(of("Image")),
    labels,
    pod: podOf({
      name: labels["io.kubernetes.pod.name"] ?? of("KubeName"),
      namespace: labels["io.kubernetes.pod.namespace"] ?? of("Namespace"),
      uid: labels["io.kubernetes.pod.uid"] ?? "",
      labels: isSandbox ? labels : {},
    }),
    isPrivileged: isPrivileged || of("PrivilegedRuntime") === "true",
    sandboxId: isSandbox ? null : orNull(of("SandboxID")),
  };
}

function ofContainerd({ annotations, isPrivileged }: OciBundle): BundleContainer {
  const of = (word: string): string => annotations[`${CRI}${word}`] ?? "";
  const image = of("image-name");
  const name = of("container-type") === "sandbox" ? of("sandbox-name") : of("container-name");
  return {
    engine: "containerd",
    name: orNull(name === "" ? (annotations["nerdctl/name"] ?? "") : name),
    imageReference: image,
    imageDigest: imageName(of("image-ref"))?.digest ?? imageName(image)?.digest ?? null,
    imageId: null,
    labels: ofNerdctl(annotations),
    pod: podOf({
      name: of("sandbox-name"),
      namespace: of("sandbox-namespace"),
      uid: of("sandbox-uid"),
      labels: {},
    }),
    isPrivileged,
    sandboxId: null,
  };
}

/** nerdctl copies all labels into annotations, its own among them; those of runtimes are none of the user's. */
function ofNerdctl(
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!("nerdctl/name" in annotations)) return {};
  const own = Object.entries(annotations).filter(([name]) => !/^(?:nerdctl\/|io\.)/.test(name));
  return textsOf(Object.fromEntries(own));
}

function podOf(pod: {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
}): ContainerPod | null {
  return pod.name === "" ? null : { ...pod, uid: orNull(pod.uid) };
}

/** An annotation that holds an object of texts, as JSON. */
function inside(written: string): Readonly<Record<string, string>> {
  return written === "" ? {} : textsOf(jsonOf(utf8Bytes(written)));
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
