import { SENSOR_CAPABILITIES, SENSOR_MEMORY_MIB } from "./rights.ts";

export interface SensorUnit {
  /** The program with its arguments: absolute path first. */
  readonly command: readonly string[];
  /** What made it, for who reads it. */
  readonly madeBy: string;
}

const CAPABILITIES = SENSOR_CAPABILITIES.map((name) => `CAP_${name}`).join(" ");

/**
 * The sensor as a service of systemd 247 or later (systemd.service(5), systemd.exec(5)). It starts before the engines, so that the
 * first container is seen from its first process on, and it sees the host's files read-only.
 */
export function sensorUnit({ command, madeBy }: SensorUnit): string {
  return `# ${madeBy}
[Unit]
Description=Bulwark: what containers do, by rules
Before=docker.service containerd.service crio.service podman.service kubelet.service
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command.map(unitWord).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
TimeoutStopSec=15
StateDirectory=bulwark
StateDirectoryMode=0700
Environment=HOME=/var/lib/bulwark
MemoryMax=${SENSOR_MEMORY_MIB}M
OOMScoreAdjust=-500
CapabilityBoundingSet=${CAPABILITIES}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectClock=yes
ProtectHostname=yes
${command.slice(0, 2).some(isTemporary) ? "" : "PrivateTmp=yes\n"}PrivateDevices=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service bpf perf_event_open
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/** A program there is not seen by a service that has such folders of its own. */
function isTemporary(path: string): boolean {
  return /^\/(?:var\/)?tmp\//.test(path);
}

/**
 * A word of a command line (systemd.service(5), "Command lines"): quoted where it holds what would be taken for something else.
 * `%` begins a specifier and `$` a variable even inside quotes.
 */
export function unitWord(word: string): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
  return /^[\w./:=@,+-]+$/.test(word) ? word : `"${escaped}"`;
}
