// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* What Bulwark observes of a host. Only what the rules in force ask for is loaded; PROTOCOL.md says what comes out. */
#include "process.h"
#include "network.h"
#include "learn.h"

char LICENSE[] SEC("license") = "GPL";
