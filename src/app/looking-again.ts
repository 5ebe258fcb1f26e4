const PAUSE_MIN_MS = 250;
const PAUSE_MAX_MS = 30_000;

/**
 * What died is looked at again: a file of the image that was touched a moment ago looks like any other of the writable layer to
 * the kernel. It dies once, and may run from then on.
 *
 * One look at a time; what dies meanwhile asks for exactly one more, and each after another without rest comes later than the one
 * before, so that a container which makes something die all the time does not keep us looking all the time.
 */
export class LookingAgain {
  readonly #look: () => Promise<void>;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #isBusy = false;
  #isAsked = false;

  constructor(look: () => Promise<void>, wait: (milliseconds: number) => Promise<void>) {
    this.#look = look;
    this.#wait = wait;
  }

  /** Something died. */
  ask(): void {
    this.#isAsked = true;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    let pause = PAUSE_MIN_MS;
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#look();
      await this.#wait(pause);
      pause = Math.min(2 * pause, PAUSE_MAX_MS);
    }
    this.#isBusy = false;
  }
}
