# SPDX-License-Identifier: GPL-2.0
#
# Reads KTAP of one test, of one or more documents; prints a line per result,
# "pass", "fail" or "skip", a tab, and what it is about. A document whose plan
# does not match its results is a failure of its own: a test that crashed must
# not pass for a short one. Set LABEL, and BEFORE, which stands before it. For gawk,
# since mawk waits for more input before it prints.

function result(what, about) {
	printf "%s\t%s: %s\n", what, BEFORE LABEL, about
	fflush()
}

function end_of_document() {
	if (seen != planned)
		result("fail", (planned < 0 ? "no plan" : \
			"planned " planned) ", " seen " results: it ended early")
}

function end_of_test() {
	if (documents)
		end_of_document()
	else
		result("fail", "printed no KTAP")
}

/^(KTAP version 1|TAP version 13)\r?$/ {
	if (documents++)
		end_of_document()
	seen = 0
	planned = -1
	next
}
# Whose documents come next, of several.
/^# test: / {
	if (several++)
		end_of_test()
	documents = 0
	LABEL = substr($0, 9)
	next
}
/^1\.\.[0-9]+/ {
	planned = substr($1, 4) + 0
	# A test that skips all of itself: "1..0 # SKIP why".
	if (planned == 0 && match($0, /# *SKIP/))
		result("skip", substr($0, RSTART + 1))
	next
}
/^(not )?ok [0-9]+/ {
	seen++
	what = /^not/ ? "fail" : "pass"
	if (match($0, /# *(SKIP|XFAIL)/))
		what = "skip"
	sub(/^(not )?ok [0-9]+ *(- )?/, "")
	result(what, $0)
}

END { end_of_test() }
