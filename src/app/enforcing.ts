import { pause } from "../io/pause.ts";
import { Probe } from "../io/sensor/probe.ts";
import { engineFiles } from "../io/sensor/settled-files.ts";
import { type AppError, reasonOf } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Container } from "../model/container.ts";
import type { WorkloadMode } from "../model/sighting.ts";
import type {
  AllowedFile,
  EnforcedContainer,
  WatchOrder,
  WatchTidings,
} from "../model/watching.ts";
import { modeFor } from "../model/workload-name.ts";
import { demandRecord, isEnforcing } from "./drift-modes.ts";
import { type Enforceable, enforcedContainer } from "./enforcement.ts";
import { LookingAgain } from "./looking-again.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Unlooked, unlookedError, unlookedText } from "./unlooked.ts";
import { containersNow } from "./watch-containers.ts";

/** Of what is asked of a watch. */
interface Asked {
  /** Names that somebody wrote: whoever mistyped one must not take it for enforced. */
  readonly enforce: readonly string[];
  readonly modes: readonly WorkloadMode[];
  /** Enforce also what was not watched before. */
  readonly withoutRecord: boolean;
}

/**
 * The containers in which an image is enforced: those that run when watching begins, and those of the same workloads that start
 * later. To be ended by who made it.
 */
export class Enforcing {
  readonly #asked: Asked;
  readonly #surroundings: Surroundings;
  /** null where nothing is to be enforced. */
  readonly #probe: Probe | null;
  readonly #again: LookingAgain;
  #send: (order: WatchOrder) => void = () => undefined;
  /** Those that are enforced, or looked at to be. */
  readonly #ids = new Set<string>();
  /** Names by ids. */
  readonly #enforced = new Map<string, string>();
  #working: Promise<void> = Promise.resolve();

  constructor(asked: Asked, surroundings: Surroundings) {
    this.#asked = asked;
    this.#surroundings = surroundings;
    this.#probe = asked.modes.some(isEnforcing) ? new Probe() : null;
    this.#again = new LookingAgain(() => this.#lookAgain(), pause);
  }

  /**
   * What the kernel is to know before anything is enforced.
   *
   * @param names Of containers that run. One that was found by its name and cannot be enforced is said, where another can.
   * @throws {AppError} as `enforcedContainer`, and `usage` for what was not watched before.
   */
  async begin(names: readonly string[]): Promise<{
    readonly enforceable: readonly Enforceable[];
    readonly files: readonly AllowedFile[];
  }> {
    const probe = this.#probe;
    if (probe === null) return { enforceable: [], files: [] };
    const enforceable: Enforceable[] = [];
    const failed: AppError[] = [];
    for (const name of names) {
      try {
        enforceable.push(await this.#enforceable(name, probe));
      } catch (thrown) {
        // Who may be ended without a record is asked before anything begins.
        const error = unlookedError(name, thrown);
        if (error === null) throw thrown;
        if (error.code === "usage" || this.#asked.enforce.includes(name)) throw error;
        failed.push(error);
      }
    }
    // Another engine's container of the same name must not keep the rest from being enforced.
    const [first] = failed;
    if (first !== undefined && enforceable.length === 0) throw first;
    for (const one of failed) this.#surroundings.warn(reasonOf(one));
    return { enforceable, files: await engineFiles(probe) };
  }

  async #enforceable(name: string, probe: Probe): Promise<Enforceable> {
    const one = await enforcedContainer(name, probe, this.#surroundings);
    const { container } = one;
    if (!this.#asked.withoutRecord) await demandRecord(container, this.#surroundings);
    this.#ids.add(container.id);
    this.#enforced.set(container.id, container.name);
    this.#surroundings.note?.(enforcementText(container));
    return one;
  }

  /** Takes what the sensor told, and sends it what follows from that. Never waits. */
  take(tidings: WatchTidings, send: (order: WatchOrder) => void): void {
    this.#send = send;
    if (this.#probe === null) return;
    if (tidings.kind === "events" && tidings.events.some(({ killed }) => killed)) this.#again.ask();
    if (tidings.kind !== "sightings") return;
    for (const { container } of tidings.containers) this.#meet(container, this.#probe);
  }

  /** A container that was seen to do something. */
  #meet(container: Container, probe: Probe): void {
    const mode = modeFor(container, this.#asked.modes);
    if (!isEnforcing(mode) || this.#ids.has(container.id)) return;
    this.#ids.add(container.id);
    const { id, name } = container;
    void this.#work({ id, name: name ?? id, follows: "it is not enforced" }, async () => {
      const one = await this.#enforceable(container.id, probe);
      this.#send({ kind: "enforce", container: one.container });
      if (mode?.mode === "strict")
        this.#surroundings.warn(
          `${one.container.name} started later: programs die in it as with --enforce, and are not denied as with --strict until you start watching again`,
        );
    });
  }

  /** What may run by now, too. */
  async #lookAgain(): Promise<void> {
    const probe = this.#probe;
    if (probe === null) return;
    const follows =
      "it stays enforced, and a file of its image that was touched since may die there again";
    for (const [id, name] of this.#enforced)
      if (isRunning(id))
        await this.#work({ id, name, follows }, async () => {
          const { container } = await enforcedContainer(id, probe, this.#surroundings);
          this.#send({ kind: "allow", files: container.allowed });
        });
  }

  /** One thing at a time; what cannot be done is said. */
  #work(of: Omit<Unlooked, "hasEnded">, body: () => Promise<void>): Promise<void> {
    const { signal, warn } = this.#surroundings;
    this.#working = this.#working.then(body).catch((thrown: unknown) => {
      // Nobody watches any more.
      if (signal.aborted) return;
      const hasEnded = !isRunning(of.id);
      // Whoever starts it again is met again.
      if (hasEnded && !this.#enforced.has(of.id)) this.#ids.delete(of.id);
      warn(unlookedText({ ...of, hasEnded }, thrown));
    });
    return this.#working;
  }

  async end(): Promise<void> {
    await this.#working;
    this.#probe?.close();
  }
}

function isRunning(id: string): boolean {
  return containersNow().some(({ container }) => container.id === id);
}

function enforcementText({ name, image, allowed }: EnforcedContainer): string {
  const touched = `${count(allowed.length, "file")} of its writable layer ${allowed.length === 1 ? "holds" : "hold"} what the image has, and may run`;
  return `enforcing the image ${image} in ${name}: any other program or library dies before its first instruction; ${touched}`;
}
