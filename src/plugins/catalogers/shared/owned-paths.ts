/**
 * Gathers paths that are stored as folder and name apart. A short name can stand for a long path, so what a small file claims
 * to own may be far larger than the file: together the paths may have {@link CHARACTERS_MAX} characters and no more.
 */
export class OwnedPaths {
  #left = CHARACTERS_MAX;
  #isExhausted = false;

  /** Whether paths were left out. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** @returns The path without leading slash; null when it is too long, or one too many. */
  path(folder: string, name: string): string | null {
    const length = folder.length + name.length + 1;
    if (length > PATH_LENGTH_MAX) return null;
    if (length > this.#left) {
      this.#isExhausted = true;
      return null;
    }
    this.#left -= length;
    const whole = folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;
    return whole.startsWith("/") ? whole.slice(1) : whole;
  }
}

/** A distribution with all its packages installed has a million files of sixty characters. */
const CHARACTERS_MAX = 64_000_000;
const PATH_LENGTH_MAX = 4_096;
