#!/bin/sh
# Builds one binary and, while the first build takes its minutes, says so.
#
#   build.sh OUTPUT go-build-arguments...
set -eu

GO=${GO:-go}
out=$1
shift

if [ ! -x "$out" ]; then
	echo "First build of $out: fetches about 100 MB and takes about 5 minutes on two cores. Later ones take seconds." >&2
fi

"$GO" build -o "$out" "$@" &
builder=$!
trap 'kill "$builder" 2>/dev/null; exit 130' INT TERM

start=$(date +%s)
told=0
while kill -0 "$builder" 2>/dev/null; do
	sleep 0.2 2>/dev/null || sleep 1
	spent=$(($(date +%s) - start))
	if [ $((spent / 30)) -gt "$told" ]; then
		told=$((spent / 30))
		echo "  still building: $((spent / 60)) min $((spent % 60)) s" >&2
	fi
done
wait "$builder"
