// `bulwark watch learn`: how containers behave, learned while they run and kept for the next time.
import { observedText, readObserved } from "../formats/observed-events.ts";
import { BaselineFolder } from "../io/baselines.ts";
import { dataFolder } from "../io/folders.ts";
import { readNamed } from "../io/named-file.ts";
import { startThread } from "../io/sensor/thread.ts";
import { AppError } from "../kit/error.ts";
import type { ObservedContainer, ObservedEvent } from "../model/observed.ts";
import type { Hook, WatchOrder, WatchStart, WatchTidings } from "../model/watching.ts";
import {
  type Baseline,
  baselinesOf,
  joined,
  learnedMs,
  ownerOf,
  recordingOf,
} from "../stages/compare/baseline.ts";
import type { DeedKind } from "../stages/compare/behaviour.ts";
import type { Surroundings } from "./surroundings.ts";
import { tellMeant } from "./told-meant.ts";
import { writeOutput } from "./write-output.ts";

export interface LearnRequest {
  /** Names, or the beginnings of ids; none for all containers. */
  readonly containers: readonly string[];
  /** A file that gets the whole of it, too; null for none. */
  readonly output: string | null;
  /** How long, milliseconds; null until it is stopped. */
  readonly forMs: number | null;
}

/** What is known now of one container, with what it rests on. */
export interface LearnedContainer {
  readonly container: ObservedContainer;
  /** How many of each kind are known. */
  readonly known: Readonly<Partial<Record<DeedKind, number>>>;
  readonly learnedMs: number;
  readonly starts: number;
  readonly ends: number;
  readonly lost: number;
  /** More than is kept was seen. */
  readonly isCut: boolean;
  /** The image whose baseline it began with; null for its own, and for none. */
  readonly predecessor: string | null;
  readonly path: string;
}

export interface LearnResult {
  readonly schema: "bulwark.dev/learned/v1";
  readonly containers: readonly LearnedContainer[];
  /** What this kernel does not tell of. */
  readonly blind: readonly Hook[];
  readonly foreign: readonly string[];
  readonly written: string | null;
}

type Told = (tidings: WatchTidings) => void;

/**
 * Learns until the signal is aborted, or the time is over.
 *
 * @throws {AppError} `sensor-unavailable`; `output-unwritable`; `not-found` when no container of these names was seen.
 */
export async function learn(
  { containers, output, forMs }: LearnRequest,
  surroundings: Surroundings,
  told: Told,
): Promise<LearnResult> {
  const store = new Store(new BaselineFolder(baselineFolder(surroundings)));
  tellMeant(containers, "learning", surroundings);
  let hooks: readonly Hook[] = [];
  let foreign: readonly string[] = [];
  let saving: Promise<unknown> = Promise.resolve();
  const start: WatchStart = {
    record: null,
    replaces: false,
    events: null,
    only: null,
    enforced: [],
    strict: false,
    engineFiles: [],
    modes: [],
    rules: [],
    wanted: [],
    learning: { containers, known: null },
  };
  const thread = startThread<WatchStart, WatchOrder, WatchTidings>(
    new URL("./sensor-thread.js", import.meta.url),
    start,
    (tidings) => {
      if (tidings.kind === "started") ({ hooks } = tidings);
      if (tidings.kind === "learned") {
        ({ foreign } = tidings);
        saving = saving.then(() => store.save(tidings.recording));
        // Who waits at the end is told of a failure.
        saving.catch(() => undefined);
      }
      told(tidings);
    },
  );
  const stop = (): void => thread.send({ kind: "stop" });
  if (surroundings.signal.aborted) stop();
  surroundings.signal.addEventListener("abort", stop, { once: true });
  const forget = forMs === null ? () => undefined : after(forMs, stop);
  try {
    await thread.ended;
    await saving;
  } finally {
    forget();
    surroundings.signal.removeEventListener("abort", stop);
  }
  const saved = store.saved;
  if (saved.length === 0) {
    const which = containers.map((name) => JSON.stringify(name)).join(", ");
    throw new AppError("not-found", `nothing was learned: ${which || "no container"} did not run`, {
      hint: "bulwark watch containers lists what runs",
    });
  }
  if (output !== null)
    await writeOutput(output, observedText(recordingOf(saved.map(({ baseline: one }) => one))));
  return {
    schema: "bulwark.dev/learned/v1",
    containers: saved.map(learnedContainer),
    blind: hooks.filter(({ state }) => state !== "attached"),
    foreign,
    written: output,
  };
}

const TIMER_MS_MAX = 86_400_000;

/** Timers are for 24 days at most. @returns What makes it not happen. */
function after(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (rest: number): void => {
    const next = rest - TIMER_MS_MAX;
    timer = setTimeout(() => (next > 0 ? wait(next) : act()), Math.min(rest, TIMER_MS_MAX));
  };
  wait(ms);
  return () => clearTimeout(timer);
}

function baselineFolder({ env }: Surroundings): string {
  return `${dataFolder(env)}/baselines`;
}

interface Saved {
  readonly baseline: Baseline;
  readonly predecessor: string | null;
  readonly path: string;
}

/** What is kept, with what was kept before it. */
class Store {
  readonly #folder: BaselineFolder;
  /** What was there before this learning began, by owner and image. */
  readonly #before = new Map<string, Baseline | null>();
  readonly #saved = new Map<string, Saved>();

  constructor(folder: BaselineFolder) {
    this.#folder = folder;
  }

  get saved(): readonly Saved[] {
    return [...this.#saved.values()];
  }

  async save(recording: readonly ObservedEvent[]): Promise<void> {
    for (const learned of baselinesOf(recording)) {
      const newest = learned.looks.at(-1) ?? learned.looks[0];
      const { image } = newest;
      const key = { owner: ownerOf(newest), image };
      const name = JSON.stringify(key);
      const before = this.#before.has(name)
        ? (this.#before.get(name) ?? null)
        : await this.#find(key);
      this.#before.set(name, before);
      const baseline = before === null ? learned : joined(before, learned);
      const path = await this.#folder.save(key, observedText(recordingOf([baseline])));
      const was = before?.looks.at(-1)?.image ?? null;
      this.#saved.set(name, { baseline, path, predecessor: was === image ? null : was });
    }
  }

  async #find(key: Parameters<BaselineFolder["find"]>[0]): Promise<Baseline | null> {
    const found = await this.#folder.find(key);
    return found === null ? null : (baselinesOf(readObserved(found.bytes, found.path))[0] ?? null);
  }
}

function learnedContainer({ baseline, predecessor, path }: Saved): LearnedContainer {
  const { looks, behaviour, lost } = baseline;
  const known: Partial<Record<DeedKind, number>> = {};
  for (const { deed } of behaviour.deeds()) known[deed.kind] = (known[deed.kind] ?? 0) + 1;
  return {
    container: looks.at(-1) ?? looks[0],
    known,
    learnedMs: learnedMs(baseline),
    starts: looks.filter(({ sawStart }) => sawStart).length,
    ends: looks.filter(({ sawEnd }) => sawEnd).length,
    lost,
    isCut: behaviour.isCut,
    predecessor,
    path,
  };
}

const RECORDING_BYTES_MAX = 256 << 20;

/** What is meant by the baselines that are kept here. */
export const KEPT = "kept";

/**
 * What was learned, out of files; {@link KEPT} means all that are kept on this machine.
 *
 * @throws {AppError} `document-invalid`, `not-found`, `unreadable`.
 */
export async function knownBehaviour(
  names: readonly string[],
  surroundings: Surroundings,
): Promise<readonly ObservedEvent[]> {
  const baselines: Baseline[] = [];
  for (const name of names) {
    const files =
      name === KEPT
        ? await new BaselineFolder(baselineFolder(surroundings)).all()
        : [await readNamed("baseline", name, RECORDING_BYTES_MAX)];
    for (const [i, { bytes }] of files.entries())
      baselines.push(...baselinesOf(readObserved(bytes, `${name}${i === 0 ? "" : ` ${i + 1}`}`)));
  }
  if (baselines.length === 0)
    throw new AppError("not-found", "no baseline was learned here yet", {
      hint: "bulwark watch learn NAME --for 1h learns one",
    });
  return [...recordingOf(baselines)];
}
