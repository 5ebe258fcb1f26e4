// What the sensor may do, wherever it is installed, and what for.

/**
 * Capabilities (capabilities(7)) of the sensor, and no others: load programs into the kernel (BPF) that look at it and are attached
 * to its tracepoints (PERFMON); look at processes of others (SYS_PTRACE) and at files that their owners alone may read
 * (DAC_READ_SEARCH). Linux 5.15 has all of them.
 */
export const SENSOR_CAPABILITIES = ["BPF", "PERFMON", "SYS_PTRACE", "DAC_READ_SEARCH"] as const;

/** More than it was ever seen to need; what leaks ends it, and not the host. */
export const SENSOR_MEMORY_MIB = 400;
