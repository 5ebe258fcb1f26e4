// Variables within a stage of a Dockerfile, as far as the file itself says what they are.
// @see https://docs.docker.com/reference/dockerfile/#environment-replacement

/** A text, and whether everything in it is known. */
export interface Replaced {
  readonly value: string;
  readonly isKnown: boolean;
}

/** Longer values are nobody's; each could double the one before. */
const VALUE_MAX = 4096;
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^{}$]*))?\}|(\{))/g;

/** Stages on stages, through which a variable is looked for. */
const DEPTH_MAX = 100;

/** The values of variables at a point of the file. */
export class StageVariables {
  readonly #values = new Map<string, Replaced>();
  readonly #arguments = new Map<string, Replaced>();
  readonly #below: StageVariables | null;

  /** @param below Of the stage that this one is built on. */
  constructor(below: StageVariables | null) {
    this.#below = below;
  }

  /** By ENV: it beats every argument, and is handed on to stages built on this one. */
  set(name: string, value: Replaced): void {
    this.#values.set(name, value);
  }

  /** By ARG. */
  setArgument(name: string, value: Replaced): void {
    this.#arguments.set(name, value);
  }

  argument(name: string): Replaced | undefined {
    return this.#arguments.get(name);
  }

  /** Replaces what is known; the rest stays as it is written. */
  replace(text: string): Replaced {
    if (!text.includes("$")) return { value: text, isKnown: true };
    let isKnown = true;
    const value = text.replace(
      VARIABLE,
      (whole, plain?: string, braced?: string, operator = "", word = "") => {
        const found = this.#get(plain ?? braced ?? "");
        const isSet = found !== undefined && !(operator.startsWith(":") && found.value === "");
        if (operator.endsWith("+")) return isSet ? word : "";
        if (isSet) {
          isKnown &&= found.isKnown;
          return found.value;
        }
        if (operator.endsWith("-")) return word;
        isKnown = false;
        return whole;
      },
    );
    return value.length > VALUE_MAX ? { value: text, isKnown: false } : { value, isKnown };
  }

  #get(name: string): Replaced | undefined {
    let depth = 0;
    for (let at: StageVariables | null = this; at !== null && depth < DEPTH_MAX; depth += 1) {
      const found = at.#values.get(name);
      if (found !== undefined) return found;
      at = at.#below;
    }
    return this.#arguments.get(name);
  }
}
