// Where alerts come together, whoever raised them: grouped by cause, told with what is known of the executable, and sent on.
import { openSinks } from "../io/sinks/open-sinks.ts";
import type { Alert } from "../model/alert.ts";
import type { SinkState } from "../model/sink.ts";
import { AlertFold } from "../stages/watch/fold.ts";
import { AlertGroups } from "../stages/watch/group.ts";
import { AlertOrigins } from "./alert-origins.ts";
import type { Surroundings } from "./surroundings.ts";

export interface DeskRequest {
  /** As the user wrote them: `stdout`, `file:PATH`, `slack:URL`. */
  readonly sinks: readonly string[];
  /** Only the first alert of each cause is sent. */
  readonly isOnce: boolean;
}

/** Who is told beside the sinks. */
export interface DeskListener {
  /** Every alert. */
  each(alert: Alert): void;
  /** The first of a cause, and then now and then how often it came. */
  folded(alert: Alert): void;
}

/** What came and what became of it. */
export interface DeskAnswer {
  readonly alerts: number;
  readonly causes: number;
  readonly sinks: readonly SinkState[];
}

const GRACE_MS = 15_000;
const LOOK_MS = 1_000;

const NOBODY: DeskListener = { each: () => undefined, folded: () => undefined };

/** Takes alerts in order. Never waits and never fails; to be ended by who made it. */
export class AlertDesk {
  readonly #sinks: ReturnType<typeof openSinks>;
  readonly #groups = new AlertGroups();
  readonly #fold = new AlertFold();
  readonly #origins: AlertOrigins;
  readonly #isOnce: boolean;
  readonly #listener: DeskListener;
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();

  /** @throws {AppError} `usage` for what is no sink. */
  constructor(
    { sinks, isOnce }: DeskRequest,
    { env }: Surroundings,
    listener: DeskListener = NOBODY,
  ) {
    this.#sinks = openSinks(sinks, env);
    this.#isOnce = isOnce;
    this.#listener = listener;
    this.#origins = new AlertOrigins(env);
    this.#timer = setInterval(() => this.#tell(this.#fold.due(performance.now())), LOOK_MS);
    this.#timer.unref();
  }

  take(alert: Alert): void {
    this.#last = this.#last.then(async () => {
      const origin = await this.#origins.of(alert);
      this.#use(origin === null ? alert : { ...alert, origin });
    });
  }

  /** Resolves when what was taken is on its way, and there is room for an alert more. */
  async room(): Promise<void> {
    await this.#last;
    await this.#sinks.room();
  }

  #use(alert: Alert): void {
    const isNew = this.#groups.add(alert);
    this.#listener.each(alert);
    if (isNew || !this.#isOnce) this.#sinks.keep(alert);
    if (isNew && this.#isOnce) this.#sinks.call(alert);
    this.#tell(this.#fold.add(alert, performance.now()));
  }

  #tell(folded: readonly Alert[]): void {
    for (const alert of folded) {
      this.#listener.folded(alert);
      if (!this.#isOnce) this.#sinks.call(alert);
    }
  }

  /** Tells what was held, and delivers what waits. */
  async end(): Promise<DeskAnswer> {
    await this.#last;
    clearInterval(this.#timer);
    this.#tell(this.#fold.rest());
    await this.#sinks.close(GRACE_MS);
    const causes = this.#groups.groups().length;
    return { alerts: this.#groups.alerts, causes, sinks: this.#sinks.states() };
  }
}
