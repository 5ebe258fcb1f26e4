/** Advisories repeat each other's bounds, and the installed version is compared with all of them. */
const KEPT = 512;
/** A longer text is none that anybody repeats. */
const LENGTH_MAX = 64;

/**
 * A pure function of a text that remembers its last answers. Reading a version takes longer than comparing two.
 *
 * @param parse Its answers are shared: they may not be changed.
 */
export function remembered<T>(parse: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = parse(text);
    if (text.length > LENGTH_MAX) return answer;
    if (answers.size >= KEPT) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}
