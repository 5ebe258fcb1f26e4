// How a container that runs differs from what declares it: each difference with the place where it is declared.
import { AppError } from "../../../kit/error.ts";
import { ABSENT, effective, type Fact, type Unknown } from "../../../kit/fact.ts";
import { firstOf } from "../../../kit/phrase.ts";
import type { Instance, RunningImage } from "../../../model/pairing.ts";
import { familiarReference, parseReference } from "../../../model/reference.ts";
import type { Container, ContainerSecurity, Volume, Workload } from "../../../model/workload.ts";
import { capabilityDifferences } from "./capabilities.ts";
import { isNamed, isSameVolume, isWritable, volumeText } from "./mounted.ts";
import { isMeant, type Published, portText, publishedOf } from "./ports.ts";
import { bytesOf, bytesText, processorsOf } from "./quantities.ts";
import { CONTAINER_SETTINGS, WORKLOAD_SETTINGS } from "./settings.data.ts";

/** The kinds of difference, which are not equally bad. */
export type Aspect =
  | "image"
  | "privileges"
  | "user"
  | "mounts"
  | "ports"
  | "environment"
  | "limits"
  | "command"
  | "containers"
  | "injected";

/** A difference, or the reason why there may be one. */
export type Difference =
  | {
      readonly kind: "difference";
      readonly at: string;
      readonly container: string | null;
      readonly aspect: Aspect;
      readonly state: string;
      readonly value?: string;
    }
  | { readonly kind: "untold"; readonly at: string; readonly aspect: Aspect; readonly why: string };

/** Everything in which an instance differs. What is not declared and has its default is no difference. */
export function differencesOf(declared: Workload, instance: Instance): Difference[] {
  const running = instance.workload;
  const ofPod = new Differences(declared.at, null);
  for (const { what, of, default: usual } of WORKLOAD_SETTINGS)
    ofPod.setting("privileges", what, { declared: of(declared), running: of(running), usual });
  ofPod.mounts(declared, running);
  const all = [...ofPod.all];
  const isAlone = declared.platform !== "kubernetes";
  for (const container of declared.containers) {
    const other = isAlone
      ? running.containers[0]
      : running.containers.find(({ name }) => name === container.name);
    const own = new Differences(container.at, container.name);
    if (other === undefined) own.say("containers", container.at, "it is declared and does not run");
    else own.container({ declared, container, running, other, instance });
    all.push(...own.all);
  }
  if (isAlone) return all;
  return [...all, ...undeclaredContainers(declared, instance)];
}

/** What the object has besides, and what something put into its pods on the way. */
function undeclaredContainers(declared: Workload, { workload, images }: Instance): Difference[] {
  const names = new Set(declared.containers.map(({ name }) => name));
  const own = workload.containers.map(({ name }) => name);
  const { podAt } = declared;
  const differences = new Differences(podAt, null);
  for (const name of own)
    if (!names.has(name))
      differences.say("containers", podAt, `container ${name} runs and is not declared`);
  for (const name of images.keys())
    if (!names.has(name) && !own.includes(name) && !MESH_CONTAINERS.has(name))
      differences.say(
        "injected",
        podAt,
        `container ${name} was put into its pods and is not in it`,
      );
  return differences.all;
}

/** What service meshes, and keepers of secrets, put into pods as they are made. */
const MESH_CONTAINERS: ReadonlySet<string> = new Set([
  ...["istio-proxy", "istio-init", "istio-validation", "linkerd-proxy", "linkerd-init"],
  ...["linkerd-network-validator", "consul-dataplane", "consul-connect-inject-init", "daprd"],
  ...["vault-agent", "vault-agent-init", "kuma-sidecar", "kuma-init", "aws-xray-daemon"],
]);

/** Names that engines add to every environment, or that images always have. */
const USUAL_VARIABLES = ["PATH", "HOME", "HOSTNAME", "TERM", "container"];

interface Sides<T> {
  readonly declared: Fact<T>;
  readonly running: Fact<T>;
  readonly usual: string;
  /** Makes texts that mean the same the same. */
  readonly as?: (text: string, at: string) => string;
  /** How people would write what runs. */
  readonly shown?: (text: string) => string;
}

interface Both {
  readonly declared: Workload;
  readonly container: Container;
  readonly running: Workload;
  readonly other: Container;
  readonly instance: Instance;
}

class Differences {
  readonly all: Difference[] = [];
  readonly #at: string;
  readonly #container: string | null;

  constructor(at: string, container: string | null) {
    this.#at = at;
    this.#container = container;
  }

  say(aspect: Aspect, at: string, state: string, value?: string): void {
    const more = value === undefined ? {} : { value };
    this.all.push({ kind: "difference", at, container: this.#container, aspect, state, ...more });
  }

  container(both: Both): void {
    const { declared, container, running, other, instance } = both;
    const image = instance.images.get(other.name);
    this.#image(container, other, image);
    for (const { what, of, default: usual } of CONTAINER_SETTINGS)
      this.setting("privileges", what, { declared: of(container), running: of(other), usual });
    this.#user(both, image);
    if (instance.hasResolvedCapabilities === true) this.#resolved(container, other);
    else this.#capabilities(container.security, other.security);
    this.#limits(container, other, declared.platform === "kubernetes");
    const { network } = running.host;
    this.#ports(container, other, network.state === "known" && network.value);
    this.#environment(container, other, image);
    if (running.platform === "kubernetes") this.#command(container, other);
  }

  #capabilities(declared: ContainerSecurity, running: ContainerSecurity): void {
    this.#names("privileges", "added capability", {
      declared: declared.capabilitiesAdded,
      running: running.capabilitiesAdded,
    });
    this.#names("privileges", "dropped capability", {
      declared: declared.capabilitiesDropped,
      running: running.capabilitiesDropped,
    });
  }

  #resolved(container: Container, other: Container): void {
    const found = capabilityDifferences(container.security, other.security);
    if (!Array.isArray(found)) {
      const { at, why } = found as Unknown;
      this.all.push({ kind: "untold", at, aspect: "privileges", why });
      return;
    }
    for (const { name, at } of found)
      if (at === null)
        this.say("privileges", this.#at, `capability ${name} is there and not declared`);
      else
        this.say(
          "privileges",
          at || this.#at,
          `capability ${name} is declared and not there`,
          name,
        );
  }

  setting<T extends string | number | boolean>(
    aspect: Aspect,
    what: string,
    { declared, running, usual, as = (text) => text, shown = (text) => text }: Sides<T>,
  ): void {
    if (declared.state === "unknown" || running.state === "unknown") {
      this.#unknown(aspect, declared, running);
      return;
    }
    const wanted = declared.state === "known" ? String(declared.value) : usual;
    const is = running.state === "known" ? String(running.value) : usual;
    const at = declared.state === "known" ? declared.at : this.#at;
    if (as(wanted, at) === as(is, running.state === "known" ? running.at : at)) return;
    this.say(aspect, at, `${what} is declared as ${wanted} and runs as ${shown(is)}`, wanted);
  }

  /** What neither can be told for the same reason, such as a user by name, is the same. */
  #unknown(aspect: Aspect, declared: Fact<unknown>, running: Fact<unknown>): void {
    const whyDeclared = declared.state === "unknown" ? declared.why : null;
    const whyRunning = running.state === "unknown" ? running.why : null;
    if (whyDeclared === whyRunning) return;
    const at = declared.state === "absent" ? this.#at : declared.at;
    this.all.push({ kind: "untold", at, aspect, why: whyDeclared ?? whyRunning ?? "" });
  }

  #image(container: Container, other: Container, image: RunningImage | undefined): void {
    const { image: declared } = container;
    // What is built has the name that the tool gives it.
    if (declared.state === "absent") return;
    if (declared.state === "known" && this.#isPinnedTo(declared.value, image)) return;
    const isTagged = declared.state === "known" && !declared.value.includes("@");
    // What admits pods may add the digest that a tag has: the name is the same.
    const as = (text: string): string => fullImage(isTagged ? (text.split("@")[0] ?? "") : text);
    const sides = { declared, running: other.image, usual: "", as };
    this.setting("image", "image", sides);
  }

  /** Whoever declares a digest means it, whatever name the engine was given. */
  #isPinnedTo(declared: string, image: RunningImage | undefined): boolean {
    const digest = declared.split("@")[1];
    return digest !== undefined && image?.digests.includes(digest) === true;
  }

  #user({ declared, container, running, other }: Both, image: RunningImage | undefined): void {
    const own = effective(container.security.runAsUser, declared.security.runAsUser);
    const is = effective(other.security.runAsUser, running.security.runAsUser);
    const isInherited = own.state === "absent" && declared.platform !== "kubernetes";
    if (isInherited && image?.settings == null) {
      const why = "the user of the image is not known";
      this.all.push({ kind: "untold", at: this.#at, aspect: "user", why });
      return;
    }
    const wanted = isInherited ? (image?.settings?.user ?? ABSENT) : own;
    // A user of the image is declared nowhere in the file.
    const placed = isInherited && wanted.state === "known" ? { ...wanted, at: this.#at } : wanted;
    const what = isInherited ? "user of the image" : "user";
    this.setting("user", what, { declared: placed, running: is, usual: "that of the image" });
  }

  /** Names that one side has and the other has not. */
  #names(
    aspect: Aspect,
    what: string,
    sides: {
      readonly declared: readonly Fact<string>[];
      readonly running: readonly Fact<string>[];
    },
  ): void {
    const unclear = [...sides.declared, ...sides.running].find(({ state }) => state === "unknown");
    if (unclear?.state === "unknown") {
      this.all.push({ kind: "untold", at: unclear.at, aspect, why: unclear.why });
      return;
    }
    const running = new Set(sides.running.flatMap(valueIn));
    const declared = new Set(sides.declared.flatMap(valueIn));
    for (const fact of sides.declared)
      if (fact.state === "known" && !running.has(fact.value))
        this.say(aspect, fact.at, `${what} ${fact.value} is declared and not there`, fact.value);
    for (const name of running)
      if (!declared.has(name))
        this.say(aspect, this.#at, `${what} ${name} is there and not declared`);
  }

  /** A limit that nobody declares is the engine's or the namespace's own. */
  #limits({ limits }: Container, other: Container, isKubernetes: boolean): void {
    const compare = (
      what: string,
      declared: Fact<string>,
      running: Fact<string>,
      more: Pick<Sides<string>, "as" | "shown"> = {},
    ): void => {
      if (declared.state === "absent") return;
      this.setting("limits", what, { declared, running, usual: "none", ...more });
    };
    const bytes = (text: string): string => bytesOf(text, isKubernetes);
    compare("memory limit", limits.memory, other.limits.memory, { as: bytes, shown: bytesText });
    compare("processor limit", limits.cpu, other.limits.cpu, { as: processorsOf });
    compare("limit of processes", limits.processes, other.limits.processes);
  }

  #ports(container: Container, other: Container, isOnHost: boolean): void {
    const declared: Published[] = [];
    for (const port of container.published) {
      const all = publishedOf(port);
      if (all === null) {
        const why = "which ports it publishes depends on what is not known";
        this.all.push({ kind: "untold", at: port.at, aspect: "ports", why });
        return;
      }
      declared.push(...all);
    }
    const left = new Set(other.published.flatMap((port) => publishedOf(port) ?? []));
    for (const port of declared) {
      const found = [...left].find((one) => isMeant(port, one));
      if (found !== undefined) left.delete(found);
      else this.say("ports", port.at, `port ${portText(port)} is declared and not published`);
    }
    for (const port of left)
      this.say("ports", this.#at, `port ${portText(port)} is published and not declared`);
    // On the host's network each port is one of the host, and the API server writes that down.
    if (isOnHost) return;
    this.#numbers("port of the host", container.hostPorts, other.hostPorts);
  }

  #numbers(
    what: string,
    declared: readonly Fact<number>[],
    running: readonly Fact<number>[],
  ): void {
    const texts = (facts: readonly Fact<number>[]): Fact<string>[] =>
      facts.map((fact) => (fact.state === "known" ? { ...fact, value: String(fact.value) } : fact));
    this.#names("ports", what, { declared: texts(declared), running: texts(running) });
  }

  /** By name; a value is compared and never told. */
  #environment(container: Container, other: Container, image: RunningImage | undefined): void {
    const running = new Map(other.environment.map((one) => [one.name, one.value]));
    const known = new Set(container.environment.map(({ name }) => name));
    for (const { name, value, at } of container.environment) {
      const is = running.get(name);
      if (is === undefined && value.state !== "absent")
        this.say("environment", at, `variable ${name} is declared and not set`);
      if (value.state === "known" && is?.state === "known" && value.value !== is.value)
        this.say("environment", at, `variable ${name} has another value than is declared`);
    }
    const inherited = new Set([...(image?.settings?.variables ?? []), ...USUAL_VARIABLES]);
    const extra = [...running.keys()].filter((name) => !known.has(name) && !inherited.has(name));
    this.#undeclaredVariables(extra, container, image);
  }

  #undeclaredVariables(
    names: readonly string[],
    { environmentFiles: [file] }: Container,
    image: RunningImage | undefined,
  ): void {
    if (names.length === 0) return;
    const isImageUnknown = image !== undefined && image.settings === null;
    if (file === undefined && !isImageUnknown) {
      for (const name of names)
        this.say("environment", this.#at, `variable ${name} is set and not declared`);
      return;
    }
    const cause =
      file === undefined
        ? "the variables of the image are not known"
        : "files with variables are not followed";
    const why = `${cause}, so whether ${firstOf(names, 3)} is declared cannot be told`;
    this.all.push({ kind: "untold", at: file ?? this.#at, aspect: "environment", why });
  }

  #command(container: Container, other: Container): void {
    const words = (one: Container): string => JSON.stringify(one.command.flatMap(valueIn));
    if (words(container) === words(other)) return;
    const at = container.command.find(({ state }) => state === "known");
    const place = at?.state === "known" ? at.at : this.#at;
    this.say("command", place, "it runs another command than is declared");
  }

  /** Paths of the host and volumes by name; what an image asks for itself has none. */
  mounts(declared: Workload, running: Workload): void {
    const left = new Set(running.volumes.filter(({ name, hostPath }) => isNamed(name, hostPath)));
    for (const volume of declared.volumes) {
      const { hostPath, at, type } = volume;
      const why = hostPath.state === "unknown" ? hostPath : type;
      if (why.state === "unknown") {
        this.all.push({ kind: "untold", at, aspect: "mounts", why: why.why });
        return;
      }
      if (!isNamed(volume.name, hostPath)) continue;
      const found = [...left].find((one) => isSameVolume(volume, one));
      if (found === undefined) {
        this.say("mounts", at, `${volumeText(volume)} is declared and not mounted`);
        continue;
      }
      left.delete(found);
      this.#access(volume, found);
    }
    for (const volume of left)
      this.say("mounts", declared.podAt, `${volumeText(volume)} is mounted and not declared`);
  }

  #access(declared: Volume, running: Volume): void {
    const [wanted, is] = [declared, running].map(({ mounts }) => mounts.some(isWritable));
    if (wanted === is) return;
    const word = (writable: boolean | undefined): string => (writable ? "writable" : "read-only");
    this.say(
      "mounts",
      declared.at,
      `${volumeText(declared)} is declared ${word(wanted)} and mounted ${word(is)}`,
    );
  }
}

function valueIn(fact: Fact<string>): string[] {
  return fact.state === "known" ? [fact.value] : [];
}

/** The name as it is meant: what is short is completed, what is none stays as it is. */
function fullImage(text: string): string {
  try {
    return familiarReference(parseReference(text));
  } catch (error) {
    if (error instanceof AppError) return text;
    throw error;
  }
}
