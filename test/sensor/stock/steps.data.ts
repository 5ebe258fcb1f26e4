// Steps for each stock rule, written from its condition: what real processes do in a real container, or on the host.

type Container = "plain" | "capable" | "terminal" | "late" | "copied" | "privileged";

export type Place = Container | "host";

interface Engine {
  readonly engine: "docker" | "podman";
  readonly options: readonly string[];
}

/** Where steps are played, each place being one container: what its engine is told of it. */
export const PLACES: Readonly<Record<Container, Engine>> = {
  plain: { engine: "docker", options: ["--network=none", "--tmpfs=/dev/shm:exec"] },
  capable: {
    engine: "docker",
    options: [
      ...["--network=none", "--cap-add=NET_ADMIN", "--cap-add=SYS_ADMIN", "--cap-add=SYS_MODULE"],
      // What the kubelet's engine writes down of a pod.
      ...["--label=io.kubernetes.pod.namespace=stock", "--label=io.kubernetes.pod.name=capable-0"],
    ],
  },
  terminal: { engine: "docker", options: ["--network=none", "--tty"] },
  late: { engine: "docker", options: ["--network=none"] },
  copied: { engine: "docker", options: ["--network=none"] },
  // A host that may not give every capability has no privileged container of Docker's; Podman gives what there is.
  privileged: { engine: "podman", options: ["--network=none", "--privileged"] },
};

export interface StockStep {
  readonly rule: string;
  readonly place: Place;
  /** For a shell of busybox, whose programs all lie in `/bin`; empty when the container's begin is what the rule is about. */
  readonly script: string;
  /** A system call without whose tracepoint nothing can be seen: a kernel without modules has none to load them. */
  readonly needs?: string;
}

/** Where programs of a name lie that do what the actor is told. */
export const PROGRAMS = "/usr/local/bin";
/** An address that is no private one, and is this container's. */
export const FAR = "203.0.113.5";
export const METADATA = "169.254.169.254";
/** What the name of the API server leads to, as the host's own file says. */
export const API_SERVER = "203.0.113.7";

/** Done in a place before its steps. */
export const PREPARATIONS: Readonly<Record<string, string>> = {
  capable: [FAR, METADATA, API_SERVER].map((address) => `/bin/ip address add ${address}/32 dev lo`).join("; "),
};

/** A line of programs, each begun by the one before (`NAME`, `NAME words`, `uid@NAME`), and what the last one calls. */
export function acts(names: readonly string[], calls = ""): string {
  const line = names.map((one) => {
    const [, uid, name, words] = /^(?:(\d+)@)?(\S+) ?(.*)$/.exec(one) ?? [];
    const path = name?.includes("/") || name?.startsWith("memory:") ? name : `${PROGRAMS}/${name}`;
    return `${path}|${uid ?? 0}|${words}`;
  });
  return `ACTOR_LINE='${line.join(";")}' ACTOR_CALLS='${calls}' /actor`;
}

const stable: readonly StockStep[] = [
  {
    rule: "Directory traversal monitored file read",
    place: "plain",
    script: `cd /var/log; ${acts(["web", "worker"], "open|../../etc/hostname|0")}`,
  },
  {
    // A server's name, once it has run for five seconds.
    rule: "Read sensitive file trusted after startup",
    place: "late",
    script: acts(["nginx"], "sleep|6;open|/etc/shadow|0"),
  },
  { rule: "Read sensitive file untrusted", place: "plain", script: "/bin/cat /etc/shadow" },
  { rule: "Run shell untrusted", place: "plain", script: acts(["redis-server", "/bin/sh -c :"]) },
  {
    // User 1 is `daemon`.
    rule: "System user interactive",
    place: "plain",
    script: acts(["sshd", "1@worker"]),
  },
  { rule: "Terminal shell in container", place: "terminal", script: "" },
  {
    rule: "Contact K8S API Server From Container",
    place: "capable",
    script: acts(["client"], `connect|tcp|${API_SERVER}|443`),
  },
  {
    rule: "Netcat Remote Code Execution in Container",
    place: "plain",
    script: acts(["nc -e /bin/sh"]),
  },
  {
    rule: "Search Private Keys or Passwords",
    place: "plain",
    script: "/bin/find /root -name id_rsa",
  },
  { rule: "Clear Log Activities", place: "plain", script: ": > /var/log/syslog" },
  {
    rule: "Remove Bulk Data from Disk",
    place: "plain",
    script: "echo > /tmp/data; /bin/shred -u /tmp/data",
  },
  {
    rule: "Create Symlink Over Sensitive Files",
    place: "plain",
    script: "/bin/ln -s /etc/shadow /tmp/soft",
  },
  {
    rule: "Create Hardlink Over Sensitive Files",
    place: "plain",
    script: "/bin/ln /etc/shadow /tmp/hard",
  },
  {
    rule: "Packet socket created in container",
    place: "plain",
    script: acts(["sniffer"], "packet"),
  },
  {
    rule: "Redirect STDOUT/STDIN to Network Connection in Container",
    place: "plain",
    script: acts(["implant"], "dup2|tcp4|4000|0"),
  },
  {
    rule: "Linux Kernel Module Injection Detected",
    place: "capable",
    script: acts(["rootkit"], "module"),
    needs: "init_module",
  },
  {
    rule: "Debugfs Launched in Privileged Container",
    place: "privileged",
    script: acts(["debugfs /dev/sda1"]),
  },
  {
    rule: "Detect release_agent File Container Escapes",
    place: "capable",
    script: "echo /tmp/x > /tmp/release_agent",
  },
  { rule: "PTRACE attached to process", place: "plain", script: acts(["injector"], "attach") },
  { rule: "PTRACE anti-debug attempt", place: "plain", script: acts(["packed"], "traceme") },
  {
    rule: "Find AWS Credentials",
    place: "plain",
    script: "/bin/grep aws_secret_access_key /etc/passwd",
  },
  {
    rule: "Execution from /dev/shm",
    place: "plain",
    script: "/bin/cp /bin/sh /dev/shm/tool; /dev/shm/tool -c :",
  },
  {
    rule: "Drop and execute new binary in container",
    place: "plain",
    script: "/bin/cp /bin/sh /tmp/tool; /tmp/tool -c :",
  },
  {
    rule: "Disallowed SSH Connection Non Standard Port",
    place: "capable",
    script: acts(["ssh"], `connect|tcp|${FAR}|443`),
  },
  {
    rule: "Fileless execution via memfd_create",
    place: "plain",
    script: acts(["loader", "memory:ghost"]),
  },
];

const incubating: readonly StockStep[] = [
  {
    rule: "Modify Shell Configuration File",
    place: "plain",
    script: "/bin/touch /root/.bashrc",
  },
  {
    rule: "Schedule Cron Jobs",
    place: "plain",
    script: "echo '* * * * * root /tmp/x' > /etc/cron.d/x",
  },
  { rule: "Read ssh information", place: "plain", script: "/bin/cat /root/.ssh/known_hosts" },
  {
    rule: "DB program spawned process",
    place: "plain",
    script: acts(["postgres", "archive"]),
  },
  {
    rule: "Change thread namespace",
    place: "capable",
    script: "/bin/nsenter --uts=/proc/self/ns/uts /bin/true",
  },
  {
    rule: "Change namespace privileges via unshare",
    place: "plain",
    script: "/bin/unshare -m /bin/true",
  },
  { rule: "Launch Privileged Container", place: "privileged", script: "" },
  { rule: "Launch Excessively Capable Container", place: "capable", script: "" },
  {
    rule: "System procs network activity",
    place: "capable",
    script: acts(["cat"], `connect|tcp|${FAR}|7000`),
  },
  {
    rule: "Program run with disallowed http proxy env",
    place: "plain",
    script: `HTTP_PROXY=http://proxy ${acts(["curl http://web"])}`,
  },
  {
    rule: "Unexpected UDP Traffic",
    place: "capable",
    script: acts(["tunnel"], `connect|udp|${FAR}|7001`),
  },
  { rule: "Non sudo setuid", place: "plain", script: acts(["1@helper"], "setuid|1") },
  { rule: "User mgmt binaries", place: "host", script: acts(["useradd"]) },
  { rule: "Create files below dev", place: "plain", script: "/bin/touch /dev/hidden" },
  {
    rule: "Contact EC2 Instance Metadata Service From Container",
    place: "capable",
    script: acts(["thief"], `connect|tcp|${METADATA}|80`),
  },
  {
    // The rule before it is about the same calls: see the exception among TUNING.
    rule: "Contact cloud metadata service from container",
    place: "capable",
    script: acts(["cloud-client"], `connect|tcp|${METADATA}|80`),
  },
  {
    rule: "Launch Package Management Process in Container",
    place: "plain",
    script: acts(["apk add tool"]),
  },
  {
    rule: "Launch Suspicious Network Tool in Container",
    place: "plain",
    script: acts(["nmap 10.0.0.0/8"]),
  },
  { rule: "Launch Suspicious Network Tool on Host", place: "host", script: acts(["tcpdump"]) },
  {
    rule: "Delete or rename shell history",
    place: "plain",
    script: "/bin/rm /root/.bash_history",
  },
  {
    rule: "Set Setuid or Setgid bit",
    place: "plain",
    script: "echo > /tmp/suid; /bin/chmod u+s /tmp/suid",
  },
  {
    rule: "Launch Remote File Copy Tools in Container",
    place: "plain",
    script: acts(["rsync -a /data away:"]),
  },
  {
    rule: "Network Connection outside Local Subnet",
    place: "capable",
    script: acts(["worker"], `connect|tcp|${FAR}|7002`),
  },
  {
    rule: "Mount Launched in Privileged Container",
    place: "privileged",
    script: "/bin/mount -t tmpfs tmpfs /tmp",
  },
  {
    rule: "Launch Ingress Remote File Copy Tools in Container",
    place: "plain",
    script: acts(["wget http://web/tool"]),
  },
  {
    rule: "Read environment variable from /proc files",
    place: "plain",
    script: "/bin/cat /proc/1/environ > /dev/null",
  },
  {
    rule: "Exfiltrating Artifacts via Kubernetes Control Plane",
    place: "copied",
    script: "exec /bin/tar -c -f /tmp/copy /root",
  },
  {
    rule: "Adding ssh keys to authorized_keys",
    place: "plain",
    script: "echo key >> /root/.ssh/authorized_keys",
  },
  {
    rule: "Potential Local Privilege Escalation via Environment Variables Misuse",
    place: "plain",
    script: "GLIBC_TUNABLES=glibc.malloc.mxfast=1 /bin/true",
  },
  {
    rule: "Backdoored library loaded into SSHD (CVE-2024-3094)",
    place: "plain",
    script: acts(["sshd"], "open|/lib/liblzma.so.5.6.1|0"),
  },
  {
    rule: "BPF Program Not Profiled",
    place: "capable",
    script: acts(["implant"], "bpf"),
  },
];

export const STOCK_STEPS: readonly StockStep[] = [...stable, ...incubating];

/** Exceptions that a user of the stock rules writes, without which two of them cannot fire: one names no namespace at all, and one
 * stands behind another that is about the same calls, and the first that matches an event is the only one. */
export const TUNING = `
- list: namespace_scope_network_only_subnet
  items: [stock]
- macro: ec2_metadata_containers
  condition: (proc.name = cloud-client)
`;

/** Tells in the stream of alerts which step begins. */
export const STEP_RULE = `
- rule: Step
  desc: A step begins.
  condition: evt.type = execve and proc.name = mark
  output: step %proc.args
  priority: DEBUG
`;
