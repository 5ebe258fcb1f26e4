// What stands where a secret would: examples, blanks to be filled in, templates. And what chance would hardly give.

const WORDS = [
  "example",
  "placeholder",
  "changeme",
  "change_me",
  "change-me",
  "replaceme",
  "replace_me",
  "redacted",
  "insert",
  "dummy",
  "foobar",
  "deadbeef",
  "your-",
  "your_",
  "yourtoken",
  "yourkey",
  "yoursecret",
  "yourpass",
  "my-secret",
  "my_secret",
  "mysecret",
  "sample",
  "testtest",
  "not-a-real",
  "notareal",
  "fakefake",
];
const SAME_MAX = 4;
const RISING_MAX = 5;

/** Whether a value is one that somebody wrote in place of a secret. */
export function isPlaceholder(value: string): boolean {
  return isTemplate(value) || isMonotonous(value) || namesItself(value);
}

function namesItself(value: string): boolean {
  const lower = value.toLowerCase();
  return WORDS.some((word) => lower.includes(word));
}

/** `${VAR}`, `$VAR`, `{{ x }}`, `<your key>`, `%(x)s`, `%VAR%`, `#{x}`, `@x@`, `[x]`, `env:X`. */
function isTemplate(value: string): boolean {
  return (
    /[$#]\{|\{\{|\}\}|<%|%>|%\(|\$\(/.test(value) ||
    /^(?:\$[A-Za-z_]|<|\[|\{|%[A-Za-z_]+%|@[A-Za-z_.]+@$|env[:.(])/.test(value)
  );
}

/** `aaaaa`, `******`, `123456`, `abcdef`. */
function isMonotonous(value: string): boolean {
  let same = 1;
  let rising = 1;
  for (let i = 1; i < value.length; i += 1) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    same = step === 0 ? same + 1 : 1;
    rising = step === 1 ? rising + 1 : 1;
    if (same > SAME_MAX || rising > RISING_MAX) return true;
  }
  return false;
}

/** Shannon's entropy of the characters of a text, in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}

/** Of what chance gives to a text of this length, which nearly all random texts reach and hardly any words do. */
const SHARE = 0.62;

/** Whether chance may have chosen a text from so many characters. */
export function looksRandom(text: string, alphabet: number): boolean {
  return entropyOf(text) >= SHARE * Math.log2(Math.min(text.length, alphabet));
}
