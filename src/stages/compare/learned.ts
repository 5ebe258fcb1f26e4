// Adds up what is learned of a workload while it is watched. Bounded: a container must not fill the disk of its host.
import type { ImageFile } from "../../model/drift.ts";
import type { SightedUse } from "../../model/sighting.ts";
import {
  WATCHED_SCHEMA,
  type WatchedDay,
  type WatchedRecord,
  type WouldHave,
} from "../../model/watched-record.ts";

const DAYS_MAX = 35;
const WOULD_HAVE_MAX = 200;
const FILES_OF_PACKAGE_MAX = 20;
const UNOWNED_MAX = 10_000;
const WRITES_MAX = 2_000;

type Day = { -readonly [K in keyof WatchedDay]: WatchedDay[K] } & { wouldHave: WouldHave[] };

/** A record in the making. */
export class Learned {
  readonly #of: Pick<WatchedRecord, "workload" | "image" | "digest">;
  readonly #days: Day[];
  readonly #packages: Map<string, { readonly files: Set<string>; isExecuted: boolean }>;
  readonly #unowned: Set<string>;
  readonly #writes: Set<string>;
  #isCut: boolean;

  /** @param before What was kept of it earlier; null for none. */
  constructor(
    of: Pick<WatchedRecord, "workload" | "image" | "digest">,
    before: WatchedRecord | null,
  ) {
    this.#of = of;
    this.#days = (before?.days ?? []).map((day) => ({ ...day, wouldHave: [...day.wouldHave] }));
    const packages = before?.inUse.packages ?? [];
    this.#packages = new Map(
      packages.map(({ owner, files, isExecuted }) => [
        owner,
        { files: new Set(files), isExecuted },
      ]),
    );
    this.#unowned = new Set(before?.inUse.unowned);
    this.#writes = new Set(before?.writes);
    this.#isCut = before?.inUse.isCut ?? false;
  }

  used({ path, owner }: ImageFile, use: SightedUse): void {
    if (owner === null) {
      if (this.#unowned.size < UNOWNED_MAX) this.#unowned.add(path);
      else this.#isCut ||= !this.#unowned.has(path);
      return;
    }
    const known = this.#packages.get(owner) ?? { files: new Set<string>(), isExecuted: false };
    if (known.files.size < FILES_OF_PACKAGE_MAX) known.files.add(path);
    known.isExecuted ||= use === "executed";
    this.#packages.set(owner, known);
  }

  /** One that came before the same day is counted. */
  wouldDie(one: Omit<WouldHave, "count" | "first" | "last">, time: string): void {
    const day = this.#day(time);
    const at = day.wouldHave.findIndex(
      ({ path, sha256, use }) => path === one.path && sha256 === one.sha256 && use === one.use,
    );
    const known = day.wouldHave[at];
    if (known !== undefined) day.wouldHave[at] = { ...known, count: known.count + 1, last: time };
    else if (day.wouldHave.length < WOULD_HAVE_MAX)
      day.wouldHave.push({ ...one, count: 1, first: time, last: time });
    else day.omitted += 1;
  }

  watched(
    time: string,
    { seconds, lost, unknown }: Pick<WatchedDay, "seconds" | "lost" | "unknown">,
  ): void {
    const day = this.#day(time);
    day.seconds += seconds;
    day.lost += lost;
    day.unknown += unknown;
  }

  /** @returns Whether it was written before while nobody was alarmed. */
  wrote(path: string, isObserved: boolean): boolean {
    if (this.#writes.has(path)) return true;
    if (isObserved && this.#writes.size < WRITES_MAX) this.#writes.add(path);
    return false;
  }

  #day(time: string): Day {
    const day = time.slice(0, 10);
    const known = this.#days.find((one) => one.day === day);
    if (known !== undefined) return known;
    const made: Day = { day, seconds: 0, lost: 0, unknown: 0, wouldHave: [], omitted: 0 };
    this.#days.push(made);
    this.#days.sort((a, b) => (a.day < b.day ? -1 : 1));
    if (this.#days.length > DAYS_MAX) this.#days.shift();
    return made;
  }

  record(): WatchedRecord {
    const packages = [...this.#packages].map(([owner, { files, isExecuted }]) => ({
      owner,
      files: [...files].sort(),
      isExecuted,
    }));
    packages.sort((a, b) => (a.owner < b.owner ? -1 : 1));
    return {
      schema: WATCHED_SCHEMA,
      ...this.#of,
      days: this.#days.map((day) => ({ ...day, wouldHave: [...day.wouldHave] })),
      inUse: { packages, unowned: [...this.#unowned].sort(), isCut: this.#isCut },
      writes: [...this.#writes].sort(),
    };
  }
}
