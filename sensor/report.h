/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Lines for whoever started this. Nobody is waited for: what is not taken is counted. */
#pragma once

#include "known.h"

#define OUTPUT 1
#define HELD_BYTES 65536
#define LONGEST_LINE 16384

static char held[HELD_BYTES];
static size_t held_length;
static u64 lost_lines;

static char line[LONGEST_LINE];
static size_t line_length;

static void put(char byte)
{
	if (line_length < LONGEST_LINE)
		line[line_length++] = byte;
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(u64 number)
{
	char digits[20];
	int count = 0;

	put(' ');
	do
		digits[count++] = '0' + number % 10;
	while (number /= 10);
	while (count > 0)
		put(digits[--count]);
}

static const char HEXADECIMAL[] = "0123456789abcdef";

static void put_byte(u8 byte)
{
	put(HEXADECIMAL[byte >> 4]);
	put(HEXADECIMAL[byte & 15]);
}

/* What others have named: bytes that could be taken for ours are written `%0a`. */
static void put_name(const char *name, size_t length)
{
	put(' ');
	if (length == 0)
		put('-');
	for (size_t i = 0; i < length; i++) {
		u8 byte = name[i];

		if (byte > ' ' && byte < 0x7f && byte != '%') {
			put(byte);
			continue;
		}
		put('%');
		put_byte(byte);
	}
}

static void flush(void)
{
	long gone = held_length > 0 ? CALL(WRITE, OUTPUT, held, held_length) : 0;

	if (gone <= 0)
		return;
	held_length -= gone;
	for (size_t i = 0; i < held_length; i++)
		held[i] = held[i + gone];
}

static void end_line(void)
{
	put('\n');
	if (line_length >= LONGEST_LINE || held_length + line_length > HELD_BYTES)
		lost_lines++;
	else {
		memcpy(held + held_length, line, line_length);
		held_length += line_length;
	}
	line_length = 0;
	flush();
}

static void tell(const char *what)
{
	put_text(what);
	end_line();
}

static __attribute__((noreturn)) void fail(const char *step, long error)
{
	put_text("failed ");
	put_text(step);
	put_number(error < 0 ? -error : error);
	end_line();
	leave(1);
}
