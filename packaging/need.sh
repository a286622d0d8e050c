#!/bin/sh
# Makes sure that this machine has what Paradero needs, and touches nothing
# when it has.
#
#   need.sh go       is there a Go that is new enough? if not, how to get it
#   need.sh run      what building and running the desktop need
#   need.sh test     the same and what the tests need
#
# Only Debian and its kin are installed for; elsewhere it says what to install
# and leaves the rest to the person.
set -eu

least=1.26
GO=${GO:-go}

build="gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev ca-certificates"
run="$build libgl1-mesa-dri poppler-utils xdg-utils"
test="$run xvfb openbox xdotool xclip imagemagick qpdf"

say() { printf '%s\n' "$*" >&2; }

# newer A B: is version A at least version B?
newer() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		n = split(a, x, "."); m = split(b, y, ".")
		for (i = 1; i <= n || i <= m; i++) {
			if (x[i] + 0 > y[i] + 0) exit 0
			if (x[i] + 0 < y[i] + 0) exit 1
		}
		exit 0
	}'
}

how_to_get_go() {
	arch=$(uname -m)
	case $arch in
	x86_64) arch=amd64 ;;
	aarch64 | arm64) arch=arm64 ;;
	esac
	say "Paradero needs Go $least or newer; $1."
	say "The Go of Debian 12 and of most distributions is too old. Take the current one from https://go.dev/dl/,"
	say "for this machine the file go1.26.x.$(uname -s | tr '[:upper:]' '[:lower:]')-$arch.tar.gz, and unpack it as the administrator:"
	say "    rm -rf /usr/local/go && tar -C /usr/local -xzf go1.26.x.*.tar.gz"
	say "then put it first in the path and run make again:"
	say "    export PATH=/usr/local/go/bin:\$PATH"
}

check_go() {
	if ! command -v "$GO" >/dev/null 2>&1; then
		how_to_get_go "no Go was found in the path or in /usr/local/go"
		exit 1
	fi
	# Inside the project: a Go of 1.21 or later may fetch the one that go.mod asks for.
	have=$("$GO" env GOVERSION 2>/dev/null | sed -n 's/^go\([0-9][0-9.]*\).*/\1/p')
	if [ -z "$have" ]; then
		have=$(GOTOOLCHAIN=local "$GO" version 2>/dev/null | sed -n 's/^go version go\([0-9][0-9.]*\).*/\1/p')
	fi
	if [ -z "$have" ] || ! newer "$have" "$least"; then
		how_to_get_go "this machine has Go ${have:-of an unknown version} ($(command -v "$GO"))"
		exit 1
	fi
}

elsewhere() {
	# Everything is there already: no need to say anything.
	if command -v gcc >/dev/null 2>&1 && command -v pkg-config >/dev/null 2>&1 &&
		pkg-config --exists gl x11 xcursor xrandr xinerama xi xxf86vm 2>/dev/null; then
		return 0
	fi
	case $(uname -s) in
	Darwin)
		xcode-select -p >/dev/null 2>&1 && return 0
		say "On macOS install the command line tools (xcode-select --install) and poppler (brew install poppler)."
		;;
	MINGW* | MSYS* | CYGWIN* | Windows*)
		command -v gcc >/dev/null 2>&1 && return 0
		say "On Windows install MSYS2 (https://www.msys2.org) and, in its MINGW64 window,"
		say "    pacman -S make git mingw-w64-x86_64-gcc mingw-w64-x86_64-poppler"
		;;
	*)
		say "This system has no apt-get. If the build fails, install a C compiler, pkg-config, poppler and the headers of X11 and OpenGL:"
		say "    Fedora: sudo dnf install gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel poppler-utils"
		say "    Arch:   sudo pacman -S --needed gcc pkgconf libgl libx11 libxcursor libxrandr libxinerama libxi libxxf86vm poppler"
		if [ "$1" = test ]; then
			say "The tests also use Xvfb, openbox, xdotool, xclip, ImageMagick and qpdf."
		fi
		;;
	esac
}

# missing PACKAGE...: those that are not installed.
missing() {
	have=$(dpkg-query -W -f '${Package}=${db:Status-Status} ' "$@" 2>/dev/null || true)
	for p in "$@"; do
		case " $have" in
		*" $p=installed"*) ;;
		*) printf '%s ' "$p" ;;
		esac
	done
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	else
		say "These need the administrator, and there is no sudo here. As root run:"
		say "    apt-get update && apt-get install -y $want"
		say "and then make again."
		exit 1
	fi
}

install_for() {
	if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
		elsewhere "$1"
		return 0
	fi
	case $1 in
	run) all=$run ;;
	test) all=$test ;;
	esac
	# shellcheck disable=SC2086 # a list of words
	want=$(missing $all)
	[ -n "$want" ] || return 0
	say "Installing by apt: $want"
	export DEBIAN_FRONTEND=noninteractive
	# Old lists are worse than none; without a network the old ones may still do.
	as_root apt-get -q update </dev/null >&2 || say "The package lists could not be brought up to date; trying with those that are here."
	# shellcheck disable=SC2086
	if ! as_root apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $want </dev/null >&2; then
		say "These could not be installed: $want"
		say "Is there a network? Run  apt-get install $want  yourself to see why, and then make again."
		exit 1
	fi
}

case ${1:-} in
go) check_go ;;
run | test) install_for "$1" ;;
*)
	say "usage: need.sh go|run|test"
	exit 2
	;;
esac
