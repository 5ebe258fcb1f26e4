// What was learned of workloads, on disk: one file for each workload and image, below the data folder.
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readWatchedRecord } from "../formats/watched-record.ts";
import { stableId } from "../kit/stable-id.ts";
import type { Problem } from "../model/problem.ts";
import type { WatchedRecord } from "../model/watched-record.ts";
import { dataFolder, type Environment } from "./folders.ts";
import { WriteBehind } from "./write-behind.ts";

const BYTES_MAX = 16 << 20;
/** The oldest go first. */
const RECORDS_MAX = 1_000;

/** The records of this machine. A folder that cannot be written is a problem at the end. */
export class WatchedRecords {
  readonly #folder: string;
  readonly #writer: WriteBehind;

  constructor(env: Environment) {
    this.#folder = join(dataFolder(env), "watched");
    this.#writer = new WriteBehind(this.#folder, "record-unwritable", "the record");
  }

  save(record: WatchedRecord): void {
    this.#writer.write(nameOf(record), JSON.stringify(record));
  }

  settled(): Promise<readonly Problem[]> {
    return this.#writer.settled();
  }

  async of(workload: string, digest: string): Promise<WatchedRecord | null> {
    await this.settled();
    return this.#read(nameOf({ workload, digest }));
  }

  /** Every record that can be read, the one that was written last first. */
  async all(): Promise<readonly WatchedRecord[]> {
    await this.settled();
    const names = (await readdir(this.#folder).catch(() => [])).filter((n) => n.endsWith(".json"));
    const dated = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(this.#folder, name)).catch(() => null);
        return { name, at: found?.mtimeMs ?? 0 };
      }),
    );
    dated.sort((a, b) => b.at - a.at);
    for (const { name } of dated.slice(RECORDS_MAX))
      await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
    const read = await Promise.all(dated.slice(0, RECORDS_MAX).map(({ name }) => this.#read(name)));
    return read.filter((record) => record !== null);
  }

  async #read(name: string): Promise<WatchedRecord | null> {
    const path = join(this.#folder, name);
    try {
      if ((await stat(path)).size > BYTES_MAX) return null;
      return readWatchedRecord(await readFile(path));
    } catch {
      return null;
    }
  }
}

function nameOf({ workload, digest }: Pick<WatchedRecord, "workload" | "digest">): string {
  return `${stableId([workload, digest])}.json`;
}
