// Secrets of a file that was named itself, beside the images that it names.
import { readNamed } from "../io/named-file.ts";
import { type ExamineContext, type Examined, plainExamined } from "./examined.ts";
import { withSecretsIn } from "./folder-secrets.ts";
import { secretReader } from "./secret-search.ts";

/** @throws {AppError} `not-found`, `unreadable`, `limit-exceeded`. */
export async function examineNamedFile(
  path: string,
  target: string,
  context: ExamineContext,
): Promise<Examined> {
  const { bytes } = await readNamed("file", path);
  const reader = secretReader();
  reader.file(path, bytes);
  const inventory = { distribution: null, packages: [], problems: [] };
  const examined = plainExamined({ kind: "configuration", target }, inventory);
  // A file has no history of its own that git could be asked for without its repository.
  return withSecretsIn(path, examined, { ...context, history: false, reader });
}
