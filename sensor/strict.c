// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The responder of the strict mode: of each program that is about to run in one container the kernel asks it, and it answers by
 * content. `strict.ARCH run PID DEVICE PLACE` reads the image's digests from its input, writes what it decided to its output, and
 * ends with its input, with the container, or with whoever started it. `strict.ARCH check` tells whether this can be had here.
 *
 * Who asks waits. So: each answer has a deadline, after which the program may run (enforcement is beside, and does not wait); and a
 * timer of the kernel ends this process when it does not come round to wind it, upon which the kernel lets everybody go.
 */
#include <linux/fanotify.h>
#include <linux/stat.h>

#include "filter.h"
#include "hasher.h"

/* Whoever asks is answered within this. */
#define ANSWER_WITHIN (500 * MILLISECOND)
/* Whoever does not come round within this is ended; it comes round at least so often. */
#define ALIVE_WITHIN (1000 * MILLISECOND)
#define ROUND (300 * MILLISECOND)
/* Times of change stand still for less than this, in which a file may be written to unseen. */
#define CLOCK_STEP (20 * MILLISECOND)
/* The same of file systems that keep whole seconds, as ext4 with small inodes. */
#define COARSE_STEP (2 * SECOND)
/* Whoever changes a file all the time must not run it for want of an answer. */
#define MOST_WAITS 3
/* One that is read for longer gives way to shorter ones that wait. */
#define TURN (50 * MILLISECOND)
/* A hasher that makes no progress for so long is stuck. Until then nobody waits for it any more than for one answer. */
#define STUCK_AFTER (2 * SECOND)
#define MOST_ASKED 512
#define EVENTS_AT_ONCE 64

#define OVERLAY 0x794c7630
#define HERE -100
#define FOLDER PER_MACHINE(0200000, 040000)
#define NONBLOCK 04000
#define TRY_AGAIN 11
#define POLLIN 1
#define POLLOUT 4
#define UPPER 2

struct asked {
	bool is_used, is_answered;
	int fd, waits;
	s32 pid;
	u64 came, ready, length;
	bool is_seen;
	struct state state;
};

static struct asked asked[MOST_ASKED];
static struct asked *in_hand;
static u64 in_hand_since, in_hand_began, progress_then;
static int questions;
static s32 timer;
static volatile struct place *place;
static u32 place_number;
static u64 count_asked, count_denied, count_passed, longest, counts_told, lost_told;

/* Far behind the end of any program, where the kernel has nothing to read ahead. */
#define BEHIND (1ull << 40)

/* Shows a file to the kernel, which says how it knows it; vouched for, it may run as it is now (enforce.h). False when nobody says. */
static bool look(int fd, struct state *state, bool vouch)
{
	u64 turn;

	if (!place)
		return false;
	turn = place->turn;
	CALL(READAHEAD, fd, BEHIND, place_number << 1 | vouch);
	if (place->turn == turn)
		return false;
	*state = place->seen;
	return state->device != 0;
}

static bool vouch_for(int fd, const struct state *state)
{
	struct state now;

	if (!place)
		return false;
	place->expected = *state;
	return look(fd, &now, true) && is_same_state(&now, state) && is_at_rest(&now);
}

static size_t name_of(s32 pid, char *name, size_t most)
{
	char path[32] = "/proc/";
	size_t at = 6;
	char digits[12];
	int count = 0;
	long got;
	int fd;

	do
		digits[count++] = '0' + pid % 10;
	while (pid /= 10);
	while (count > 0)
		path[at++] = digits[--count];
	memcpy(path + at, "/comm", 6);
	fd = CALL(OPENAT, HERE, path, CLOEXEC);
	if (fd < 0)
		return 0;
	got = CALL(READ, fd, name, most);
	CALL(CLOSE, fd);
	return got > 0 ? got - 1 : 0;
}

static size_t path_of(int fd, char *path, size_t most)
{
	char link[32] = "/proc/self/fd/";
	size_t at = 14;
	long got;

	for (int unit = 100000; unit > 0; unit /= 10)
		if (fd >= unit || unit == 1)
			link[at++] = '0' + fd / unit % 10;
	got = CALL(READLINKAT, HERE, link, path, most);
	return got > 0 ? got : 0;
}

/* `denied|passed|allowed MICROSECONDS PID LENGTH DIGEST WHY PROCESS PATH` */
static void tell_decision(const char *decision, const struct asked *one, u64 waited, const u8 *digest, const char *why)
{
	static char path[4096];
	char name[64];

	put_text(decision);
	put_number(waited / 1000);
	put_number(one->pid);
	put_number(one->length);
	put(' ');
	if (digest)
		for (int i = 0; i < DIGEST_BYTES; i++)
			put_byte(digest[i]);
	else
		put('-');
	put(' ');
	put_text(why);
	put_name(name, name_of(one->pid, name, sizeof(name)));
	put_name(path, path_of(one->fd, path, sizeof(path)));
	end_line();
}

static void forget(struct asked *one)
{
	CALL(CLOSE, one->fd);
	one->is_used = false;
}

/* What was decided for reasons of content is told once a file, what could not be decided each time. */
static void answer(struct asked *one, bool allow, const u8 *digest, const char *why, bool is_told)
{
	struct fanotify_response response = { .fd = one->fd, .response = allow ? FAN_ALLOW : FAN_DENY };
	bool is_undecided = allow && !digest;
	u64 waited;

	if (one->is_answered)
		return;
	CALL(WRITE, questions, &response, sizeof(response));
	waited = now_by(MONOTONIC) - one->came;
	one->is_answered = true;
	if (waited > longest)
		longest = waited;
	count_denied += !allow;
	count_passed += is_undecided;
	if (is_told || !allow || is_undecided)
		tell_decision(allow ? is_undecided ? "passed" : "allowed" : "denied", one, waited, digest, why);
}

static u64 length_of(int fd)
{
	struct statx stat = {};

	return CALL(STATX, fd, "", 0x1000, STATX_SIZE, &stat) ? ~0ull : stat.stx_size;
}

/* Answers from memory, if it can. What of the writable layer may run is vouched for each time: the kernel's memory is shared. */
static bool answer_known(struct asked *one)
{
	s32 slot;

	one->is_seen = look(one->fd, &one->state, false);
	slot = one->is_seen ? recall(&one->state) : -1;
	if (slot < 0)
		return false;
	if (remembered[slot].is_known && place->layer & UPPER)
		vouch_for(one->fd, &one->state);
	answer(one, remembered[slot].is_known, remembered[slot].digest, "content", false);
	return true;
}

static struct asked *free_place(void)
{
	for (int i = 0; i < MOST_ASKED; i++)
		if (!asked[i].is_used)
			return &asked[i];
	for (int i = 0; i < MOST_ASKED; i++)
		if (asked[i].is_answered && &asked[i] != in_hand) {
			forget(&asked[i]);
			return &asked[i];
		}
	return NULL;
}

static void take_question(int fd, s32 pid)
{
	struct asked extra, *one = free_place();
	u64 now = now_by(MONOTONIC);
	bool is_full = !one;

	if (is_full)
		one = &extra;
	*one = (struct asked){ .is_used = true, .fd = fd, .pid = pid, .came = now, .ready = now, .length = length_of(fd) };
	count_asked++;
	if (one->length == ~0ull)
		answer(one, true, NULL, "unread", true);
	else if (!is_known_length(one->length))
		answer(one, false, NULL, "length", true);
	else if (is_full && !answer_known(one))
		answer(one, true, NULL, "busy", true);
	else if (!is_full && !answer_known(one))
		return;
	forget(one);
}

static void take_questions(void)
{
	static struct fanotify_event_metadata events[EVENTS_AT_ONCE];
	long got = CALL(READ, questions, events, sizeof(events));

	/* Who holds a lease on a file keeps it from being opened without waiting. The kernel denies the file, and tells no more of it. */
	if (got == -TRY_AGAIN) {
		count_denied++;
		tell("denied 0 0 0 - unopened - -");
	}
	for (long at = 0; at + (long)sizeof(*events) <= got;) {
		struct fanotify_event_metadata *event = (void *)((u8 *)events + at);

		if (event->event_len < sizeof(*events))
			break;
		at += event->event_len;
		if (event->fd >= 0)
			take_question(event->fd, event->pid);
	}
}

/* Whoever still waits comes first, and of those who takes least: a long one holds up nobody. */
static bool comes_before(const struct asked *a, const struct asked *b)
{
	if (a->is_answered != b->is_answered)
		return b->is_answered;
	return a->length != b->length ? a->length < b->length : a->came < b->came;
}

static struct asked *next_ready(u64 now)
{
	struct asked *next = NULL;

	for (int i = 0; i < MOST_ASKED; i++) {
		struct asked *one = &asked[i];

		if (one->is_used && one->ready <= now && (!next || comes_before(one, next)))
			next = one;
	}
	return next;
}

/*
 * What was changed a moment ago may be changed again at what is the same time to the kernel. It has to wait until that is over; where
 * that takes too long it is judged by what it holds now, and neither remembered nor vouched for.
 */
static bool must_settle(struct asked *one)
{
	bool is_coarse = one->state.changed % SECOND == 0;

	if (!one->is_seen || one->state.changed + (is_coarse ? COARSE_STEP : CLOCK_STEP) <= now_by(REALTIME))
		return false;
	if (!is_coarse && one->waits++ < MOST_WAITS)
		return true;
	one->is_seen = false;
	return false;
}

/* One at a time goes to the hasher; until there is one, each that is ready has its turn. */
static void hash_next(u64 now)
{
	struct asked *next;

	while (!in_hand && (next = next_ready(now))) {
		if (answer_known(next)) {
			forget(next);
			continue;
		}
		if (must_settle(next)) {
			next->ready = now + CLOCK_STEP;
			continue;
		}
		/* Its content would be neither waited for nor remembered. */
		if (next->is_answered && !next->is_seen) {
			forget(next);
			continue;
		}
		if (!send_descriptor(hasher_socket, next->fd))
			fail("hasher", 32);
		in_hand = next;
		in_hand_since = in_hand_began = now;
		progress_then = hasher->progress;
	}
}

/* What takes long begins anew when nothing shorter waits. */
static void give_way(u64 now)
{
	struct asked *next = in_hand && now - in_hand_began >= TURN ? next_ready(now) : NULL;

	if (next && next != in_hand && !next->is_answered && comes_before(next, in_hand))
		hasher->gives_way = true;
}

static void take_digest(void)
{
	struct asked *one = in_hand;
	struct told told;
	bool is_known, is_stable = false;

	if (CALL(READ, hasher_socket, &told, sizeof(told)) != sizeof(told))
		fail("hasher", 32);
	in_hand = NULL;
	hasher->gives_way = false;
	if (!one || told.length == GAVE_WAY)
		return;
	if (told.length < 0) {
		answer(one, true, NULL, "unread", true);
		forget(one);
		return;
	}
	is_known = is_known_digest(told.digest);
	if (one->is_seen && is_at_rest(&one->state)) {
		struct state now;

		if (is_known)
			is_stable = vouch_for(one->fd, &one->state);
		else
			is_stable = look(one->fd, &now, false) && is_same_state(&now, &one->state) && is_at_rest(&now);
	}
	if (is_stable)
		remember(&one->state, told.digest, is_known);
	answer(one, is_known, told.digest, "content", true);
	forget(one);
}

/* Nobody waits longer than the deadline. @returns when the next one is over. */
static u64 keep_deadlines(u64 now)
{
	u64 next = now + ROUND;
	bool is_hopeless = in_hand && now - in_hand_since > ANSWER_WITHIN;

	for (int i = 0; i < MOST_ASKED; i++) {
		struct asked *one = &asked[i];

		if (!one->is_used)
			continue;
		if (one->ready > now && one->ready < next)
			next = one->ready;
		if (one->is_answered)
			continue;
		if (one->came + ANSWER_WITHIN <= now || is_hopeless)
			answer(one, true, NULL, "late", true);
		else if (one->came + ANSWER_WITHIN < next)
			next = one->came + ANSWER_WITHIN;
		if (in_hand && one != in_hand && in_hand_began + TURN > now && in_hand_began + TURN < next)
			next = in_hand_began + TURN;
	}
	return next;
}

static void keep_hasher(u64 now)
{
	if (!in_hand)
		return;
	if (hasher->progress != progress_then) {
		progress_then = hasher->progress;
		in_hand_since = now;
	}
	/* It ends with this. */
	if (now - in_hand_since > STUCK_AFTER)
		fail("hasher", 110);
}

/* `state ASKED DENIED UNDECIDED LONGEST-WAIT LOST-LINES` */
static void tell_counts(void)
{
	/* That this line itself is lost, is to be told, too. */
	if (counts_told == count_asked && lost_told == lost_lines)
		return;
	counts_told = count_asked;
	lost_told = lost_lines;
	put_text("state");
	put_number(count_asked);
	put_number(count_denied);
	put_number(count_passed);
	put_number(longest / 1000);
	put_number(lost_lines);
	end_line();
}

struct polled {
	s32 fd;
	u16 wanted, found;
};

static __attribute__((noreturn)) void keep_answering(int container)
{
	u64 next = 0, told = 0;

	for (;;) {
		struct polled polled[] = {
			{ questions, POLLIN, 0 }, { hasher_socket, POLLIN, 0 },			    { 0, POLLIN, 0 },
			{ container, POLLIN, 0 }, { OUTPUT, held_length > 0 ? POLLOUT : 0, 0 },
		};
		u64 now = now_by(MONOTONIC);
		u64 wait = next > now ? next - now : 0;
		struct time time = { wait / SECOND, wait % SECOND };

		CALL(PPOLL, polled, sizeof(polled) / sizeof(*polled), &time, 0, 0);
		wind(timer, ALIVE_WITHIN);
		if (polled[3].found) {
			tell("ended container");
			leave(0);
		}
		/* Nothing is said there any more but the end. */
		if (polled[2].found || polled[4].found & ~POLLOUT)
			leave(0);
		if (polled[1].found)
			take_digest();
		if (polled[0].found)
			take_questions();
		now = now_by(MONOTONIC);
		hash_next(now);
		give_way(now);
		keep_hasher(now);
		next = keep_deadlines(now);
		if (now - told > SECOND) {
			told = now;
			tell_counts();
		}
		flush();
	}
}

static u64 number_of(const char *text)
{
	u64 number = 0;

	while (*text >= '0' && *text <= '9')
		number = number * 10 + (*text++ - '0');
	return number;
}

/* The device of the folder that a descriptor leads to, as the kernel numbers it; 0 when nobody says. */
static u64 device_of(int folder, const char *path)
{
	struct statx stat = {};

	if (CALL(STATX, folder, path, *path ? 0 : 0x1000, STATX_TYPE, &stat))
		return 0;
	return (u64)stat.stx_dev_major << 20 | stat.stx_dev_minor;
}

static bool is_overlay(int folder)
{
	u64 stat[32] = {};

	return CALL(FSTATFS, folder, stat) == 0 && stat[0] == OVERLAY;
}

/* The root of the container: the overlay that was named, and by no means the one that this host itself stands on. */
static int open_root(const char *pid, u64 device)
{
	char path[64] = "/proc/";
	size_t at = 6;
	int root;

	while (*pid && at < 32)
		path[at++] = *pid++;
	memcpy(path + at, "/root", 6);
	root = CALL(OPENAT, HERE, path, FOLDER | CLOEXEC);
	if (root < 0)
		fail("root", root);
	if (!is_overlay(root) || device_of(root, "") != device || device_of(HERE, "/") == device ||
	    device_of(HERE, "/proc/1/root/") == device)
		fail("root", 22);
	return root;
}

static int ask_for_questions(void)
{
	/* Files are opened without waiting for whoever holds a lease on them. */
	int group = CALL(FANOTIFY_INIT, FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE,
			 CLOEXEC | NONBLOCK | PER_MACHINE(0100000, 0400000) | 01000000);

	if (group < 0)
		fail("fanotify", group);
	return group;
}

/* Whether the kernel can ask: of a folder it never does, so that nobody waits for this. */
static int check(void)
{
	int group = ask_for_questions();
	long error = CALL(FANOTIFY_MARK, group, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, HERE, "/");

	if (error)
		fail("permission", error);
	if (!deadline_holds())
		fail("timer", 38);
	tell("ready");
	return 0;
}

#define MAP 3
#define MOST_PLACES 1024
#define MAP_SHARED 1

static void open_place(const char *number)
{
	long at = CALL(MMAP, 0, MOST_PLACES * sizeof(struct place), READ_WRITE, MAP_SHARED, MAP, 0);

	place_number = number_of(number);
	if ((at < 0 && at > -4096) || place_number >= MOST_PLACES)
		fail("place", at < 0 ? at : 22);
	place = (struct place *)at + place_number;
	CALL(CLOSE, MAP);
}

#define SET_FLAGS 4
/* What is called from here on. */
static const u32 CALLS[] = { READ,	WRITE,	 CLOSE,		READLINKAT,    STATX,	   READAHEAD,	    PPOLL,
			     SENDMSG,	CLOCK_GETTIME, TIMER_SETTIME, EXIT_GROUP, RESTART_SYSCALL };

static int run(const char *pid, u64 device, const char *number)
{
	int container, root;
	long error;

	end_with_parent();
	choose_digest();
	if (!read_index(0))
		fail("index", 22);
	open_place(number);
	if (!deadline_holds())
		fail("timer", 38);
	error = start_hasher();
	if (error)
		fail("hasher", error);
	container = CALL(PIDFD_OPEN, number_of(pid), 0);
	if (container < 0)
		fail("container", container);
	CALL(FCNTL, OUTPUT, SET_FLAGS, NONBLOCK);
	CALL(SETPRIORITY, 0, 0, -10);
	CALL(MLOCKALL, 3);
	questions = ask_for_questions();
	root = open_root(pid, device);
	/* From here on nobody may wait for longer than this lives. */
	if (make_deadline(&timer) || wind(timer, ALIVE_WITHIN))
		fail("timer", 38);
	error = CALL(FANOTIFY_MARK, questions, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_EXEC_PERM, root, 0);
	if (error)
		fail("mark", error);
	/* Whoever has it open keeps it from being unmounted. */
	CALL(CLOSE, root);
	drop_capabilities();
	keep_calls(CALLS, sizeof(CALLS) / sizeof(*CALLS), true);
	tell("ready");
	keep_answering(container);
}

static bool is_word(const char *text, const char *word)
{
	while (*text && *text == *word)
		text++, word++;
	return *text == *word;
}

int begin(int count, char **arguments)
{
	if (count == 2 && is_word(arguments[1], "check"))
		return check();
	if (count == 5 && is_word(arguments[1], "run"))
		return run(arguments[2], number_of(arguments[3]), arguments[4]);
	return 2;
}
