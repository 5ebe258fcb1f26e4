// Passwords that people have chosen, where what stands around tells that they are some: the argument of a call that sets one, and a
// word of letters alone beside the address or the name that it belongs to.
import type { Assignment } from "../../../kit/assignment.ts";
import { baseName, extensionOf } from "../../../kit/path.ts";
import type { SecretView } from "../../../stages/secrets/contract.ts";

const SETTER = /(?:set_?|with_?|\.)pass(?:word|wd|phrase)$/i;

/** `setPassword("value")`, `.password("value")`: the one argument of a call. @param end Behind the name. */
export function argumentAt(view: SecretView, end: number): Assignment | null {
  const given = /^\((\s{0,4}["'`])([^"'`\n\\]{1,80})["'`]\s{0,4}\)/.exec(view.text(end, end + 100));
  const [, opened = "", value = ""] = given ?? [];
  if (given === null) return null;
  const [name = ""] = /[\w$]{0,40}$/.exec(view.text(Math.max(0, end - 40), end)) ?? [];
  const nameFrom = end - name.length;
  if (!SETTER.test(view.text(Math.max(0, nameFrom - 1), end))) return null;
  const valueFrom = end + 1 + opened.length;
  return {
    name,
    nameFrom,
    valueFrom,
    valueTo: valueFrom + value.length,
    isQuoted: true,
    separator: "(",
  };
}

/** How far is looked for what a password belongs to. */
const BESIDE_BYTES = 600;
const LETTERS = /^[A-Za-z]{8,64}$/;

/**
 * Whether a value of letters alone is a password, as it may be a word of a text elsewhere: the same group of settings has an address.
 * Texts of programs in files of properties have none.
 */
export function isOfAddress(view: SecretView, { name, ...at }: Assignment, value: string): boolean {
  if (extensionOf(baseName(view.path).toLowerCase()) !== "properties" || !LETTERS.test(value))
    return false;
  const group = name.slice(0, name.lastIndexOf(".") + 1);
  return (
    group !== "" &&
    around(view, at)
      .split("\n")
      .some((line) => {
        const [, key = "", told = ""] =
          /^\s{0,8}([\w.-]{1,100})\s{0,4}[=:]\s{0,4}(\S+)/.exec(line) ?? [];
        return (
          key.startsWith(group) &&
          /(?:url|uri|hosts?|servers?|address)$/i.test(key) &&
          /:\/\/|^jdbc:|[\w-]\.[a-z]{2}/i.test(told)
        );
      })
  );
}

/** Whether PHP makes a constant of it. @see https://www.php.net/define */
export function isDefined(view: SecretView, { nameFrom, separator }: Assignment): boolean {
  return (
    separator === "," &&
    /\bdefine\(\s{0,4}["']$/.test(view.text(Math.max(0, nameFrom - 14), nameFrom))
  );
}

/** Whether a defined value is a password, letters alone too: a name or a host of the same sort is defined beside it. */
export function isDefinedLogin(view: SecretView, given: Assignment, value: string): boolean {
  return (
    isDefined(view, given) &&
    LETTERS.test(value) &&
    /\bdefine\(\s{0,4}["']\w{0,40}_(?:HOST|USER|USERNAME)["']/.test(around(view, given))
  );
}

function around(view: SecretView, { nameFrom, valueTo }: Omit<Assignment, "name">): string {
  return view.text(Math.max(0, nameFrom - BESIDE_BYTES), valueTo + BESIDE_BYTES);
}
