// The part of the script that is always the same: how a file is changed. POSIX, so that dash and busybox run it.

/** `@ROOT@` stands for the line that says where the host's files are. */
export const SCRIPT_HEAD = `#
# Read it first; then run it as root: sh FILE
# It changes what is named below and nothing else. A file that it changes is kept beside it as FILE.before-bulwark. It can be run
# again: what is done is left alone, and a file that is no longer as the audit saw it is, too. It starts, stops and restarts
# nothing; what has to be restarted for a change to count is told.

set -eu
umask 022
@ROOT@
changed=0
left_out=0

say() {
  printf '%s\\n' "$*"
}

# Tells what was changed, and counts it.
done_with() {
  changed=$((changed + 1))
  say "changed: $*"
}

leave_out() {
  left_out=$((left_out + 1))
  say "left out: $*"
}

# Something that is there and is no link, which could lead elsewhere.
is_there() {
  if [ -h "$ROOT$1" ]; then
    leave_out "$1 is a link"
    return 1
  fi
  if [ ! -e "$ROOT$1" ]; then
    say "not there: $1"
    return 1
  fi
}

# own USER:GROUP PATH
own() {
  is_there "$2" || return 0
  before=$(ls -ld "$ROOT$2")
  chown "$1" "$ROOT$2"
  [ "$before" = "$(ls -ld "$ROOT$2")" ] || done_with "$2 belongs to $1"
}

# mode BITS PATH
mode() {
  is_there "$2" || return 0
  before=$(ls -ld "$ROOT$2")
  chmod "$1" "$ROOT$2"
  [ "$before" = "$(ls -ld "$ROOT$2")" ] || done_with "$2 ($1)"
}

# keep FROM BYTES: these bytes of the file as it is.
keep() {
  dd if="$file" bs=1 skip="$1" count="$2" 2>/dev/null
}

# write KIND PATH SEEN WANTED, with what compose makes of it; SEEN and WANTED are what cksum says before and after.
write() {
  file=$ROOT$2
  if [ -h "$file" ]; then
    leave_out "$2 is a link"
    return 0
  fi
  now=absent
  [ ! -e "$file" ] || now=$(cksum <"$file")
  if [ "$now" = "$4" ]; then
    return 0
  fi
  if [ "$now" != "$3" ]; then
    leave_out "$2 has changed since the audit"
    return 0
  fi
  if [ ! -d "\${file%/*}" ]; then
    case $1 in
      audit) leave_out "$2: there is no folder \${2%/*}; install the audit daemon (auditd) first" ;;
      *) leave_out "$2: there is no folder \${2%/*}" ;;
    esac
    return 0
  fi
  new=$file.new-by-bulwark
  rm -f "$new"
  if [ "$now" != absent ]; then
    [ -e "$file.before-bulwark" ] || cp -p "$file" "$file.before-bulwark"
    cp -p "$file" "$new"
  fi
  compose >"$new"
  if [ "$(cksum <"$new")" != "$4" ]; then
    rm -f "$new"
    leave_out "$2: it cannot be written as it ought to be"
    return 0
  fi
  if [ "$1" = daemon ] && [ -z "$ROOT" ] && is_refused "$new"; then
    rm -f "$new"
    leave_out "$2: dockerd refuses what it would hold"
    return 0
  fi
  mv "$new" "$file"
  done_with "$2"
  case $1 in
    daemon) say "to do: restart the daemon that reads $2; without live-restore its containers end then" ;;
    audit) say "to do: load the rules with augenrules --load" ;;
  esac
}

# Whether dockerd says that a file is no good; older ones cannot tell.
is_refused() {
  command -v dockerd >/dev/null 2>&1 || return 1
  case $(dockerd --help 2>&1) in
    *--validate*) ! dockerd --validate --config-file="$1" >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

# setting NAME VALUE: now, where less is set; the file holds it for the next start.
setting() {
  [ -z "$ROOT" ] || return 0
  path=/proc/sys/$(printf '%s' "$1" | tr . /)
  [ -e "$path" ] || return 0
  [ "$(cat "$path")" -lt "$2" ] || return 0
  if printf '%s\\n' "$2" 2>/dev/null >"$path"; then
    done_with "$1 is $2"
  else
    leave_out "the kernel does not take $2 for $1"
  fi
}
`;
