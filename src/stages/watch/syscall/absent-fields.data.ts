// Fields that Falco has and that are not answered here, with the reason. Conditions that name them are refused: they would never be true.

const REASONS: readonly (readonly [reason: string, names: string])[] = [
  ["the sensor sees calls when they have returned, and not how long they took", "evt.latency evt.latency.s evt.latency.ns evt.latency.quantized evt.latency.human evt.wait_latency"],
  ["events are looked at one by one, and the one before is not kept", "evt.deltatime evt.deltatime.s evt.deltatime.ns evt.reltime evt.reltime.s evt.reltime.ns"],
  [
    "the sensor does not take what is read, written or sent",
    "evt.buffer evt.buflen evt.is_syslog evt.buflen.in evt.buflen.out evt.buflen.file evt.buflen.file.in evt.buflen.file.out evt.buflen.net evt.buflen.net.in evt.buflen.net.out",
  ],
  [
    "it is a column of sysdig's tables",
    "evt.count.error.file evt.count.error.net evt.count.error.memory evt.count.error.other evt.count.procinfo evt.count.threadinfo evt.infra.docker.name evt.infra.docker.container.id evt.infra.docker.container.name evt.infra.docker.container.image thread.nametid thread.vmsize.b thread.vmrss.b",
  ],
  [
    "the sensor does not measure what processes use",
    "evt.cpu proc.fdopencount proc.fdlimit proc.fdusage proc.vmsize proc.vmrss proc.vmswap thread.pfmajor thread.pfminor thread.exectime thread.totexectime proc.nthreads proc.nchilds thread.cpu thread.cpu.user thread.cpu.system thread.vmsize thread.vmrss",
  ],
  [
    "the sensor does not read it from the kernel",
    "proc.exe_ino.ctime_duration_pidns_start proc.pidns_init_start_ts thread.vtid thread.cgroups thread.cgroup fd.dev.major fd.dev.minor user.homedir user.shell fd.cproto fd.sproto fd.lproto fd.rproto",
  ],
  [
    "the sensor sees the descriptor of an event only, and no others of the process",
    "proc.stdin.type proc.stdout.type proc.stderr.type proc.stdin.name proc.stdout.name proc.stderr.name fd.types fdlist.nums fdlist.names fdlist.cips fdlist.sips fdlist.cports fdlist.sports",
  ],
  [
    "it is not asked of the container runtime",
    "container.mounts container.mount container.mount.mode container.mount.propagation container.healthcheck container.liveness_probe container.readiness_probe container.ip container.cni.json container.host_pid container.host_network container.host_ipc proc.is_container_healthcheck proc.is_container_liveness_probe proc.is_container_readiness_probe k8s.pod.sandbox_id k8s.pod.full_sandbox_id k8s.pod.ip k8s.pod.cni.json",
  ],
  [
    "Falco has given it up, and the plugin k8smeta that has it is not built in",
    "k8s.rc.name k8s.rc.id k8s.rc.label k8s.rc.labels k8s.svc.name k8s.svc.id k8s.svc.label k8s.svc.labels k8s.ns.id k8s.ns.label k8s.ns.labels k8s.rs.name k8s.rs.id k8s.rs.label k8s.rs.labels k8s.deployment.name k8s.deployment.id k8s.deployment.label k8s.deployment.labels",
  ],
];

/** Why, by the name of the field. */
export const ABSENT_FIELDS: ReadonlyMap<string, string> = new Map(REASONS.flatMap(([reason, names]) => names.split(" ").map((name) => [name, reason] as const)));
