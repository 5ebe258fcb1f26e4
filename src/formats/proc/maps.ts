// What a process has mapped. @see proc_pid_maps(5)

/** A file of which a process has a part in memory, executable. */
export interface ExecutableMapping {
  /** As in `map_files`: both ends in hexadecimal, without leading zeros. */
  readonly range: string;
  /** `dev:inode`, by which mappings of one file are known as such. */
  readonly file: string;
  /** As the process sees it; a deleted one ends in ` (deleted)`. */
  readonly path: string;
}

const LINE = /^0*([0-9a-f]+)-0*([0-9a-f]+) ..x. [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) (\d+) +(.+)$/;

/** One mapping of each file, executable ones alone. */
export function executableMappings(text: string): ExecutableMapping[] {
  const found = new Map<string, ExecutableMapping>();
  for (const line of text.split("\n")) {
    const [, from = "", to = "", device = "", inode = "", path = ""] = LINE.exec(line) ?? [];
    if (inode === "" || inode === "0" || path === "") continue;
    const file = `${device}:${inode}`;
    if (!found.has(file)) found.set(file, { range: `${from}-${to}`, file, path });
  }
  return [...found.values()];
}
