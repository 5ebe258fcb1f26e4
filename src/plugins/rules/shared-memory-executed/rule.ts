import type { WatchRule } from "../../../stages/watch/contract.ts";

const PLACES = "(/dev/shm/, /run/shm/, /dev/mqueue/)";

/** An interpreter that is given a script: by whoever calls it, or by the kernel, which puts the path of the script behind it. */
const BY_INTERPRETER =
  "(proc.exe in (sh, bash, dash, ash, ksh, zsh, perl, python, python3, ruby, node, php, lua) or proc.exe endswith anyof (/sh, /bash, /dash, /ash, /ksh, /zsh, /perl, /python, /python3, /ruby, /node, /php, /lua))";

export const sharedMemoryExecuted: WatchRule = {
  id: "shared-memory-executed",
  title: "A program is executed that lies in shared memory",
  priority: "Critical",
  techniques: ["T1059", "T1564"],
  condition: `evt.type in (execve, execveat) and container.id != host and (proc.exepath startswith anyof ${PLACES} or (${BY_INTERPRETER} and (proc.args startswith anyof ${PLACES} or ((proc.cwd in (/dev/shm, /run/shm, /dev/mqueue) or proc.cwd startswith anyof ${PLACES}) and proc.args startswith "./"))))`,
  why: "/dev/shm may be written in nearly every container and is on no disk, so it is where intruders put their tools.",
  response: "Stop the container, keep the file, and find what wrote it.",
  quietCases:
    "Some test runners and databases compile code there: except them by their image. A script behind options of its interpreter (sh -e FILE), or that is read from standard input, is not seen.",
  fires: [
    {
      type: "execve",
      process: { name: "s.sh", exePath: "/bin/dash", exe: "/bin/sh", arguments: ["/dev/shm/s.sh"] },
    },
    {
      type: "execve",
      process: {
        name: "s.sh",
        exePath: "/bin/busybox",
        exe: "/bin/sh",
        arguments: ["./s.sh"],
        cwd: "/dev/shm",
      },
    },
    {
      type: "execve",
      process: { name: "sh", exePath: "/bin/busybox", exe: "sh", arguments: ["/dev/shm/s.sh"] },
    },
    {
      type: "execve",
      process: {
        name: "x",
        exePath: "/dev/shm/x",
        arguments: [],
      },
    },
  ],
  quiet: [
    {
      type: "execve",
      process: { name: "cat", exePath: "/bin/busybox", exe: "cat", arguments: ["/dev/shm/s.sh"] },
    },
    {
      type: "execve",
      process: {
        name: "sh",
        exePath: "/bin/dash",
        exe: "sh",
        arguments: ["-c", "cat > /dev/shm/x"],
      },
    },
    {
      type: "execve",
      process: {
        name: "s.sh",
        exePath: "/bin/dash",
        exe: "/bin/sh",
        arguments: ["./s.sh"],
        cwd: "/srv",
      },
    },
    {
      type: "execve",
      process: {
        name: "x",
        exePath: "/dev/shm/x",
        arguments: [],
      },
      isOnHost: true,
    },
    {
      type: "execve",
      process: {
        name: "ls",
        exePath: "/usr/bin/ls",
        arguments: [],
      },
    },
  ],
};
