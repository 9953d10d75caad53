// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a policy file holds: no fault, errors that are safe to show, and what
 * is taken reads to the same when it is written.
 */
#include <stdlib.h>
#include <string.h>

#include "../policy_read.h"
#include "../policy_write.h"
#include "../utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char buffer[1 << 24];

/* Three lines each, of UTF-8, without control characters. */
static void check_errors(const struct policy_errors *errors)
{
	struct out out = { .fd = -1, .size = sizeof(buffer), .data = buffer };
	size_t lines = 0;

	policy_errors_write(errors, &out);
	policy_errors_write_warnings(errors, &out);
	if (out.size != sizeof(buffer) || !utf8_valid(out.data, out.len))
		abort();
	for (size_t i = 0; i < out.len; i++) {
		if (out.data[i] == '\n')
			lines++;
		else if ((unsigned char)out.data[i] < ' ' || out.data[i] == 0x7f)
			abort();
	}
	if (lines != 3 * (errors->kept + errors->warned))
		abort();
}

static void check_round_trip(const struct policy *policy)
{
	struct out out = { .fd = -1, .size = sizeof(buffer), .data = buffer };
	struct policy_errors errors = { .file = "written", .text = buffer };
	struct policy *again;

	if (!policy_write(policy, &out))
		abort();
	/* Long lists, used often. */
	if (out.size != sizeof(buffer))
		return;
	errors.len = out.len;
	again = policy_parse(&errors);
	if (!again || errors.found || !policy_equal(policy, again))
		abort();
	policy_free(again);
	policy_errors_free(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_errors errors = {
		.file = "fuzzed",
		.text = (const char *)data,
		.len = size,
	};
	struct policy *policy = policy_parse(&errors);

	if (!policy != !!errors.found)
		abort();
	if (policy)
		check_round_trip(policy);
	check_errors(&errors);
	policy_free(policy);
	policy_errors_free(&errors);
	return 0;
}
