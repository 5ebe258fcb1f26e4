// Files of objects, YAML or JSON: Kubernetes, Compose, and what engines wrote.
import { dirname } from "node:path";
import type { ObjectFile } from "../formats/object-file.ts";
import { AppError } from "../kit/error.ts";
import { composeVariables } from "./compose-variables.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";
import type { Surroundings } from "./surroundings.ts";

const OBJECT_FILE = /\.(?:ya?ml|json)$/;
/** A file that says this of itself is meant; others in a folder are none of ours when they cannot be read. */
const OBJECTS = /(?:^|[{,])\s*"?(?:apiVersion|services|HostConfig|kubeletconfig)"?\s*:/m;

export const objectFiles: FileKind = {
  wants: (path) => OBJECT_FILE.test(path),
  read: readObjects,
};

async function readObjects(
  { path, bytes, isNamed, digest }: NamedBytes,
  surroundings: Surroundings,
): Promise<ReadSubject[] | null> {
  const text = bytes.toString("utf8");
  const saysSo = OBJECTS.test(text);
  if (!isNamed && !saysSo) return null;
  const [{ readObjectFile }, variables] = await Promise.all([
    import("../formats/object-file.ts"),
    composeVariables(dirname(path), surroundings.env),
  ]);
  const file = templated(text, path, () => readObjectFile(bytes, path));
  const { readDocument } = await import("./read-document.ts");
  const found = file.documents.flatMap((document, index) =>
    readDocument(document, variables).map((subject) => ({
      path,
      subject,
      places: (pointers: readonly string[]) => file.places(index, pointers),
      // What an engine wrote changes nothing when it is edited.
      ...(subject.platform === "engine" ? {} : { editable: { document: index, of: digest } }),
    })),
  );
  return found.length === 0 && !saysSo ? null : found;
}

/** Charts hold templates that look like objects: what to do about them is worth more than where YAML ends in them. */
function templated(text: string, path: string, read: () => ObjectFile): ObjectFile {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || !/\{\{[\s\S]*?\}\}/.test(text)) throw error;
    const message = `cannot read ${JSON.stringify(path)}: it is a template; render it first, as with helm template`;
    throw new AppError(error.code, message, { subject: path, cause: error });
  }
}
