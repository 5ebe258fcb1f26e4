/** When more texts are known, all are forgotten: which of them will come again is anybody's guess. */
const TEXTS_MAX = 4096;
/** What is longer is made each time, so that nobody fills memory with it. */
const LENGTH_MAX = 512;

/** What is made of a text, made once for each as long as it is remembered. It must depend on nothing else. */
export function recalled<V>(make: (text: string) => V): (text: string) => V {
  const known = new Map<string, V>();
  let last: string | null = null;
  let value: V;
  return (text) => {
    if (text === last) return value;
    let found = known.get(text);
    if (found === undefined) {
      found = make(text);
      if (text.length > LENGTH_MAX) return found;
      if (known.size >= TEXTS_MAX) known.clear();
      known.set(text, found);
    }
    last = text;
    value = found;
    return found;
  };
}
