// `bulwark drift`: a container as it is now against the image that it was made from.
import { readKnownDrift } from "../formats/drift-result.ts";
import { openCache } from "../io/cache.ts";
import { now } from "../io/clock.ts";
import { type FoundContainer, findContainer } from "../io/container/find-container.ts";
import { type ObservedContainer, observeContainer } from "../io/container/observe-container.ts";
import type { EngineName } from "../io/engine/endpoints.ts";
import { containersOnHost } from "../io/engine/list-containers.ts";
import { openEngineImage } from "../io/engine/open-engine-image.ts";
import { cacheFolder, dataFolder } from "../io/folders.ts";
import { readNamed } from "../io/named-file.ts";
import { openRecord } from "../io/record.ts";
import { version } from "../kit/build.ts";
import { AppError, ERROR_CODES } from "../kit/error.ts";
import { glob } from "../kit/glob.ts";
import type { Container } from "../model/container.ts";
import {
  DRIFT_SCHEMA,
  type DriftCounts,
  type DriftItem,
  type DriftResult,
} from "../model/drift.ts";
import type { FileIndex } from "../model/file-index.ts";
import type { InUse } from "../model/in-use.ts";
import type { Problem } from "../model/problem.ts";
import type { Threshold } from "../model/severity.ts";
import { driftOf } from "../stages/compare/drift-of.ts";
import { imageBaseline } from "../stages/compare/image-baseline.ts";
import { inUseOf } from "../stages/compare/in-use.ts";
import { decide, exitCodeOf } from "../stages/decide/decide.ts";
import { driftQuestion } from "../stages/decide/drift-clause.ts";
import { configuration, configurationFacts } from "./check.ts";
import { imageFileIndex } from "./image-file-index.ts";
import type { Surroundings } from "./surroundings.ts";

export interface DriftRequest {
  /** A name or an id of a container. */
  readonly container: string;
  /** null for every engine that is here. */
  readonly engine: EngineName | null;
  /** From which on drift fails the run; null when nobody asks. */
  readonly threshold: Threshold | null;
  /** Globs over paths in the container, without leading slash; what fits is set aside, and listed. */
  readonly allow: readonly string[];
  /** A file that an earlier look was written to; what is as it was then is set aside, and listed. null for none. */
  readonly baseline: string | null;
}

/** Containers to be looked at. */
export interface DriftsRequest extends Omit<DriftRequest, "container"> {
  readonly containers: readonly string[];
  /** All that run, of the engine or of all engines. */
  readonly running: boolean;
}

/** What looking at several containers gave. */
export interface DriftRun {
  /** In the order in which they were named; of all that run, by name. */
  readonly results: readonly DriftResult[];
  readonly failures: readonly { readonly container: string; readonly error: AppError }[];
  readonly exitCode: number;
}

/**
 * Compares containers with their images. One that fails does not take the others' results along; one that ended since it was
 * listed is left out.
 *
 * @throws {AppError} as {@link containerDrift} where only one is named; `engine-unavailable` when all are asked for and no engine
 *   answers.
 */
export async function driftOfAll(
  request: DriftsRequest,
  surroundings: Surroundings,
): Promise<DriftRun> {
  const { containers } = request;
  const [only] = containers;
  if (only !== undefined && containers.length === 1 && !request.running) {
    const result = await containerDrift({ ...request, container: only }, surroundings);
    return { results: [result], failures: [], exitCode: result.exitCode };
  }
  const results: DriftResult[] = [];
  const failures: { container: string; error: AppError }[] = [];
  const listed = request.running ? await runningHere(request.engine, surroundings) : [];
  for (const { name, engine } of [...named(containers, request.engine), ...listed]) {
    try {
      results.push(await containerDrift({ ...request, container: name, engine }, surroundings));
    } catch (error) {
      surroundings.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const hasEnded = error.code === "not-found" && !containers.includes(name);
      if (!hasEnded) failures.push({ container: name, error });
    }
  }
  const codes = [
    ...results.map(({ exitCode }) => exitCode),
    ...failures.map(({ error }) => ERROR_CODES[error.code].exitCode),
  ];
  return { results, failures, exitCode: exitCodeOf(codes) };
}

interface Listed {
  readonly name: string;
  readonly engine: EngineName | null;
}

function named(containers: readonly string[], engine: EngineName | null): Listed[] {
  return containers.map((name) => ({ name, engine }));
}

async function runningHere(
  engine: EngineName | null,
  surroundings: Surroundings,
): Promise<readonly Listed[]> {
  const { containers, problems, engines } = await containersOnHost(surroundings);
  const [unasked] = problems;
  // Who asks for all may not be told of some.
  if (unasked !== undefined || engines.length === 0)
    throw new AppError(
      "engine-unavailable",
      unasked?.detail ?? "cannot list containers: no container engine was found",
      { hint: "start Docker or Podman, or point DOCKER_HOST or CONTAINER_HOST at it" },
    );
  return containers
    .filter((one) => engine === null || one.engine === engine)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((one) => ({ name: one.id, engine: one.engine }));
}

/**
 * Compares a container with its image: what was written since it began, and what it runs now.
 *
 * @throws {AppError} `usage`, `not-found`, `engine-unavailable` for the container; `document-invalid` for the baseline; what
 *   reading the image throws, except that it is gone, which is a problem of the result.
 */
export async function containerDrift(
  request: DriftRequest,
  surroundings: Surroundings,
): Promise<DriftResult> {
  const known = await knownBefore(request.baseline);
  const container = await findContainer(request.container, request.engine, surroundings);
  const image = await imageOf(container, surroundings);
  const lookedAt = now();
  const observed = await observeContainer(container, surroundings);
  const compared =
    image.index === null
      ? uncompared(observed)
      : comparedWith(image.index, image.volumes, {
          ...observed,
          lookedAt,
          readOnly: container.readOnly,
        });
  const patterns = request.allow.map((pattern) => glob(pattern.replace(/^\/+/, "")));
  const isAllowed = ({ path }: DriftItem): boolean => patterns.some((fitting) => fitting(path));
  const left = compared.items.filter((item) => !isAllowed(item));
  const drift = left.filter(({ id }) => !known.has(id));
  const problems = [...image.problems, ...notRunning(container), ...observed.problems];
  const { verdict, exitCode } = decide(
    configurationFacts({
      artifact: configuration([request.container]),
      findings: [],
      problems,
      today: lookedAt.slice(0, 10),
    }),
    request.threshold === null ? null : driftQuestion(drift, request.threshold),
  );
  return {
    schema: DRIFT_SCHEMA,
    tool: { name: "bulwark", version },
    lookedAt,
    container: described(container),
    baseline: image.index?.digest ?? null,
    storage: container.storage.driver,
    drift,
    allowed: compared.items.filter(isAllowed),
    known: left.filter(({ id }) => known.has(id)),
    looked: compared.counts,
    inUse: compared.inUse,
    problems,
    verdict,
    exitCode,
  };
}

const BASELINE_BYTES_MAX = 256 << 20;

async function knownBefore(path: string | null): Promise<ReadonlySet<string>> {
  if (path === null) return new Set();
  const { bytes } = await readNamed("drift result", path, BASELINE_BYTES_MAX);
  return readKnownDrift(bytes, path);
}

interface BaselineImage {
  /** null when the image is gone. */
  readonly index: FileIndex | null;
  /** Without leading slash. */
  readonly volumes: readonly string[];
  readonly problems: readonly Problem[];
}

/** The image by its id: its name may mean another one by now. */
export async function imageOf(
  { engine, imageId, reference }: FoundContainer,
  surroundings: Surroundings,
): Promise<BaselineImage> {
  const record = openRecord(dataFolder(surroundings.env));
  const cache = openCache(cacheFolder(surroundings.env));
  const target = `${engine}:${reference === "" ? imageId : reference}`;
  try {
    const request = { ...surroundings, target, platform: null };
    const image = await openEngineImage(engine, imageId, request);
    const index = await imageFileIndex(image, { ...surroundings, record, cache });
    const volumes = image.settings?.volumes ?? [];
    const problems = [...(await record.settled()), ...(await cache.settled())];
    return { index, volumes: volumes.map((path) => path.replace(/^\/+|\/+$/g, "")), problems };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not-found") throw error;
    const detail = `cannot compare with image ${imageId}: ${engine} does not have it any more; pull or build the same image again`;
    return { index: null, volumes: [], problems: [{ code: "image-unavailable", detail }] };
  }
}

interface Compared {
  readonly items: readonly DriftItem[];
  readonly counts: DriftCounts;
  readonly inUse: InUse | null;
}

interface LookedAt extends ObservedContainer {
  readonly lookedAt: string;
  readonly readOnly: readonly string[];
}

function comparedWith(
  index: FileIndex,
  volumes: readonly string[],
  { observation, sawAllThatRuns, lookedAt, readOnly }: LookedAt,
): Compared {
  const baseline = imageBaseline(index);
  const coverage = {
    how: "snapshot",
    at: lookedAt,
    processes: observation.processes,
    isWhole: sawAllThatRuns,
  } as const;
  return {
    ...driftOf(baseline, observation, volumes, readOnly),
    inUse: inUseOf(baseline, observation.running, coverage),
  };
}

function uncompared({ observation }: ObservedContainer): Compared {
  const { written, running, processes } = observation;
  const files = written.filter(({ kind }) => kind === "file").length;
  const counts = { written: files, unchanged: 0, processes, running: running.length, same: 0 };
  return { items: [], counts, inUse: null };
}

function notRunning({ pid, name }: FoundContainer): Problem[] {
  if (pid !== null) return [];
  const detail = `${name} does not run: only what was written in it was looked at, and neither processes nor volumes`;
  return [{ code: "container-stopped", detail }];
}

function described({ engine, id, name, ...found }: FoundContainer): Container {
  const { reference, imageId, labels, isPrivileged, startedAt } = found;
  const started = Date.parse(startedAt);
  const [, repository = reference, tag = null] = /^(.*):([^/:]+)$/.exec(reference) ?? [];
  return {
    id,
    engine,
    name,
    image: { reference, repository, tag, digest: null, id: imageId },
    labels,
    isPrivileged,
    pod: null,
    mounts: null,
    problems: [],
    startedAt: Number.isFinite(started) && started > 0 ? started : null,
  };
}
