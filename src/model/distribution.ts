/** The operating system an image is made of, as its os-release states it. @see os-release(5) */
export interface Distribution {
  /** `ID`, lower case: `debian`, `alpine`, `ubuntu`, `almalinux`, `rhel`, `wolfi` … */
  readonly id: string;
  /** `VERSION_ID` as written (`12`, `3.19.1`, `22.04`); null on rolling releases (Debian sid, Arch, Wolfi has a date). */
  readonly versionId: string | null;
  /** `VERSION_CODENAME`, needed for Debian testing and sid, which have no VERSION_ID. */
  readonly codename: string | null;
  /** `PRETTY_NAME`, or what comes nearest. */
  readonly name: string;
  /** `ID_LIKE`, split at spaces. */
  readonly like: readonly string[];
}

/** When a release stops getting security updates, and whether it has. */
export interface EndOfLife {
  /** ISO date, the last day of free security support. */
  readonly date: string;
  readonly ended: boolean;
}
