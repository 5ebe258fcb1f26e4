#!/bin/sh
# Compiles the sensor's program and the responder of the strict mode for each kind of machine; what comes out is checked in, so that
# nobody who installs Bulwark needs a compiler. `sh sensor/build.sh [FOLDER]` (default: this one). Clang and lld 14 of Debian 12
# (`clang`, `lld-14`) make the same bytes every time.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
for machine in x86 arm64; do
  # Headers of Linux itself are the same for every machine but `asm/`; the build's own machine has them.
  headers="/usr/include/$(uname -m)-linux-gnu"
  clang --target=bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter \
    -Wno-sign-compare -fdebug-prefix-map="$PWD"=. -fno-ident "-D__TARGET_ARCH_$machine" \
    -isystem "$headers" -c sensor.bpf.c -o "$out/sensor.$machine.o"
  # What is left is what libbpf needs: programs, maps, types.
  llvm-strip -g "$out/sensor.$machine.o"
  case $machine in x86) target=x86_64-linux-gnu ;; *) target=aarch64-linux-gnu ;; esac
  # Without a C library: the compiler, the linker and the headers of Linux are all that decides about the bytes.
  clang "--target=$target" -O2 -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pic \
    -fno-asynchronous-unwind-tables -fno-ident -isystem "$headers" -nostdlib -static -fuse-ld=lld-14 \
    -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,separate-code strict.c -o "$out/strict.$machine"
  llvm-strip --strip-all "$out/strict.$machine"
done
