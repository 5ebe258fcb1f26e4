// What a request to an engine asks to run, as workloads that a policy can be asked about.
import type { AuthzRequest } from "../formats/docker-authz.ts";
import { callBody } from "../formats/docker-authz.ts";
import type { EngineCall } from "../formats/engine-call.ts";
import { readCreateBody, readEngine } from "../formats/workload/engine-inspect.ts";
import { joinedBy, withJoined } from "../formats/workload/engine-joins.ts";
import { pluginPrivileges, readPlugin } from "../formats/workload/engine-plugin.ts";
import {
  readExec,
  readUpdate,
  readVolume,
  withNetwork,
} from "../formats/workload/engine-requests.ts";
import { isPlain } from "../formats/workload/facts.ts";
import { readService, serviceNetworks } from "../formats/workload/swarm-service.ts";
import type { EngineImage } from "../io/engine/engine-image.ts";
import { known } from "../kit/fact.ts";
import { parseReference } from "../model/reference.ts";
import type { Workload } from "../model/workload.ts";
import type { EngineFacts, KnownImage } from "./engine-facts.ts";

/** What is to be decided. */
export interface DockerQuestion {
  readonly workload: Workload;
  /**
   * The same with its image as it can be asked about: one for each digest by which a registry may have it. One that is let through
   * is enough, since all are the same image.
   */
  readonly images: readonly Workload[];
  /** What there is already, where only what is added counts. */
  readonly before: Workload | null;
}

/** Nothing is asked for; or it cannot be told what, with a sentence part that says why. */
export type DockerAsked = DockerQuestion | "nothing" | { readonly why: string };

export class DockerQuestions {
  readonly #engine: EngineFacts;
  readonly #asksAboutImages: () => boolean;
  /** By the container's id. What a container is does not change as long as it has the id. */
  readonly #containers = new Map<string, { readonly question: DockerQuestion; asks: boolean }>();

  /** @param asksAboutImages Whether anybody wants to know what an image's name means. */
  constructor(engine: EngineFacts, asksAboutImages: () => boolean) {
    this.#engine = engine;
    this.#asksAboutImages = asksAboutImages;
  }

  /** @throws {AppError} `engine-unavailable`. */
  async of(call: EngineCall, { body }: AuthzRequest): Promise<DockerAsked> {
    switch (call.kind) {
      case "other":
        return "nothing";
      case "untold":
        return call;
      case "container-start":
        return this.#started(call.id);
      case "service-update":
        return call.isRollback ? this.#rolledBack(call.id) : this.#ofBody(call, body);
      case "plugin-enable":
        return this.#enabled(call.name);
      case "build":
        return call.network === "" ? "nothing" : alone(withNetwork("build", call.network));
      default:
        return this.#ofBody(call, body);
    }
  }

  async #ofBody(call: EngineCall, body: Uint8Array): Promise<DockerAsked> {
    const read = callBody(body);
    if ("why" in read) return read;
    const { value } = read;
    switch (call.kind) {
      case "container-create":
        return this.#created(value, call.name);
      case "container-exec":
        return this.#changed(call.id, (container) => readExec(value, container));
      case "container-update":
        return this.#changed(call.id, (container) => readUpdate(value, container));
      case "service-create":
      case "service-update":
        return this.#service(value);
      case "volume-create":
        return alone(readVolume(value));
      case "plugin-pull":
        return alone(
          pluginPrivileges(value, {
            kind: "plugin",
            name: call.reference,
            image: known(call.reference, ""),
            at: "",
            gaps: [],
          }),
        );
      default:
        return "nothing";
    }
  }

  async #created(written: unknown, name: string): Promise<DockerQuestion> {
    const body = await this.#joined(written, JOINS_MAX);
    const { containers } = readCreateBody(body);
    const reference = containers[0]?.image;
    const found = reference?.state === "known" ? await this.#image(reference.value) : null;
    const asked = { ...readCreateBody(body, found?.settings ?? null), name };
    return this.#named(await this.#engine.withVolumes(asked), found);
  }

  /** What exists: by the id of its image, which no name can change any more. */
  async #started(id: string): Promise<DockerQuestion | "nothing"> {
    const asks = this.#asksAboutImages();
    const kept = this.#containers.get(id);
    // Another policy may ask about images where the one before did not.
    if (kept !== undefined && kept.asks === asks) return kept.question;
    const document = await this.#engine.container(id);
    // The engine will say that there is no such container.
    if (!isPlain(document)) return "nothing";
    const [read] = readEngine(await this.#joined(document, JOINS_MAX));
    if (read === undefined) return "nothing";
    const { Image: imageId, Id: fullId } = document;
    const ofImage = typeof imageId === "string" ? imageId : "";
    const found = await this.#image(ofImage);
    const workload = await this.#engine.withVolumes(read);
    // An image may be gone while its container stays; nobody can say any more who made it.
    const question =
      found === null
        ? { workload, images: [withImage(workload, ofImage)], before: null }
        : this.#named(workload, found);
    // Another container may have the name of one that is joined by then.
    const isLasting = joinedBy(document).length === 0;
    if (typeof fullId === "string" && isLasting) keep(this.#containers, fullId, { question, asks });
    return question;
  }

  /** With what is taken over from other containers, and by them from others. Those that the engine does not have stay names. */
  async #joined(document: unknown, left: number): Promise<unknown> {
    const others = new Map<string, unknown>();
    if (left > 0)
      for (const id of joinedBy(document).slice(0, JOINED_MAX)) {
        const other = await this.#engine.container(id);
        if (isPlain(other)) others.set(id, await this.#joined(other, left - 1));
      }
    return withJoined(document, others);
  }

  #image(reference: string): Promise<KnownImage | null> {
    // What is empty would be another address, and the engine says that it is wrong.
    return reference === "" ? Promise.resolve(null) : this.#engine.image(reference);
  }

  async #changed(
    id: string,
    change: (container: Workload) => Workload | null,
  ): Promise<DockerAsked> {
    // Most execs ask for nothing, and need no answer of the engine.
    if (change(NOBODY) === null) return "nothing";
    const question = await this.#started(id);
    if (question === "nothing") return question;
    const { workload, images } = question;
    const changed = change(workload);
    return changed === null ? "nothing" : { workload: changed, images, before: workload };
  }

  async #service(spec: unknown): Promise<DockerQuestion> {
    const hosts = await this.#engine.hostNetworks(serviceNetworks(spec));
    return alone(await this.#engine.withVolumes(readService(spec, hosts)));
  }

  /** The service goes back to what it was, whatever the body says. */
  async #rolledBack(id: string): Promise<DockerAsked> {
    const service = await this.#engine.service(id);
    const previous = isPlain(service) ? service["PreviousSpec"] : null;
    return isPlain(previous) ? this.#service(previous) : "nothing";
  }

  async #enabled(name: string): Promise<DockerAsked> {
    const plugin = await this.#engine.plugin(name);
    return isPlain(plugin) ? alone(readPlugin(plugin)) : "nothing";
  }

  /** Names the image by its digests, as the engine has it. */
  #named(workload: Workload, found: KnownImage | null): DockerQuestion {
    const question = { workload, before: null };
    if (!this.#asksAboutImages()) return { ...question, images: [workload] };
    // The engine will say that it does not have it, and is asked again after it was pulled.
    if (found === null) return { ...question, images: [withoutImages(workload)] };
    const image = workload.containers[0]?.image;
    const references = referencesOf(found.image, image?.state === "known" ? image.value : "");
    return { ...question, images: references.map((text) => withImage(workload, text)) };
  }
}

const DIGESTS_MAX = 4;
/** So many others of one container are looked at, and of each of them so many steps further; what is beyond is not followed. */
const JOINED_MAX = 4;
const JOINS_MAX = 3;
const CONTAINERS_MAX = 20_000;

/** `repository@digest`, the repository of the name first; the id alone of what no registry has. */
function referencesOf({ id, repoDigests }: EngineImage, name: string): readonly string[] {
  const own = repositoryOf(name);
  const isOwn = ({ repository }: { readonly repository: string }): boolean => repository === own;
  const ordered = [
    ...repoDigests.filter(isOwn),
    ...repoDigests.filter((each) => !isOwn(each)),
  ].slice(0, DIGESTS_MAX);
  if (ordered.length === 0) return [id];
  return ordered.map(({ repository, digest }) => `${repository}@${digest}`);
}

function repositoryOf(name: string): string | null {
  try {
    const { registry, repository } = parseReference(name);
    return `${registry}/${repository}`;
  } catch {
    return null;
  }
}

/** To try a change on. */
const NOBODY: Workload = readCreateBody({});

function alone(workload: Workload): DockerQuestion {
  return { workload, images: [workload], before: null };
}

function withImage(workload: Workload, reference: string): Workload {
  const containers = workload.containers.map((container) => ({
    ...container,
    image: known(reference, container.at),
  }));
  return { ...workload, containers };
}

function withoutImages(workload: Workload): Workload {
  return { ...workload, containers: [] };
}

/** The oldest goes when there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= CONTAINERS_MAX) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
