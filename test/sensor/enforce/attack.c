/* What a shell cannot do to get its own code run: `attack HOW ARGUMENT…`. It says `alive` when it came through. */
#ifdef TINY
#include <sys/syscall.h>

void _start(void)
{
#if defined(__x86_64__)
	asm volatile("syscall" ::"a"(SYS_exit), "D"(0));
#else
	register long number asm("x8") = SYS_exit, code asm("x0") = 0;

	asm volatile("svc 0" ::"r"(number), "r"(code));
#endif
}
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

extern char **environ;

static int opened(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		_exit(90);
	return fd;
}

static void *mapped(size_t length, int protection, int flags, int fd)
{
	void *at = mmap(NULL, length, protection, flags, fd, 0);

	if (at == MAP_FAILED)
		_exit(91);
	return at;
}

static void made_code(void *at, size_t length)
{
	if (mprotect(at, length, PROT_READ | PROT_EXEC))
		_exit(92);
}

/* A program that is in memory only. */
static void memory(char **arguments)
{
	char bytes[1 << 16];
	int from = opened(arguments[0], O_RDONLY), to = memfd_create("innocent", 0);
	ssize_t length;

	while ((length = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, length) != length)
			_exit(93);
	fexecve(to, arguments + 1, environ);
	_exit(94);
}

/* A file that is mapped to be read, and made executable later. */
static void protect(char **arguments)
{
	made_code(mapped(PAGE, PROT_READ, MAP_PRIVATE, opened(arguments[0], O_RDONLY)), PAGE);
}

/* A file between many other mappings, all of which are made executable at once. */
static void among(char **arguments)
{
	char *at = mapped(201 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (int i = 0; i < 200; i += 2)
		mprotect(at + i * PAGE, PAGE, PROT_READ | PROT_WRITE);
	mmap(at + 199 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, opened(arguments[0], O_RDONLY), 0);
	made_code(at, 201 * PAGE);
}

/* A file before a hole, at which the call fails after it has changed what comes before. */
static void hole(char **arguments)
{
	char *at = mapped(3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, opened(arguments[0], O_RDONLY), 0);
	munmap(at + PAGE, PAGE);
	mprotect(at, 3 * PAGE, PROT_READ | PROT_EXEC);
}

/* All that is read may be executed, too: nobody has to say so. */
static void implied(char **arguments)
{
	if (personality(READ_IMPLIES_EXEC) < 0)
		_exit(97);
	mapped(PAGE, PROT_READ, MAP_PRIVATE, opened(arguments[0], O_RDONLY));
}

/* What compilers at run time do. */
static void anonymous(void)
{
#if defined(__x86_64__)
	const unsigned char code[] = { 0xc3 };
#else
	const unsigned char code[] = { 0xc0, 0x03, 0x5f, 0xd6 };
#endif
	char *at = mapped(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memcpy(at, code, sizeof(code));
	made_code(at, PAGE);
	__builtin___clear_cache(at, at + PAGE);
	((void (*)(void))at)();
}

/* A file that is written to by mapping: the first time tells the time of change, and later ones need not. */
static void hold(char **arguments)
{
	int fd = opened(arguments[0], O_RDWR);
	struct stat stat;
	volatile char *at;

	fstat(fd, &stat);
	at = mapped(stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	at[stat.st_size - 1] = at[stat.st_size - 1];
	close(fd);
	close(creat(arguments[1], 0644));
	while (access(arguments[2], F_OK))
		usleep(10000);
	at[stat.st_size - 1] ^= 1;
}

/* One program among so many of the image's. */
static void storm(char **arguments)
{
	int count = atoi(arguments[0]), killed = 0;

	for (int i = 0; i < count; i++) {
		char *program = i == count / 2 ? arguments[2] : arguments[1];
		char *words[] = { "true", NULL };
		pid_t pid;
		int status = 0;

		if (posix_spawn(&pid, program, NULL, NULL, words, environ))
			_exit(95);
		waitpid(pid, &status, 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	}
	printf("%d of %d died, ", killed, count);
}

static int status_of(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* @param go A pipe at whose end it begins; none where there is nothing to wait for. */
static pid_t started(char *path, const int *go)
{
	pid_t pid = fork();
	char byte;

	if (pid)
		return pid;
	if (go) {
		close(go[1]);
		if (read(go[0], &byte, 1) < 0)
			_exit(98);
	}
	execl(path, path, NULL);
	_exit(126);
}

/* A program is executed while somebody holds a lease on it, again and again; meanwhile another is. Tells how often that one ran. */
static void lease(char **arguments)
{
	time_t until = time(NULL) + atoi(arguments[1]);
	pid_t holder = fork();
	int ran = 0;

	if (!holder) {
		signal(SIGIO, SIG_IGN);
		for (;;) {
			int fd = opened(arguments[0], O_RDONLY | O_CLOEXEC);
			pid_t pid;

			if (fcntl(fd, F_SETLEASE, F_WRLCK)) {
				close(fd);
				usleep(20000);
				continue;
			}
			pid = started(arguments[0], NULL);
			usleep(1300000);
			fcntl(fd, F_SETLEASE, F_UNLCK);
			close(fd);
			kill(pid, SIGKILL);
			status_of(pid);
		}
	}
	while (time(NULL) < until) {
		ran += status_of(started(arguments[2], NULL)) == 0;
		usleep(200000);
	}
	kill(holder, SIGKILL);
	printf("ran %d times, ", ran);
}

/* Starts one many times at a time. Tells how often it ran. */
static void together(char **arguments)
{
	int count = atoi(arguments[0]), ran = 0, go[2];
	pid_t pids[count];

	if (pipe(go))
		_exit(99);
	for (int i = 0; i < count; i++)
		pids[i] = started(arguments[1], go);
	close(go[0]);
	usleep(50000);
	close(go[1]);
	for (int i = 0; i < count; i++)
		ran += status_of(pids[i]) == 0;
	printf("ran %d times, ", ran);
}

int main(int count, char **arguments)
{
	const char *how = count > 1 ? arguments[1] : "";
	char **rest = arguments + 2;

	if (!strcmp(how, "memory"))
		memory(rest);
	else if (!strcmp(how, "protect"))
		protect(rest);
	else if (!strcmp(how, "among"))
		among(rest);
	else if (!strcmp(how, "hole"))
		hole(rest);
	else if (!strcmp(how, "implied"))
		implied(rest);
	else if (!strcmp(how, "anonymous"))
		anonymous();
	else if (!strcmp(how, "hold"))
		hold(rest);
	else if (!strcmp(how, "storm"))
		storm(rest);
	else if (!strcmp(how, "lease"))
		lease(rest);
	else if (!strcmp(how, "together"))
		together(rest);
	else if (!strcmp(how, "load") && !dlopen(rest[0], RTLD_NOW))
		return 96;
	puts("alive");
	return 0;
}
#endif
