// What is done in containers, in the words of Debian's shell, and what drift says of it.

const FROM_MEMORY = `
  my $name = "work"; my $fd = syscall(${process.arch === "arm64" ? 279 : 319}, $name, 0);
  open(my $in, "<", "/bin/dropped-before") or die; binmode $in; local $/; my $bytes = <$in>;
  open(my $out, ">&=", $fd); binmode $out; print $out $bytes . "x"; $out->flush();
  exec { "/proc/self/fd/$fd" } "kworker", "600";`;

/** A program that the image does not have, and that runs: the image's own with a byte behind its end. */
export const dropped = (path: string): string => `cp /bin/sleep ${path}; echo x >> ${path}`;

/** Each with what is said of it. Programs are waited for until they show up in /proc. */
export const ATTACKS: readonly {
  readonly name: string;
  readonly does?: string;
  readonly starts?: string;
  readonly said: string;
}[] = [
  {
    name: "dropped onto the overlay",
    does: dropped("/tmp/dropped"),
    starts: "exec /tmp/dropped 600",
    said: "critical dropped tmp/dropped executed",
  },
  {
    name: "dropped into a volume",
    does: dropped("/data/tool"),
    starts: "exec /data/tool 600",
    said: "critical dropped data/tool executed",
  },
  {
    name: "dropped into memory that has names",
    does: dropped("/scratch/tool"),
    starts: "exec /scratch/tool 600",
    said: "critical dropped scratch/tool executed",
  },
  {
    name: "a script in /dev/shm, through an interpreter",
    does: "echo 'sleep 600; exit' > /dev/shm/run.sh",
    starts: "exec sh /dev/shm/run.sh",
    said: "critical dropped dev/shm/run.sh interpreted",
  },
  {
    name: "a script by a path from the working folder",
    does: "mkdir -p /srv/app; echo 'sleep 600;' > /srv/app/x.pl",
    starts: "cd /srv/app; exec perl -w ./x.pl",
    said: "critical dropped srv/app/x.pl interpreted",
  },
  {
    name: "a script with a first line",
    does: "printf '#!/bin/sh\\nsleep 600\\nexit\\n' > /opt/start; chmod +x /opt/start",
    starts: "exec /opt/start",
    said: "critical dropped opt/start interpreted",
  },
  {
    name: "a script by the standard input",
    does: "echo 'sleep 600; exit' > /tmp/given",
    starts: "sh < /tmp/given",
    said: "critical dropped tmp/given interpreted",
  },
  {
    name: "a script without a name, by its number",
    does: "echo 'sleep 600; exit' > /tmp/by-number",
    starts: "exec 7< /tmp/by-number; rm /tmp/by-number; exec sh /dev/fd/7",
    said: "critical deleted tmp/by-number interpreted",
  },
  {
    name: "a copy of the image's under another name",
    does: "cp /bin/sleep /tmp/kworker",
    starts: "exec /tmp/kworker 600",
    said: "high moved tmp/kworker executed",
  },
  {
    name: "deleted after it was started",
    does: dropped("/tmp/gone"),
    starts: "/tmp/gone 600 & sleep 0.5; rm /tmp/gone; wait",
    said: "critical deleted tmp/gone executed",
  },
  {
    name: "through a link in a folder for programs",
    does: `${dropped("/var/lib/real")}; ln -s /var/lib/real /usr/local/bin/fine`,
    starts: "exec fine 600",
    said: "critical dropped var/lib/real executed",
  },
  {
    name: "mapped by the dynamic linker",
    does: `${dropped("/tmp/loaded")}; chmod -x /tmp/loaded`,
    starts: "exec /lib*/ld-linux-*.so.* /tmp/loaded 600",
    said: "critical dropped tmp/loaded mapped",
  },
  {
    name: "a replaced library",
    does: "cd /lib/*-linux-gnu; f=$(readlink -f libcrypt.so.1); cp $f n; echo >> n; mv n $f; echo ${f#/} > /tmp/which",
    starts: "exec perl -e 'sleep 600'",
    said: "critical modified LIBRARY mapped",
  },
  {
    name: "a process that forks away from its parent",
    does: dropped("/tmp/away"),
    starts: "setsid -f sh -c '(setsid /tmp/away 600 &)'",
    said: "critical dropped tmp/away executed",
  },
  {
    name: "in memory only",
    starts: `cat > /tmp/m.pl <<'E'\n${FROM_MEMORY}\nE\ncp /bin/sleep /bin/dropped-before; exec perl /tmp/m.pl`,
    said: "critical memfd memfd:work executed",
  },
  {
    name: "a program made setuid",
    does: "chmod u+s /bin/date",
    said: "high privileged usr/bin/date",
  },
  {
    name: "a link that leads elsewhere",
    does: "ln -sf /tmp/evil /etc/localtime",
    said: "high relinked etc/localtime",
  },
  { name: "configuration taken away", does: "rm /etc/issue", said: "medium removed etc/issue" },
  {
    name: "a folder replaced by one of the same name",
    does: "rm -r /etc/apt; mkdir /etc/apt; mkdir /etc/apt/trusted.gpg.d",
    said: "medium removed etc/apt/apt.conf.d",
  },
  {
    name: "a preloaded library, named in configuration",
    does: "echo /tmp/none.so > /etc/ld.so.preload",
    said: "high dropped etc/ld.so.preload",
  },
  {
    name: "another account",
    does: "echo 'x::0:0::/:/bin/sh' >> /etc/passwd",
    said: "high modified etc/passwd",
  },
  {
    name: "one program of the image over another",
    does: "cp /bin/bash /usr/sbin/nologin",
    said: "high moved usr/sbin/nologin",
  },
  {
    name: "a program by the name of a whiteout",
    does: dropped("/usr/bin/.wh.date"),
    said: "high dropped usr/bin/.wh.date",
  },
];

/** What ordinary containers do. */
export const LIFE: readonly string[] = [
  "touch /bin/ls; chmod 700 /bin/cat; touch -d 2001-01-01 /bin/mv",
  "cp /bin/cp /tmp/c; mv /tmp/c /bin/cp",
  "echo line >> /var/log/app.log; echo line >> /var/log/dpkg.log; mv /var/log/app.log /var/log/app.log.1",
  "echo 7 > /run/app.pid; mkdir -p /var/cache/app/a/b; echo x > /var/cache/app/a/b/c",
  "echo '127.0.0.1 other' >> /etc/hosts; echo 'nameserver ::1' > /etc/resolv.conf",
  "echo note > /root/note; echo x > /data/file; echo x > /tmp/file; mkdir /usr/share/empty",
  "ln -s /tmp/file /var/lib/link; ldconfig",
];
