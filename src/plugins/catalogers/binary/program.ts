/** A program or library that says its version inside its own file. */
export interface Program {
  /** The product; for `bitnami` the name that the advisories have. */
  readonly name: string;
  readonly type: "bitnami" | "generic";
  /** Base names as {@link stemOf} leaves them. */
  readonly files: readonly string[];
  /** Tried in order; the first that fits counts. */
  readonly signatures: readonly Signature[];
}

/** A text with a version in it, as the linker leaves it among a file's constants. All texts are ASCII. */
export interface Signature {
  /** Right before the version; empty when the version is the beginning of the text. */
  readonly before: string;
  /** Right after the version; `"\0"` is the end of the text, empty is anything that cannot belong to a version. */
  readonly after: string;
  /** How the version itself begins: `5.`. */
  readonly begins?: string;
  /** The text begins with `before`. */
  readonly whole?: true;
  /** How many numbers the version has. */
  readonly parts?: number;
  /** A second text that must be in the file: for versions that stand alone. */
  readonly has?: string;
  /**
   * For versions that stand alone among others: `highest` where the others are known to be lower (data formats, older
   * releases), `build-id` where one stands again before the name of the build (`7.0.15` and `7.0.15host-170483540000000000`).
   * Otherwise two different ones mean that neither is believed.
   */
  readonly picks?: "highest" | "build-id";
  /** A number after a hyphen or underscore belongs to the version: `6.9.11-60`, `1.8.0_372`. */
  readonly isPatched?: true;
  /** Letters after the numbers: kept where they stand (`1.1.1w`) unless they must be there (`9.2p1`) or say a mere patch level. */
  readonly letters?: "needed" | "dropped";
  /** One number stands for all: `20914` is 2.9.14. */
  readonly isPacked?: true;
}

/**
 * A base name without what changes from release to release: `libcrypto.so.3` → `libcrypto.so`, `python3.11` → `python`,
 * `libruby-3.1.so.3.1.2` → `libruby.so`, `php-fpm8.2` → `php-fpm`. One pass.
 */
export function stemOf(name: string): string {
  const so = name.indexOf(".so");
  const isLibrary = so > 0 && (so + 3 === name.length || name[so + 3] === ".");
  let end = isLibrary ? so : name.length;
  while (end > 0 && isReleaseCharacter(name.charCodeAt(end - 1))) end -= 1;
  return isLibrary ? `${name.slice(0, end)}.so` : name.slice(0, end);
}

/** Digits, dot and hyphen. */
function isReleaseCharacter(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d;
}
