# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which Debian suite is meant, and where this machine's apt gets it from.
# Sourced after common.sh.

# suite_of WORD: the suite that a suite's name or a kernel's version means.
suite_of() {
	case $1 in
	5.10 | 5.10.*) echo bullseye ;;
	6.1 | 6.1.*) echo bookworm ;;
	6.12 | 6.12.*) echo trixie ;;
	*[!a-z]* | '') return 1 ;;
	*) echo "$1" ;;
	esac
}

# One line per source of Packages that belongs to Debian itself: what is
# behind the suite's name ("", "-updates", "-security"), and the URI.
host_sources() {
	local codename release uri

	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# apt expands what is in $( ), not the shell.
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' \
		'Created-By: Packages' |
		sed -n 's/^main //p' | sort -u |
		while read -r release uri; do
			case $release in
			*-updates | *-security)
				case ${release%-*} in
				"$codename" | stable | oldstable | oldoldstable | testing)
					echo "-${release##*-} $uri" ;;
				esac ;;
			"$codename" | stable | oldstable | oldoldstable | testing | unstable | sid)
				echo "- $uri" ;;
			esac
		done
}

# suite_sources SUITE: lines for a sources.list, from $MIRROR or this
# machine's own apt.
suite_sources() {
	local suite=$1 kind uri key=/usr/share/keyrings/debian-archive-keyring.gpg
	local option='' seen=' '

	[ ! -e "$key" ] || option="[signed-by=$key] "
	if [ -n "${MIRROR:-}" ]; then
		echo "deb $option$MIRROR $suite main"
		echo "deb $option$MIRROR $suite-updates main"
		seen=' - -updates '
	fi
	# Asked once: apt takes most of a second for it.
	HOST_SOURCES=${HOST_SOURCES:-$(host_sources)}
	while read -r kind uri; do
		[ -n "$uri" ] || continue
		case $seen in *" $kind "*) continue ;; esac
		seen+="$kind "
		echo "deb $option$uri $suite${kind%-} main"
	done <<<"$HOST_SOURCES"
}

# suite_apt SUITE COMMAND...: apt of this machine, but with lists of its own,
# of SUITE. Needs no rights.
suite_apt() {
	local dir=$CACHE/apt/$1 command=$2
	shift 2
	"$command" -q -o Dir::State="$dir" -o Dir::Cache="$dir/cache" \
		-o Dir::State::status="$dir/status" \
		-o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o APT::Architecture=amd64 -o APT::Architectures=amd64 "$@"
}

# The version of the suite's kernel package that its mirror has now; asked at
# most once a day, and the last answer holds where the mirror cannot be had.
suite_kernel() {
	local suite=$1 dir=$CACHE/apt/$1 version

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	suite_sources "$suite" >"$dir/sources.list.new"
	[ -s "$dir/sources.list.new" ] ||
		die 125 "apt has no Debian source on this machine: set MIRROR to a mirror's URI"
	: >>"$dir/status"
	if ! cmp -s "$dir/sources.list.new" "$dir/sources.list" ||
		[ -z "$(find "$dir/kernel" -mmin -1440 2>/dev/null)" ]; then
		mv "$dir/sources.list.new" "$dir/sources.list"
		if suite_apt "$suite" apt-get update >"$dir/log" 2>&1; then
			version=$(suite_apt "$suite" apt-cache show \
				linux-image-cloud-amd64 | sed -n 's/^Version: //p' | head -n 1)
			[ -z "$version" ] || echo "$version" >"$dir/kernel"
		fi
	fi
	[ -s "$dir/kernel" ] || {
		tail -n 20 "$dir/log" >&2
		die 125 "no kernel of '$suite' can be had: is it a Debian suite, and does 'apt-get update' work here?"
	}
	cat "$dir/kernel"
}
