// Downloads publishers' files into a folder, each only when it changed since it was fetched last.
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError, reasonOf } from "../../kit/error.ts";
import type { HttpClient } from "../http/client.ts";
import { fetchStream, type Validators } from "../http/fetch.ts";
import { makeFolder } from "../make-folder.ts";
import { outputError, writeWhole } from "../write-whole.ts";
import type { FeedProblem } from "./build-store.ts";
import type { Publisher } from "./publishers.data.ts";

/** No publisher's file comes near. */
const BYTES_MAX = 4 * 2 ** 30;
const AT_ONCE = 4;

/** The files that a build can be made from. */
export interface FetchedFeeds {
  readonly files: readonly string[];
  /** How many of them are new. */
  readonly changed: number;
  readonly problems: readonly FeedProblem[];
}

export interface FetchOrder {
  readonly publishers: readonly Publisher[];
  /** Where the files are kept between runs. */
  readonly folder: string;
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  readonly onProgress: (title: string, done: number, total: number) => void;
}

/**
 * Fetches what changed. A publisher that does not answer is a problem, and its file of the last time is used.
 *
 * @throws {AppError} `offline`, `disk-full`, `output-unwritable`; the signal's reason.
 */
export async function fetchFeeds(order: FetchOrder): Promise<FetchedFeeds> {
  try {
    makeFolder(order.folder);
  } catch (error) {
    throw outputError("advisory data", order.folder, error);
  }
  const problems: FeedProblem[] = [];
  const files = new Map<string, string>();
  const queue = [...order.publishers];
  let changed = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { path, isNew, problem } = await fetchOne(next, order);
      if (path !== null) files.set(next.id, path);
      if (isNew) changed += 1;
      if (problem !== null) problems.push({ path: next.address, detail: problem });
      done += 1;
      order.onProgress(next.title, done, order.publishers.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { files: [...files.values()].sort(), changed, problems };
}

interface One {
  readonly path: string | null;
  readonly isNew: boolean;
  readonly problem: string | null;
}

async function fetchOne(publisher: Publisher, order: FetchOrder): Promise<One> {
  const path = join(order.folder, publisher.id);
  const known = await validatorsOf(path, publisher.address);
  try {
    const isNew = await download(publisher, { path, known, order });
    return { path, isNew, problem: null };
  } catch (error) {
    const isOfPublisher =
      error instanceof AppError &&
      (error.code === "fetch-failed" || error.code === "limit-exceeded");
    if (!isOfPublisher) throw error;
    return { path: known === null ? null : path, isNew: false, problem: reasonOf(error) };
  }
}

async function download(
  { address }: Publisher,
  { path, known, order }: { path: string; known: Validators | null; order: FetchOrder },
): Promise<boolean> {
  const { client, signal } = order;
  const fetched = await fetchStream(client, address, { signal, known, bytesMax: BYTES_MAX });
  if (fetched.kind === "unchanged") return false;
  const partial = `${path}.${process.pid}.part`;
  try {
    await pipeline(fetched.body, createWriteStream(partial), { signal });
    await rename(partial, path);
    await writeWhole(`${path}.state`, JSON.stringify({ address, ...fetched.validators }));
    return true;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof Error && "syscall" in error)
      throw outputError("advisory data", path, error);
    throw error;
  }
}

/** Of the file that is kept; null when there is none, or it came from another address. */
async function validatorsOf(path: string, address: string): Promise<Validators | null> {
  try {
    await stat(path);
    const state: unknown = JSON.parse(await readFile(`${path}.state`, "utf8"));
    const fields = state as Partial<Validators & { address: string }> | null;
    if (fields?.address !== address) return null;
    return { etag: fields.etag ?? null, lastModified: fields.lastModified ?? null };
  } catch {
    return null;
  }
}
