#!/bin/sh
# Runs every fuzz target of the tree for a while, one after the other.
#   fuzz.sh TIME [flags of go test]
# What one of them finds is kept in its testdata and tried with every test run
# from then on.
set -eu
time=$1
shift
status=0
# What a target writes need not survive anything.
if [ -w /dev/shm ]; then
	TMPDIR=/dev/shm
	export TMPDIR
fi
for file in $(grep -rl '^func Fuzz' --include='*_test.go' data app reports | sort); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$file"); do
		echo "== $(dirname "$file") $target"
		"${GO:-go}" test -vet=off "$@" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s "./$(dirname "$file")" || status=1
	done
done
exit $status
