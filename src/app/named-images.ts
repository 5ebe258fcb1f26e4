// Images that are named by something else: a Compose file, Kubernetes objects, the containers of this host. One that cannot be
// had is a problem of its own result, so that the others are still scanned and a threshold knows that one is missing.
import { dirname } from "node:path";
import type { NamedImage } from "../formats/image-references.ts";
import type { RunningContainer } from "../io/engine/list-containers.ts";
import type { OpenedImage } from "../io/image.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import type { ConfigSubject } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";
import { composeVariables } from "./compose-variables.ts";
import { examineImage } from "./examine-image.ts";
import { type ExamineContext, type Examined, plainExamined } from "./examined.ts";
import { openImage } from "./open-image.ts";
import type { ObjectsTarget, Subject } from "./subject.ts";

/**
 * Every image that the files name, each once. What could not be read in a folder is a result of its own.
 *
 * @throws {AppError} For a file that was named itself: `config-invalid` when it cannot be read, `usage` when it names no images.
 */
export async function imagesNamedIn(
  { files, folder, isWhole }: ObjectsTarget,
  target: string,
  context: ExamineContext,
): Promise<Subject[]> {
  const named: PlacedImage[] = [];
  const unread: Problem[] = isWhole ? [] : [{ code: "image-unavailable", detail: UNSEEN }];
  for (const path of files) {
    try {
      named.push(...(await imagesIn(path, context)));
    } catch (error) {
      // One that cannot be read must not hide the others of its folder.
      if (folder === null || !(error instanceof AppError) || error.code === "internal") throw error;
      unread.push({ code: "image-unavailable", detail: error.message, path });
    }
  }
  if (named.length === 0 && unread.length === 0) {
    throw new AppError("usage", `cannot scan ${JSON.stringify(target)}: it names no images`, {
      hint: "a Compose file has services, a Kubernetes object has apiVersion and kind",
      subject: target,
    });
  }
  const subjects = distinct(named).map((image) => subjectOf(image, context));
  if (unread.length === 0) return subjects;
  return [...subjects, { target, examine: async () => unavailable(target, unread) }];
}

type PlacedImage = NamedImage & { readonly path: string };

/** Every image once, with all who use it. */
function distinct(named: readonly PlacedImage[]): PlacedImage[] {
  const users = new Map<string, ConfigSubject[]>();
  const images = new Map<string, PlacedImage>();
  for (const image of named) {
    const key = image.reference ?? `${image.path}:${image.line}`;
    const known = users.get(key) ?? [];
    known.push(...image.users);
    users.set(key, known);
    images.set(key, { ...image, users: known });
  }
  return [...images.values()];
}

async function imagesIn(path: string, context: ExamineContext): Promise<PlacedImage[]> {
  // The reader of YAML is the largest part of the program, and most scans do without.
  const { imageReferences } = await import("../formats/image-references.ts");
  const { bytes } = await readNamed("file", path);
  try {
    const found = imageReferences(bytes, path, await composeVariables(dirname(path), context.env));
    return (found?.images ?? []).map((image) => ({ ...image, path }));
  } catch (error) {
    if (!bytes.includes("{{") || !(error instanceof AppError)) throw error;
    throw new AppError(
      "config-invalid",
      `cannot read ${JSON.stringify(path)}: it is a template; scan what helm template makes of it`,
      { subject: path, cause: error },
    );
  }
}

const UNSEEN =
  "not all folders and files below it were looked at: there are too many, or they may not be read";

function subjectOf(image: PlacedImage, context: ExamineContext): Subject {
  const { examine, target } = unattendedSubject(image, context);
  return { target, examine: async () => ({ ...(await examine()), users: image.users }) };
}

function unattendedSubject(image: PlacedImage, context: ExamineContext): Subject {
  const { reference, path, line, user } = image;
  const where = `${user} (${path}:${line})`;
  if (reference !== null) {
    return {
      target: reference,
      examine: () =>
        orUnavailable(reference, where, context, async () =>
          examineImage(
            await openImage({ kind: "registry", reference }, reference, context),
            context,
          ),
        ),
    };
  }
  const reason = image.hindrance ?? "it is not named";
  return {
    target: where,
    examine: async () => unavailable(where, [gone(`cannot tell the image of ${where}: ${reason}`)]),
  };
}

/** What cannot be opened is a problem, except that an interruption still ends everything. */
export async function orUnavailable(
  target: string,
  user: string,
  { signal }: ExamineContext,
  examine: () => Promise<Examined>,
): Promise<Examined> {
  try {
    return await examine();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    const hint = error.hint === null ? "" : `; ${error.hint}`;
    return unavailable(target, [
      gone(`the image of ${user} was not scanned: ${error.message}${hint}`),
    ]);
  }
}

function gone(detail: string): Problem {
  return { code: "image-unavailable", detail };
}

/** An image of which nothing is known but why. */
export function unavailableImage(target: string, reason: string): Examined {
  return unavailable(target, [gone(`the image was not scanned: ${reason}`)]);
}

function unavailable(target: string, problems: readonly Problem[]): Examined {
  return plainExamined({ kind: "image", target }, { distribution: null, packages: [], problems });
}

/**
 * The image of every container that runs on this host, each once for each name. An engine that cannot be asked is a result of
 * its own, with that problem.
 *
 * @throws {AppError} `engine-unavailable` when there is no engine at all.
 */
export async function imagesRunningHere(context: ExamineContext): Promise<Subject[]> {
  const { containersOnHost } = await import("../io/engine/list-containers.ts");
  const { containers, problems, engines } = await containersOnHost(context);
  if (engines.length === 0 && problems.length === 0) {
    throw new AppError(
      "engine-unavailable",
      "cannot scan what runs: no container engine was found",
      {
        hint: "start Docker or Podman, or point DOCKER_HOST at the engine",
      },
    );
  }
  const byImage = new Map<string, RunningContainer[]>();
  for (const container of containers) {
    const key = `${container.engine} ${container.image} ${container.imageId}`;
    byImage.set(key, [...(byImage.get(key) ?? []), container]);
  }
  const running = [...byImage.values()].flatMap((all) => runningSubject(all, context));
  const unasked = problems.map(({ detail }): Subject => {
    return { target: "--running", examine: async () => unavailable("--running", [gone(detail)]) };
  });
  return [...running, ...unasked, ...configurationRunning(containers.length, context)];
}

/** How containers are set up is asked beside what is in their images, where somebody asks. */
function configurationRunning(containers: number, context: ExamineContext): Subject[] {
  if (context.checks.length === 0 || containers === 0) return [];
  const examine = async (): Promise<Examined> => {
    const { examineRunning } = await import("./examine-configuration.ts");
    return examineRunning(RUNNING, context);
  };
  return [{ target: RUNNING, examine }];
}

const RUNNING = "containers of this host";

/** What runs is opened by its id: the name may mean another image by now. */
function runningSubject(all: readonly RunningContainer[], context: ExamineContext): Subject[] {
  const [first] = all;
  if (first === undefined) return [];
  const { engine, image, imageId, name } = first;
  const target = `${engine}:${image ?? imageId}`;
  const users = all.map(({ name: user }): ConfigSubject => {
    const whole = { platform: "engine", kind: "container", namespace: null } as const;
    return { ...whole, name: user, container: user };
  });
  const opened = (): Promise<OpenedImage> =>
    openImage({ kind: "engine", engine, reference: imageId }, target, context);
  const examine = (): Promise<Examined> =>
    orUnavailable(target, `container ${name}`, context, async () =>
      examineImage(await opened(), context),
    );
  return [{ target, examine: async () => ({ ...(await examine()), users }) }];
}
