/** What the name of an archive tells. */
export interface ArchiveName {
  readonly artifact: string;
  /** Empty when the name has none. */
  readonly version: string;
  /** What comes after the version and says which build it is: `linux-x86_64`, `sources`. */
  readonly classifier: string;
}

const NAME_LENGTH_MAX = 250;

/** Words that belong to a version although they are words; a number may follow them. */
const VERSION_WORDS: ReadonlySet<string> = new Set(
  [
    "alpha beta b m milestone cr rc pre ea preview dev nightly build snapshot",
    "final ga release sp patch v x",
    "incubating jre android redhat jbossorg atlassian hadoop",
  ].flatMap((words) => words.split(" ")),
);

/** Builds of one version that hold other things than the version's own archive, or more. */
const BUILD =
  /-(sources|javadoc|tests?|test-sources|shaded|all|jar-with-dependencies|no_aop|classes)$/;
const PACKAGING = /-(exec|runner|uber|standalone|bundle|nodep)$/;
const PLATFORM = /-((?:linux|osx|windows|macos|natives|jdk)[-_]?[A-Za-z0-9_-]*)$/;

/**
 * Takes the name of an archive (without folder and extension) apart: `log4j-1.2-api-2.17.1`, `netty-4.1.0.Final-linux-x86_64`.
 *
 * @param stated A version from the manifest: where the name ends in it, nothing has to be guessed.
 */
export function archiveName(stem: string, stated: string): ArchiveName {
  const short = stem.slice(0, NAME_LENGTH_MAX);
  if (stated !== "" && short.endsWith(`-${stated}`) && short.length > stated.length + 1)
    return { artifact: short.slice(0, -stated.length - 1), version: stated, classifier: "" };
  const classifier =
    (BUILD.exec(short) ?? PACKAGING.exec(short) ?? PLATFORM.exec(short))?.[1] ?? "";
  const rest = classifier === "" ? short : short.slice(0, -classifier.length - 1);
  const at = versionStart(rest);
  return at === -1
    ? { artifact: short, version: "", classifier: "" }
    : { artifact: rest.slice(0, at), version: rest.slice(at + 1), classifier };
}

/** The dash before the version: the first one before a digit after which no word stands that is of a name. */
function versionStart(stem: string): number {
  let start = -1;
  let hasWord = true;
  let at = 0;
  for (const part of stem.split("-")) {
    const isNumber = /^\d/.test(part);
    if (at > 1 && isNumber && hasWord) {
      start = at - 1;
      hasWord = false;
    } else if (at > 0 && !isNumber && !isVersionWord(part)) hasWord = true;
    at += part.length + 1;
  }
  // Words at the end that are of no version (`foo-1.0-bar`) are kept in it: an unknown classifier.
  return start;
}

function isVersionWord(part: string): boolean {
  return VERSION_WORDS.has(part.toLowerCase().replace(/[.\d]*$/, ""));
}
