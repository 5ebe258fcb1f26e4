// Files of objects, YAML or JSON: Kubernetes, Compose, and what engines wrote.
import { dirname } from "node:path";
import { composeVariables } from "./compose-variables.ts";
import { type FileKind, missFaults, type NamedBytes, type ReadSubject } from "./file-kind.ts";
import type { Surroundings } from "./surroundings.ts";

const OBJECT_FILE = /\.(?:ya?ml|json)$/;
/** A file that says this of itself is meant; others in a folder are none of ours when they cannot be read. */
const OBJECTS =
  /(?:^|[{,])[ \t\uFEFF]*"?(?:apiVersion|services|HostConfig|kubeletconfig|cniVersion|gitVersion|accessEntr(?:y|ies)|associatedAccessPolicies|associationArn|resourcesVpcConfig|currentMasterVersion|apiServerAccessProfile)"?\s*:/m;

/** Only these have variables, and most files are of Kubernetes. */
const COMPOSE = /services/;

export const objectFiles: FileKind = {
  wants: (path) => OBJECT_FILE.test(path),
  read: readObjects,
};

async function readObjects(
  { path, bytes, isNamed, digest, miss }: NamedBytes,
  surroundings: Surroundings,
): Promise<ReadSubject[] | null> {
  const text = bytes.toString("utf8");
  const saysSo = OBJECTS.test(text);
  if (!isNamed && !saysSo) return null;
  const { readObjectParts } = await import("../formats/object-file.ts");
  const file = readObjectParts(bytes, path);
  const isWhole = await missFaults(file, path, miss);
  const { readDocument } = await import("./read-document.ts");
  const variables = COMPOSE.test(text)
    ? await composeVariables(dirname(path), surroundings.env)
    : (): undefined => undefined;
  const found = file.documents.flatMap((document, index) =>
    readDocument(document, variables).map((subject) => ({
      path,
      subject,
      places: (pointers: readonly string[]) => file.places(index, pointers),
      // What an engine wrote changes nothing when it is edited, and what cannot be read is not edited around.
      ...(subject.platform === "engine" || !isWhole
        ? {}
        : { editable: { document: index, of: digest } }),
    })),
  );
  return found.length === 0 && !saysSo && isWhole ? null : found;
}
