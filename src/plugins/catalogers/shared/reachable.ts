/** Everything that can be reached from `roots`, themselves included. Cycles are no trouble. */
export function reachable<T>(roots: Iterable<T>, next: (from: T) => Iterable<T>): Set<T> {
  const found = new Set(roots);
  // A set is walked in the order of adding, additions during the walk included.
  for (const from of found) {
    for (const to of next(from)) found.add(to);
  }
  return found;
}
