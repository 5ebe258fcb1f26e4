#!/bin/sh
# Compiles the sensor's program for each kind of machine; what comes out is checked in, so that nobody who installs Bulwark
# needs a compiler. `sh sensor/build.sh [FOLDER]` (default: this one). Clang 14 of Debian 12 makes the same bytes every time.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
for machine in x86 arm64; do
  # Headers of Linux itself are the same for every machine but `asm/`; the build's own machine has them.
  clang --target=bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter \
    -Wno-sign-compare -fdebug-prefix-map="$PWD"=. -fno-ident "-D__TARGET_ARCH_$machine" \
    -isystem "/usr/include/$(uname -m)-linux-gnu" -c sensor.bpf.c -o "$out/sensor.$machine.o"
  # What is left is what libbpf needs: programs, maps, types.
  llvm-strip -g "$out/sensor.$machine.o"
done
