# SPDX-License-Identifier: GPL-2.0
#
# Merges what the ways to a core file came to on one kernel into the table of all.
# Input: the table, then lines "# way: TITLE | RESULT" of the tests; -v names the
# kernels (their order is the columns') and which of them it was.

BEGIN {
	columns = split(kernels, kernel_of, " ")
	FS = " *\\| *"
}

# A line of the table begins and ends with a bar.
/^\|/ {
	if ($2 == "way" || $2 ~ /^-+$/)
		next
	for (i = 1; i <= columns; i++)
		cell[$2, kernel_of[i]] = $(i + 2)
	next
}

sub(/^# way: /, "") {
	cell[$1, kernel] = $2
	new[++news] = $1
}

function put(title,	i, line) {
	line = "| " title " |"
	for (i = 1; i <= columns; i++)
		line = line " " (cell[title, kernel_of[i]] ? cell[title, kernel_of[i]] : "-") " |"
	print line
}

END {
	line = "| way |"
	rule = "| --- |"
	for (i = 1; i <= columns; i++) {
		line = line " " kernel_of[i] " |"
		rule = rule " --- |"
	}
	print line
	print rule
	# In the tests' order; what they do not know any more is gone.
	for (i = 1; i <= news; i++)
		put(new[i])
}
