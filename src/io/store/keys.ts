// Keys of a store's tables. The first letter says what the value is; the letters ascend as the writer adds them.

/** An advisory's list of vulnerabilities, where it is too long to stand at each package: a JSON list of ids. */
export function advisoryKey(advisory: string): string {
  return `A${advisory}`;
}

/** Another name of a flaw: the JSON text of the id under which it is described. */
export function nameKey(name: string): string {
  return `N${name}`;
}

/** Everything said of a package. Neither part holds a line end. */
export function packageKey(ecosystem: string, name: string): string {
  return `P${ecosystem}\n${name}`;
}

/** The description of a flaw. */
export function vulnerabilityKey(id: string): string {
  return `V${id}`;
}
