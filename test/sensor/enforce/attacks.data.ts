// What is tried in an enforced container, each as a line of its shell. `/data` is a volume, `/run` and `/dev/shm` are in memory.

export interface Attack {
  readonly name: string;
  /** Of the shell; what it writes to stdout must be nothing. */
  readonly line: string;
}

/** What dies. Files are dropped by copying: what is dropped could do no harm, and would run. */
export const ATTACKS: readonly Attack[] = [
  { name: "a program dropped into the writable layer", line: "cp /bin/busybox /tmp/ls; /tmp/ls /" },
  { name: "a program dropped into a volume", line: "cp /bin/busybox /data/ls; /data/ls /" },
  { name: "a program dropped into memory of /run", line: "cp /bin/busybox /run/ls; /run/ls /" },
  {
    name: "a program dropped into /dev/shm",
    line: "cp /bin/busybox /dev/shm/ls; /dev/shm/ls /",
  },
  { name: "a program in memory only (memfd)", line: "attack memory /bin/busybox ls /" },
  {
    name: "a copy of busybox under another name",
    line: "cp /bin/busybox /tmp/busybox-new; /tmp/busybox-new ls /",
  },
  {
    name: "a program behind a symbolic link",
    line: "ln -sf /data/ls /tmp/link; ln -sf /tmp/link /tmp/link2; /tmp/link2 /",
  },
  {
    name: "a program of the image that was replaced",
    line: "cp /bin/busybox /tmp/new; mv /tmp/new /bin/victim; /bin/victim ls /",
  },
  { name: "a library that was replaced", line: "echo >>/lib/a.so; attack load /lib/a.so" },
  { name: "a library in a volume", line: "cp /lib/b.so /data/b.so; attack load /data/b.so" },
  {
    name: "a library preloaded by the environment",
    line: "LD_PRELOAD=/data/b.so /bin/attack",
  },
  {
    name: "a program given to ld.so",
    line: "cp /bin/attack /tmp/attack; LOADER /tmp/attack",
  },
  {
    name: "a loader that was replaced, which the kernel maps itself",
    line: "echo >>/lib/loader.so; /bin/loaded",
  },
  {
    name: "a library made executable after it was mapped",
    line: "attack protect /data/b.so",
  },
  { name: "the same among too many mappings to look at", line: "attack among /data/b.so" },
  { name: "the same by a call that fails at a hole", line: "attack hole /data/b.so" },
  { name: "the same without saying so (READ_IMPLIES_EXEC)", line: "attack implied /data/b.so" },
  {
    name: "a program of the lower layer of another overlay",
    line: "/data/overlay/merged/ls /",
  },
  {
    name: "a process that forks away from its parent",
    line: "(setsid /tmp/ls / >/data/away &); sleep 0.2; cat /data/away; kill -9 $$",
  },
];

/** What may be done, and says so. */
export const LIFE: readonly (Attack & { readonly says: string })[] = [
  { name: "a program of the image", line: "attack", says: "alive" },
  { name: "a library of the image", line: "attack load /lib/b.so", says: "alive" },
  {
    name: "a library of the image, made executable later",
    line: "attack protect /lib/b.so",
    says: "alive",
  },
  { name: "code that is made in memory", line: "attack anonymous", says: "alive" },
  {
    name: "a script that an interpreter of the image is given",
    line: "echo 'echo alive' >/tmp/script.sh; sh /tmp/script.sh",
    says: "alive",
  },
];
