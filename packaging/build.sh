#!/bin/sh
# Builds one binary and, while the first build takes its minutes, says so.
#
#   build.sh OUTPUT go-build-arguments...
set -eu

GO=${GO:-go}
out=$1
shift

if [ ! -x "$out" ]; then
	echo "First build: fetches about 100 MB and takes about 5 minutes on two cores. Later ones take seconds." >&2
fi

"$GO" build -o "$out" "$@" &
builder=$!
trap 'kill "$builder" 2>/dev/null; exit 130' INT TERM

spent=0
while kill -0 "$builder" 2>/dev/null; do
	sleep 1
	spent=$((spent + 1))
	if [ $((spent % 30)) -eq 0 ]; then
		echo "  still building: $((spent / 60)) min $((spent % 60)) s" >&2
	fi
done
wait "$builder"
