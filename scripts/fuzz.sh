#!/bin/sh
# Runs every fuzz target for some time, one after another: scripts/fuzz.sh 10m
# The time comes first; folders after it narrow the choice: scripts/fuzz.sh 1m core/config
# What a target finds is an input below its package's testdata/fuzz: a failure
# that every later test repeats until it is mended.
set -eu
cd "$(dirname "$0")/.."
time=${1:-10m}
test $# -eq 0 || shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
ran=0
verdict='^(--- FAIL|FAIL|exit status| *context deadline exceeded)'
files=$(grep -rl --include='*_test.go' '^func Fuzz' "${@:-.}") || { echo "no fuzz targets in ${*:-.}" >&2; exit 1; }
for folder in $(echo "$files" | xargs -n1 dirname | sort -u); do
	if ! targets=$(go test -list '^Fuzz' "./$folder"); then
		echo "$targets"
		failed="$failed $folder"
		continue
	fi
	for target in $(echo "$targets" | grep '^Fuzz'); do
		echo "== $folder $target, $time"
		ran=$((ran + 1))
		# When the time is over in the middle of an input, go test may call that
		# a failure: "context deadline exceeded". A real one has an input. So
		# failures are shown when it is known which they are.
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1s -parallel 1 -timeout 0 "./$folder" 2>&1 | tee "$log" |
			grep --line-buffered -vE "$verdict" || true
		if grep -q '^ok' "$log"; then
			continue
		elif grep -q '^ *context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
			echo "the time was over in the middle of an input"
		else
			grep -E "$verdict" "$log" || true
			failed="$failed $folder:$target"
		fi
	done
done
test -z "$failed" || { echo "failed:$failed"; exit 1; }
test "$ran" -gt 0 || { echo "no target ran"; exit 1; }
