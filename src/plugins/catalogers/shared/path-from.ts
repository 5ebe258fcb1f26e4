/**
 * The path of a file that another one names from its own folder, with slashes of either kind.
 *
 * @param folder `""` for the top of the tree.
 * @returns null when it leaves the tree.
 */
export function pathFrom(folder: string, relative: string): string | null {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.replaceAll("\\", "/").split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
