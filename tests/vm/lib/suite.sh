# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which of Debian's kernels is meant, and where this machine's apt gets it
# from. Sourced after common.sh.

# Whose kernels are supported, the oldest first.
SUITES=(bullseye bookworm trixie trixie-backports forky sid)
FLAVOURS=(cloud plain rt)
ARCHS=(amd64 arm64)

# What is meant where nobody says.
KERNEL=${VM_KERNEL:-$DEFAULT_SUITE}
FLAVOUR=${VM_FLAVOUR:-cloud}
ARCH=${VM_ARCH:-amd64}

# one_of WORD CHOICE...
one_of() {
	local choice
	for choice in "${@:2}"; do
		[ "$choice" != "$1" ] || return 0
	done
	return 1
}

# kernel_option OPTION VALUE: takes what chooses a kernel; fails if VALUE
# cannot be right.
# shellcheck disable=SC2034
kernel_option() {
	case $1 in
	--kernel) KERNEL=$2 ;;
	--flavour) one_of "$2" "${FLAVOURS[@]}" && FLAVOUR=$2 ;;
	--arch) one_of "$2" "${ARCHS[@]}" && ARCH=$2 ;;
	*) return 1 ;;
	esac
}

# suite_of WORD: the suite that a suite's name, the beginning of a kernel's
# version or "newest" means: the oldest suite, or that with the newest kernel.
suite_of() {
	local suite version release versions=''

	case $1 in
	newest) ;;
	[0-9]*) ;;
	*[!a-z-]* | '' | -*) return 1 ;;
	*) echo "$1" && return ;;
	esac
	ask_host
	for suite in "${SUITES[@]}"; do
		read -r version release < <(locked "apt-$suite-$ARCH" \
			suite_kernel "$suite") || continue
		for release in "$version" "$release"; do
			case $release in
			"$1" | "$1"[.+-]*) echo "$suite" && return ;;
			esac
		done
		versions+="$version $suite"$'\n'
	done
	[[ $1 == newest && -n $versions ]] || return 1
	sort -V <<<"$versions" | tail -n 1 | cut -d ' ' -f 2
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

# Once: apt takes most of a second for it.
ask_host() { HOST_SOURCES=${HOST_SOURCES:-$(host_sources)}; }

# suite_sources SUITE: lines for a sources.list, from $MIRROR or this
# machine's own apt. A mirror that no longer follows forky or sid, or lags by a
# week, has a Release that is out of date: signed all the same, and what is
# newest there is what is asked for.
suite_sources() {
	local suite=$1 base=${1%-backports} kind uri seen=' '
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	local option='check-valid-until=no'

	[ ! -e "$key" ] || option+=" signed-by=$key"
	ask_host
	{
		[ -z "${MIRROR:-}" ] || printf '%s\n' "- $MIRROR" "-updates $MIRROR"
		echo "$HOST_SOURCES"
	} | while read -r kind uri; do
		[[ -n $uri && $seen != *" $kind "* ]] || continue
		seen+="$kind "
		# sid has nothing beside itself.
		[[ $base != sid || $kind == - ]] || continue
		echo "deb [$option] $uri $base${kind%-} main"
		[[ $base == "$suite" || $kind != - ]] ||
			echo "deb [$option] $uri $suite main"
	done
}

# The package that is always the suite's newest kernel of the flavour.
kernel_package() {
	local flavour=$FLAVOUR-

	[ "$FLAVOUR" != plain ] || flavour=''
	echo "linux-image-$flavour$ARCH"
}

# suite_apt SUITE COMMAND...: apt of this machine, but with lists of its own,
# of SUITE. Needs no rights.
suite_apt() {
	local dir=$CACHE/apt/$1-$ARCH command=$2
	shift 2
	"$command" -q -o Dir::State="$dir" -o Dir::Cache="$dir/cache" \
		-o Dir::State::status="$dir/status" \
		-o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o APT::Architecture="$ARCH" -o APT::Architectures="$ARCH" "$@"
}

# Version and release (what uname -r says there) of the kernel that the suite's
# mirror has now; asked at most once a day, and the last answer holds where the
# mirror cannot be had.
suite_kernel() {
	local suite=$1 dir=$CACHE/apt/$1-$ARCH package

	package=$(kernel_package)
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	suite_sources "$suite" >"$dir/sources.list.new"
	[ -s "$dir/sources.list.new" ] ||
		die 125 "apt has no Debian source on this machine: set MIRROR to a mirror's URI"
	: >>"$dir/status"
	if ! cmp -s "$dir/sources.list.new" "$dir/sources.list" ||
		[ -z "$(find "$dir/updated" -mmin -1440 2>/dev/null)" ]; then
		mv "$dir/sources.list.new" "$dir/sources.list"
		if suite_apt "$suite" apt-get update >"$dir/log" 2>&1; then
			rm -f "$dir"/linux-image-*
			touch "$dir/updated"
		fi
	fi
	# The newest comes first.
	[ -s "$dir/$package" ] || suite_apt "$suite" apt-cache show "$package" 2>>"$dir/log" |
		sed -nE 's/^Version: //p; s/^Depends:.* linux-image-([0-9][^ ,]*).*/\1/p' |
		sed -n '1p;2p' | xargs -r >"$dir/$package"
	[ -s "$dir/$package" ] || {
		tail -n 20 "$dir/log" >&2
		die 125 "no $package of '$suite' can be had: is it a Debian suite, and does 'apt-get update' work here?"
	}
	cat "$dir/$package"
}
