/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Sockets: what is told of one is what the kernel has, not what the caller wrote. */
#pragma once

#include "calls.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_SEQPACKET 5
#define S_IFMT 0170000
#define S_IFSOCK 0140000

static __always_inline struct sock *socket_of(struct file *file)
{
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	struct socket *socket = BPF_CORE_READ(file, private_data);

	return BPF_CORE_READ(socket, sk);
}

static __noinline void fill_addresses(struct socket_body *body, struct sock *sock, u16 family)
{
	if (family == AF_INET) {
		*(u32 *)body->local = BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr);
		*(u32 *)body->remote = BPF_CORE_READ(sock, __sk_common.skc_daddr);
	} else {
		bpf_probe_read_kernel(body->local, 16, &sock->__sk_common.skc_v6_rcv_saddr);
		bpf_probe_read_kernel(body->remote, 16, &sock->__sk_common.skc_v6_daddr);
	}
	body->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	body->remote_port = bpf_ntohs(BPF_CORE_READ(sock, __sk_common.skc_dport));
}

/* The address that a caller names, where the socket itself has none: of a call that failed, of a datagram. */
static __noinline void fill_named(struct socket_body *body, const void *address)
{
	u16 family = 0;

	bpf_probe_read_user(&family, sizeof(family), address);
	if (family != AF_INET && family != AF_INET6)
		return;
	body->family = family;
	bpf_probe_read_user(&body->remote_port, 2, address + 2);
	body->remote_port = bpf_ntohs(body->remote_port);
	if (family == AF_INET)
		bpf_probe_read_user(body->remote, 4, address + 4);
	else
		bpf_probe_read_user(body->remote, 16, address + 8);
}

#define UNIX_PATH_MAX 108

/* A name without a file begins with a zero byte, for which `@` stands, as ss(8) has it, and ends with its length alone. */
static __noinline void put_unix_name(struct frame *frame, const void *from, u32 size, bool is_user)
{
	u32 at = place(frame->slot), skip = 0;
	char first = 0;
	long length;

	if (is_user)
		bpf_probe_read_user(&first, 1, from);
	else
		bpf_probe_read_kernel(&first, 1, from);
	if (!first) {
		frame->slot->data[at + 2] = '@';
		skip = 1;
	}
	/* With room for the end mark that is put behind it. */
	size = size < UNIX_PATH_MAX ? size + 1 - skip : UNIX_PATH_MAX;
	FORGET(size);
	size &= 127;
	if (is_user)
		length = bpf_probe_read_user_str(frame->slot->data + at + 2 + skip, size, from + skip);
	else
		length = bpf_probe_read_kernel_str(frame->slot->data + at + 2 + skip, size, from + skip);
	length = length > 0 ? length - 1 + skip : 0;
	FORGET(length);
	put_length(frame, length & (LONGEST - 1));
}

/* What a socket is bound to; null for one without a name, which has a family alone. */
static __always_inline struct unix_address *unix_bound(struct sock *sock)
{
	struct unix_address *bound = sock ? BPF_CORE_READ((struct unix_sock *)sock, addr) : NULL;

	return bound && BPF_CORE_READ(bound, len) > 2 ? bound : NULL;
}

/* A connection is told by the name of who answered, which no link hides; a datagram by the name that it is sent to; what has
 * neither by its own. */
static __noinline void put_unix_path(struct frame *frame, struct sock *sock, const void *address, u32 code)
{
	struct unix_address *own = unix_bound(sock), *peer = unix_bound(BPF_CORE_READ((struct unix_sock *)sock, peer));
	struct unix_address *bound = code == CONNECT && peer ? peer : own ? own : peer;
	u16 family = 0;

	if (address)
		bpf_probe_read_user(&family, sizeof(family), address);
	if (family == AF_UNIX && !(code == CONNECT && peer))
		put_unix_name(frame, address + 2, UNIX_PATH_MAX, true);
	else if (bound)
		put_unix_name(frame, (void *)bound + bpf_core_field_offset(struct unix_address, name) +
				     bpf_core_field_offset(struct sockaddr_un, sun_path),
			      BPF_CORE_READ(bound, len) - 2, false);
	else
		put_nothing(frame);
}

/* Its peer was told when it was connected or accepted; what passes after that says nothing new. */
static __always_inline bool is_stream(struct sock *sock)
{
	u16 type = BPF_CORE_READ(sock, sk_type);

	return type == SOCK_STREAM || type == SOCK_SEQPACKET;
}

static __always_inline int tell_socket(struct call call, u32 code, s32 descriptor, const void *address, u32 extra, u32 extra2)
{
	struct frame frame = {};
	struct settings *set = the_settings();
	struct file *file = file_of(call.task, descriptor);
	struct sock *sock = file ? socket_of(file) : NULL;
	bool is_datagram_call = code >= SENDTO && code <= RECVMSG;

	if (is_datagram_call && set && set->datagrams_only && (!sock || is_stream(sock)))
		return 0;
	if (!begin(&frame, code, call.result, sizeof(struct socket_body)))
		return 0;
	struct socket_body *body = BODY(&frame);
	u16 family = sock ? BPF_CORE_READ(sock, __sk_common.skc_family) : 0;

	((struct head *)frame.slot->data)->flags |= IS_SOCKET;
	body->descriptor = descriptor;
	body->family = family;
	body->extra = extra;
	body->extra2 = extra2;
	if (sock) {
		body->protocol = BPF_CORE_READ(sock, sk_protocol);
		body->type = BPF_CORE_READ(sock, sk_type);
		body->state = BPF_CORE_READ(sock, __sk_common.skc_state);
		body->inode = BPF_CORE_READ(file, f_inode, i_ino);
	}
	if (family == AF_INET || family == AF_INET6) {
		fill_addresses(body, sock, family);
		/* A datagram goes where it is sent, wherever its socket is connected to. */
		if (address && (is_datagram_call || !body->remote_port))
			fill_named(body, address);
	}
	if (family == AF_UNIX)
		put_unix_path(&frame, sock, address, code);
	else
		put_nothing(&frame);
	end(&frame);
	return 0;
}

#define SOCKET_CALL(call_name, code, descriptor, address, extra, extra2)                                              \
	ON(call_name)                                                                                                 \
	{                                                                                                             \
		struct call call = the_call(context);                                                                 \
                                                                                                                      \
		return tell_socket(call, code, descriptor, (void *)(address), extra, extra2);                         \
	}

SOCKET_CALL(connect, CONNECT, A, B, 0, 0)
SOCKET_CALL(bind, BIND, A, 0, 0, 0)
SOCKET_CALL(listen, LISTEN, A, 0, B, 0)
SOCKET_CALL(accept, ACCEPT, call.result, 0, 0, 0)
SOCKET_CALL(accept4, ACCEPT4, call.result, 0, 0, D)
SOCKET_CALL(recvfrom, RECVFROM, A, E, 0, 0)

/* socket(family, type, protocol) is told by its arguments. */
CALL(socket, SOCKET, 0)

static __always_inline const void *name_of_message(const void *message)
{
	const void *name = NULL;

	bpf_probe_read_user(&name, sizeof(name), message);
	return name;
}

#define MSG_FASTOPEN 0x20000000

/* A connection that is begun by what is sent over it (tcp(7), TCP_FASTOPEN) is one all the same. */
static __always_inline int tell_sending(struct call call, u32 code, const void *address, u32 flags)
{
	struct call connecting = call;

	if (flags & MSG_FASTOPEN) {
		connecting.result = call.result > 0 ? 0 : call.result;
		tell_socket(connecting, CONNECT, A, address, 0, 0);
	}
	return tell_socket(call, code, A, address, 0, 0);
}

ON(sendto)
{
	struct call call = the_call(context);

	return tell_sending(call, SENDTO, (void *)E, D);
}

ON(sendmsg)
{
	struct call call = the_call(context);

	return tell_sending(call, SENDMSG, name_of_message((void *)B), C);
}

SOCKET_CALL(recvmsg, RECVMSG, A, name_of_message((void *)B), 0, 0)

/* Of many messages at once each is told, the first eight; what the call gives back is how many they were. */
#define MESSAGES_MAX 8
#define MESSAGE_BYTES 64

static __always_inline int tell_messages(struct call call, u32 code)
{
	for (int i = 0; i < MESSAGES_MAX; i++) {
		if (i > 0 && i >= call.result)
			break;
		tell_socket(call, code, A, name_of_message((void *)B + i * MESSAGE_BYTES), 0, 0);
	}
	return 0;
}

ON(sendmmsg)
{
	struct call call = the_call(context);

	return tell_messages(call, SENDMSG);
}

ON(recvmmsg)
{
	struct call call = the_call(context);

	return tell_messages(call, RECVMSG);
}

static __always_inline int tell_dup(struct call call, u32 code, u32 flags)
{
	struct file *file = call.result >= 0 ? file_of(call.task, call.result) : NULL;

	if (file && socket_of(file))
		return tell_socket(call, code, call.result, NULL, A, flags);
	return tell_descriptor(call, code, call.result, A, flags);
}

#define DUP_CALL(call_name, code, flags)                                                                              \
	ON(call_name)                                                                                                 \
	{                                                                                                             \
		struct call call = the_call(context);                                                                 \
                                                                                                                      \
		return tell_dup(call, code, flags);                                                                   \
	}

DUP_CALL(dup, DUP, 0)
#if defined(__TARGET_ARCH_x86)
DUP_CALL(dup2, DUP2, 0)
#endif
DUP_CALL(dup3, DUP3, C)

/* Requests of io_uring are no system calls: what they do is not told, but that somebody does it this way is. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_io_uring, struct io_kiocb *request)
{
	struct frame frame = {};

	if (!begin(&frame, IO_URING, 0, sizeof(struct call_body)))
		return 0;
	struct call_body *body = BODY(&frame);

	body->arguments[0] = request->opcode;
	put_nothing(&frame);
	end(&frame);
	return 0;
}
