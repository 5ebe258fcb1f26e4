// Secrets of a folder: in its files, and in the history of the repository that it is.
import { readGitObjects } from "../io/git-objects.ts";
import type { Problem } from "../model/problem.ts";
import { type PlacedHit, secretFindings } from "../stages/secrets/findings.ts";
import type { ExamineContext, Examined } from "./examined.ts";
import type { PackedSecretReader } from "./packed-secrets.ts";
import { secretKind } from "./secret-search.ts";
import { unsearched } from "./unsearched.ts";

/** Adds the secrets that a reader was told of, and those of a repository's history, to what is known of a folder. */
export async function withSecretsIn(
  path: string,
  examined: Examined,
  context: ExamineContext & { readonly reader: PackedSecretReader },
): Promise<Examined> {
  const reading = context.reader.taken();
  const here = reading.hits.map((hit) => ({ ...hit, layer: null, isHidden: false }));
  const past = context.history ? await historyOf(path, context) : NONE;
  const { inventory } = examined;
  const problems = [...inventory.problems, ...unsearched(reading), ...past.problems];
  return {
    ...examined,
    inventory: { ...inventory, problems },
    code: [...examined.code, ...secretFindings([...here, ...past.hits], secretKind)],
  };
}

interface Past {
  readonly hits: readonly PlacedHit[];
  readonly problems: readonly Problem[];
}

const NONE: Past = { hits: [], problems: [] };
const ID_LENGTH = 12;

/** Places are written as git takes them: `1a2b3c4d5e6f:path/of/file`. */
async function historyOf(
  path: string,
  context: ExamineContext & { readonly reader: PackedSecretReader },
): Promise<Past> {
  context.progress(`${path}: reading its history`);
  const objects = await readGitObjects(path, context.reader, context);
  if (objects === null) return NONE;
  try {
    const reading = context.reader.taken();
    const places = await objects.places(new Set(reading.hits.map((hit) => hit.path)));
    const hits = reading.hits.map((hit): PlacedHit => {
      const place = places.get(hit.path);
      const where =
        place === undefined
          ? hit.path.slice(0, ID_LENGTH)
          : `${place.commit.slice(0, ID_LENGTH)}:${place.path}`;
      return { ...hit, path: where, layer: null, isHidden: true };
    });
    const problems = objects.problems.map(
      (detail): Problem => ({ code: "secrets-unsearched", detail }),
    );
    return { hits, problems: [...unsearched(reading), ...problems] };
  } finally {
    objects.close();
  }
}
