// The keys that Podman 5 knows in its own sections; it refuses a unit with another one there.
// Source: podman-systemd.unit(5).

const list = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** By the ending of the unit's name: its section, and the keys of that. */
export const UNIT_KINDS: ReadonlyMap<string, { readonly section: string; readonly keys: ReadonlySet<string> }> = new Map([
  [
    "container",
    {
      section: "Container",
      keys: list(`AddCapability AddDevice AddHost Annotation AppArmor AutoUpdate CgroupsMode ContainerName ContainersConfModule
        DNS DNSOption DNSSearch DropCapability Entrypoint Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort GIDMap
        GlobalArgs Group GroupAdd HealthCmd HealthInterval HealthLogDestination HealthMaxLogCount HealthMaxLogSize
        HealthOnFailure HealthRetries HealthStartPeriod HealthStartupCmd HealthStartupInterval HealthStartupRetries
        HealthStartupSuccess HealthStartupTimeout HealthTimeout HostName HttpProxy Image IP IP6 Label LogDriver LogOpt Mask
        Memory Mount Network NetworkAlias NoNewPrivileges Notify PidsLimit Pod PodmanArgs PublishPort Pull ReadOnly
        ReadOnlyTmpfs ReloadCmd ReloadSignal RemapGid RemapUid RemapUidSize RemapUsers Retry RetryDelay Rootfs RunInit
        SeccompProfile Secret SecurityLabelDisable SecurityLabelFileType SecurityLabelLevel SecurityLabelNested
        SecurityLabelType ServiceName ShmSize StartWithPod StopSignal StopTimeout SubGIDMap SubUIDMap Sysctl Timezone Tmpfs
        UIDMap Ulimit Unmask User UserNS VolatileTmp Volume WorkingDir`),
    },
  ],
  [
    "pod",
    {
      section: "Pod",
      keys: list(`AddHost ContainersConfModule DNS DNSOption DNSSearch ExitPolicy GIDMap GlobalArgs HostName IP IP6 Label
        Network NetworkAlias PodmanArgs PodName PublishPort RemapGid RemapUid RemapUidSize RemapUsers ServiceName ShmSize
        StopTimeout SubGIDMap SubUIDMap UIDMap UserNS Volume`),
    },
  ],
  [
    "volume",
    {
      section: "Volume",
      keys: list(`ContainersConfModule Copy Device Driver GID GlobalArgs Group Image Label Options PodmanArgs ServiceName Type
        UID User VolumeName`),
    },
  ],
  [
    "image",
    {
      section: "Image",
      keys: list(`AllTags Arch AuthFile CertDir ContainersConfModule Creds DecryptionKey GlobalArgs Image ImageTag OS
        PodmanArgs Policy Retry RetryDelay ServiceName TLSVerify Variant`),
    },
  ],
]);
