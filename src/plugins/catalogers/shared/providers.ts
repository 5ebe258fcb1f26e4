/**
 * Which installed package satisfies a dependency. System packages depend on names that others provide: libraries
 * (`so:libz.so.1`, `libz.so.1()(64bit)`), commands, paths, and packages.
 */
export class Providers {
  readonly #byName = new Map<string, string>();

  /** The first to provide a name counts. */
  add(name: string, provider: string): void {
    if (!this.#byName.has(name)) this.#byName.set(name, provider);
  }

  /** @returns Packages that provide these names, each once, without `self`; names that nobody provides are left out. */
  resolve(names: readonly string[], self: string): string[] {
    const found = new Set<string>();
    for (const name of names) {
      const provider = this.#byName.get(name);
      if (provider !== undefined && provider !== self) found.add(provider);
    }
    return [...found];
  }
}
