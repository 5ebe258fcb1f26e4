// What folders of a container are for. @see hier(7), Filesystem Hierarchy Standard 3.0

/** What lies here came with the image, and nobody has a reason to change it. */
export const IMMUTABLE_FOLDERS = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "opt", "etc", "boot"] as const;

/** What runs writes here: data, logs, sockets, scratch. */
export const MUTABLE_FOLDERS = ["var", "run", "tmp", "home", "root", "srv", "mnt", "media", "data", "dev", "proc", "sys"] as const;

/** Engines write these into every container. */
export const ENGINE_FILES: ReadonlySet<string> = new Set([".dockerenv", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf", "run/.containerenv"]);

/** Whoever writes these decides what others run, or as whom. */
export const TELLING_FILES: ReadonlySet<string> = new Set([
  "etc/anacrontab",
  "etc/crontab",
  "etc/group",
  "etc/gshadow",
  "etc/ld.so.conf",
  "etc/ld.so.preload",
  "etc/passwd",
  "etc/profile",
  "etc/shadow",
  "etc/sudoers",
]);

export const TELLING_FOLDERS = [
  "etc/cron.d",
  "etc/cron.daily",
  "etc/cron.hourly",
  "etc/cron.monthly",
  "etc/cron.weekly",
  // BusyBox, and so Alpine: crond -c, and what its own table runs.
  "etc/crontabs",
  "etc/ld.so.conf.d",
  "etc/pam.d",
  "etc/periodic",
  "etc/ssl/certs",
  "etc/sudoers.d",
  "var/spool/cron",
  "usr/local/share/ca-certificates",
] as const;

/** Where OpenSSH and Dropbear look in a home folder, wherever that lies, for who may log in. @see sshd(8) */
export const LOGIN_FILES: ReadonlySet<string> = new Set([".ssh/authorized_keys", ".ssh/authorized_keys2"]);

/** Written anew by package managers from what is there, and by nobody else's will. */
export const DERIVED_FILES: ReadonlySet<string> = new Set(["etc/ld.so.cache"]);

/** What interpreters run, by how it is named. */
export const CODE_EXTENSIONS: ReadonlySet<string> = new Set(["bash", "cjs", "class", "jar", "js", "lua", "mjs", "php", "pl", "pm", "ps1", "py", "rb", "sh", "war"]);

/** Where engines put the first process that they bring themselves (`docker run --init`). */
export const ENGINE_INITS: ReadonlySet<string> = new Set(["sbin/docker-init", "usr/sbin/docker-init", "dev/init", "run/podman-init"]);
