import { type SideThread, startThread } from "../io/sensor/thread.ts";
import { reasonOf } from "../kit/error.ts";
import type { EventType } from "../model/event.ts";
import { EVENT_TYPES } from "../model/event.ts";
import type { EnforcedContainer, WatchOrder, WatchStart, WatchTidings } from "../model/watching.ts";
import { enforcedContainer } from "./enforcement.ts";
import { demandUsable } from "./rule-watch.ts";
import { readRuleFiles } from "./rules.ts";
import type { Surroundings } from "./surroundings.ts";

export interface WatchOptions {
  /** Containers in which what is not of their image dies. */
  readonly enforce: readonly string[];
  readonly record: string | null;
  readonly events: WatchStart["events"];
  readonly only: string | null;
  /** Files of rules; without any, no alert is raised. */
  readonly rules: readonly string[];
  /** Is given what reads these files again, to call it when somebody asks for that. */
  readonly onReload: (reload: () => void) => void;
}

/** Everything but what is most of what happens, and matters to nobody who looks. */
const SHOWN: readonly EventType[] = EVENT_TYPES.filter(
  (type) => type !== "unknown" && !/^(?:recv|send|dup|fchdir|chdir)/.test(type),
);

/**
 * Watches this host until the signal is aborted.
 *
 * @param told Called for everything that the sensor tells.
 * @throws {AppError} `sensor-unavailable`; `config-invalid` for rules that cannot be used; what reading them throws.
 */
export async function watch(
  options: WatchOptions,
  surroundings: Surroundings,
  told: (tidings: WatchTidings) => void,
): Promise<void> {
  const { signal } = surroundings;
  const enforced: EnforcedContainer[] = [];
  for (const name of options.enforce) enforced.push(await enforcedContainer(name, surroundings));
  const { record, events, only } = options;
  const rules = await readRuleFiles(options.rules);
  demandUsable(rules);
  // What is enforced is asked when a file is mapped, too: libraries are never executed by name.
  const least: readonly EventType[] = enforced.length > 0 ? ["mmap"] : [];
  const wanted = events === null && record === null ? least : SHOWN;
  const start: WatchStart = { record, events, only, enforced, rules, wanted };
  const again = new Again(options.enforce, surroundings, (order) => thread.send(order));
  const thread: SideThread<WatchOrder> = startThread(
    new URL("./sensor-thread.js", import.meta.url),
    start,
    (tidings: WatchTidings) => {
      again.see(tidings);
      told(tidings);
    },
  );
  options.onReload(() => {
    void readAgain(options.rules, thread, surroundings);
  });
  const stop = (): void => thread.send({ kind: "stop" });
  signal.addEventListener("abort", stop, { once: true });
  try {
    await thread.ended;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Rules that cannot be used leave those at work that are: a host without rules would be quiet whatever happens. */
async function readAgain(
  paths: readonly string[],
  thread: SideThread<WatchOrder>,
  { warn }: Surroundings,
): Promise<void> {
  try {
    const rules = await readRuleFiles(paths);
    demandUsable(rules);
    thread.send({ kind: "rules", rules });
  } catch (thrown) {
    warn(`the rules stay as they were: ${reasonOf(thrown)}`);
  }
}

/**
 * What died is looked at again: a file of the image that was touched a moment ago looks like any other of the writable layer to
 * the kernel. It dies once, and may run from then on. One look at a time.
 */
class Again {
  readonly #names: readonly string[];
  readonly #surroundings: Surroundings;
  readonly #send: (order: WatchOrder) => void;
  #isLooking = false;

  constructor(
    names: readonly string[],
    surroundings: Surroundings,
    send: (order: WatchOrder) => void,
  ) {
    this.#names = names;
    this.#surroundings = surroundings;
    this.#send = send;
  }

  see(tidings: WatchTidings): void {
    if (tidings.kind !== "events" || this.#isLooking) return;
    if (!tidings.events.some((event) => event.killed)) return;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
    });
  }

  async #look(): Promise<void> {
    for (const name of this.#names) {
      try {
        const { allowed } = await enforcedContainer(name, this.#surroundings);
        this.#send({ kind: "allow", files: allowed });
      } catch (thrown) {
        // It ended meanwhile, and nothing of it runs any more.
        this.#surroundings.warn(reasonOf(thrown));
      }
    }
  }
}
