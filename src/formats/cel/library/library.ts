// Everything that expressions may call.
import { type Library, libraryOf, type Overload } from "../compile/overload.ts";
import type { Type } from "../compile/type.ts";
import { OPTIONAL } from "../compile/type.ts";
import { coreLibrary, coreTypes } from "./core.ts";
import { formatLibrary } from "./format.ts";
import { listLibrary, setLibrary } from "./lists.ts";
import { mathLibrary } from "./math.ts";
import { NAMED_FORMAT, namedFormatLibrary } from "./named-formats.ts";
import { CIDR, IP, netLibrary } from "./net.ts";
import { encoderLibrary, optionalLibrary } from "./optionals.ts";
import { QUANTITY, quantityLibrary } from "./quantity.ts";
import { regexLibrary } from "./regex.ts";
import { SEMVER, semverLibrary } from "./semver.ts";
import { stringLibrary } from "./strings.ts";
import { timeLibrary } from "./times.ts";
import { URL, urlLibrary } from "./url.ts";

const overloads: readonly Overload[] = [
  ...coreLibrary,
  ...timeLibrary,
  ...stringLibrary,
  ...formatLibrary,
  ...mathLibrary,
  ...listLibrary,
  ...setLibrary,
  ...optionalLibrary,
  ...encoderLibrary,
  ...regexLibrary,
  ...quantityLibrary,
  ...semverLibrary,
  ...netLibrary,
  ...urlLibrary,
  ...namedFormatLibrary,
];

const types: readonly Type[] = [
  ...coreTypes,
  OPTIONAL,
  QUANTITY,
  SEMVER,
  IP,
  CIDR,
  URL,
  NAMED_FORMAT,
];

export const library: Library = libraryOf(overloads);

/** Types that stand for themselves in an expression. */
export const typeNames: ReadonlySet<string> = new Set(types.map(({ name }) => name));
