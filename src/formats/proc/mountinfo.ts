// The mounts of a process. @see proc_pid_mountinfo(5)

/** A mount, as the process sees it. */
export interface Mount {
  /** From the process's root: `/dev/shm`. */
  readonly point: string;
  /** `overlay`, `tmpfs`, `ext4`. */
  readonly type: string;
  /** Folder within the mounted file system. */
  readonly root: string;
  readonly isReadOnly: boolean;
  /** Options of the file system: `upperdir=…` of an overlay. */
  readonly options: string;
}

/** Mounts in their order, later ones over earlier ones. Lines that are none are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root, point, own = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    if (point === undefined || root === undefined || type === undefined || type === "") return [];
    const isReadOnly = own.split(",").includes("ro");
    return [{ point: unescaped(point), root: unescaped(root), type, isReadOnly, options }];
  });
}

/** Blanks, tabs, line ends and backslashes are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
