/* Plays a case: a line of processes, each begun by the one before under its own name, user and words, and calls at its end. What is
 * to be played stands in the environment: ACTOR_LINE (`path|uid|words;…`) and ACTOR_CALLS (`call|argument|…;…`). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Takes the part before a separator off a text; null when nothing is left. */
static char *part(char **text, char separator)
{
	char *begin = *text, *end;

	if (!begin || !*begin)
		return NULL;
	end = strchr(begin, separator);
	if (end)
		*end = 0;
	*text = end ? end + 1 : NULL;
	return begin;
}

static long number(char **text)
{
	char *word = part(text, '|');

	return word ? strtol(word, NULL, 0) : 0;
}

/* Another user keeps what root may: a program of the image with these privileges. */
static void become(unsigned uid)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	syscall(SYS_capget, &header, data);
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(120);
	for (int i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted;
		data[i].inheritable = data[i].permitted;
	}
	syscall(SYS_capset, &header, data);
	for (int cap = 0; cap < 41; cap++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

static int copy_of_me(int to)
{
	static char bytes[1 << 16];
	int from = open("/proc/self/exe", O_RDONLY);
	ssize_t length;

	while ((length = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, length) != length)
			return -1;
	close(from);
	return 0;
}

/* Begins the next of the line: a file that is there already, one that is made now, or one in memory. */
static void begin_next(char *next, char *rest)
{
	char *path = part(&next, '|');
	long uid = number(&next);
	char *words[32] = { path }, *word;
	int count = 1;

	while (count < 31 && (word = part(&next, ' ')))
		words[count++] = word;
	setenv("ACTOR_LINE", rest ? rest : "", 1);
	if (!strncmp(path, "memory:", 7)) {
		int fd = memfd_create(path + 7, 0);

		words[0] = path + 7;
		if (copy_of_me(fd) == 0)
			fexecve(fd, words, environ);
		_exit(121);
	}
	if (access(path, X_OK)) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

		copy_of_me(fd);
		close(fd);
	}
	if (uid)
		become(uid);
	execve(path, words, environ);
	_exit(122);
}

/* A connection within this process: its near end. */
static int connected(char *family, long port)
{
	int is6 = !strcmp(family, "tcp6"), on = 1;
	int server = socket(is6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	int client = socket(is6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in near = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 near6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *address = is6 ? (void *)&near6 : (void *)&near;
	socklen_t length = is6 ? sizeof(near6) : sizeof(near);

	near.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server, address, length) || listen(server, 1) || connect(client, address, length))
		_exit(123);
	return client;
}

/* Connects to an address of this machine, where it listens itself when the protocol asks for that. */
static void connect_to(char *protocol, char *address, long port)
{
	int type = strcmp(protocol, "udp") ? SOCK_STREAM : SOCK_DGRAM, on = 1;
	int client = socket(AF_INET, type, 0), server = socket(AF_INET, type, 0);
	struct sockaddr_in far = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address, &far.sin_addr);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server, (void *)&far, sizeof(far)) || (type == SOCK_STREAM && listen(server, 1)))
		_exit(123);
	if (connect(client, (void *)&far, sizeof(far)))
		_exit(123);
}

/* Talks to a service by its path, which it is itself. */
static void connect_by_path(char *path)
{
	int client = socket(AF_UNIX, SOCK_STREAM, 0), server = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un near = { .sun_family = AF_UNIX };

	strncpy(near.sun_path, path, sizeof(near.sun_path) - 1);
	unlink(path);
	if (bind(server, (void *)&near, sizeof(near)) || listen(server, 1))
		_exit(123);
	if (connect(client, (void *)&near, sizeof(near)))
		_exit(123);
}

static void attach_to_child(void)
{
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	ptrace(PTRACE_ATTACH, child, 0, 0);
	waitpid(child, NULL, WUNTRACED);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Calls that a step of a stock rule needs and no program of the image makes. */
static int call_of_step(char *name, char *text)
{
	union bpf_attr program = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };

	if (!strcmp(name, "connect")) {
		char *protocol = part(&text, '|'), *address = part(&text, '|');

		connect_to(protocol, address, number(&text));
	} else if (!strcmp(name, "unix"))
		connect_by_path(part(&text, '|'));
	else if (!strcmp(name, "packet"))
		socket(AF_PACKET, SOCK_RAW, 0);
	else if (!strcmp(name, "attach"))
		attach_to_child();
	else if (!strcmp(name, "traceme"))
		ptrace(PTRACE_TRACEME, 0, 0, 0);
	else if (!strcmp(name, "setuid"))
		syscall(SYS_setuid, number(&text));
	else if (!strcmp(name, "bpf"))
		syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program));
	else if (!strcmp(name, "unshare"))
		unshare(CLONE_NEWUSER);
	else if (!strcmp(name, "module"))
		syscall(SYS_init_module, "none", 4, "");
	else
		return 0;
	return 1;
}

static void call(char *text)
{
	char *name = part(&text, '|');

	if (call_of_step(name, text))
		return;
	if (!strcmp(name, "sleep"))
		sleep(number(&text));
	else if (!strcmp(name, "open") || !strcmp(name, "openat") || !strcmp(name, "openat2")) {
		char *path = part(&text, '|');
		long flags = number(&text), mode = number(&text);
		struct open_how how = { .flags = flags, .mode = flags & O_CREAT ? mode : 0 };

#ifdef SYS_open
		if (!strcmp(name, "open"))
			syscall(SYS_open, path, flags, mode);
#endif
		if (!strcmp(name, "openat"))
			syscall(SYS_openat, AT_FDCWD, path, flags, mode);
		if (!strcmp(name, "openat2"))
			syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	} else if (!strcmp(name, "link") || !strcmp(name, "linkat")) {
		char *from = part(&text, '|'), *to = part(&text, '|');

		unlink(to);
#ifdef SYS_link
		if (!strcmp(name, "link"))
			syscall(SYS_link, from, to);
#endif
		if (!strcmp(name, "linkat"))
			syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
	} else if (!strcmp(name, "dup2") || !strcmp(name, "dup3")) {
		char *family = part(&text, '|');
		long port = number(&text), to = number(&text);
		int fd = connected(family, port);

#ifdef SYS_dup2
		if (!strcmp(name, "dup2"))
			syscall(SYS_dup2, fd, to);
#endif
		if (!strcmp(name, "dup3"))
			syscall(SYS_dup3, fd, to, 0);
	} else
		_exit(124);
}

int main(void)
{
	char *line = getenv("ACTOR_LINE"), *calls = getenv("ACTOR_CALLS"), *one;
	char *next = part(&line, ';');

	if (next) {
		pid_t child = fork();
		int status = 0;

		if (child == 0)
			begin_next(next, line);
		waitpid(child, &status, 0);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
	}
	while ((one = part(&calls, ';')))
		call(one);
	return 0;
}
