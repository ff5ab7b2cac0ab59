#!/bin/sh
# Makes sure that there are redis-server, curl and jq for the tests. Where they
# cannot be installed the tests that need them are skipped, or fail when
# CI=true.
set -u

missing() {
	for tool in redis-server curl jq; do
		command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool"
	done
}
tools=$(missing)
[ -n "$tools" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
	[ -n "$as_root" ] || command -v brew >/dev/null 2>&1 || {
		echo "${tools}may not be installed by this user: the tests that need them are skipped"
		[ "${CI:-}" != true ]
		exit
	}
fi

echo "installing $tools"
others=$(printf %s "$tools" | sed 's/redis-server/redis/') # as most systems call it
# shellcheck disable=SC2086 # a list of packages, and nothing or sudo with its flag
if command -v apt-get >/dev/null 2>&1; then
	$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $tools
elif command -v dnf >/dev/null 2>&1; then
	$as_root dnf install -y -q $others
elif command -v apk >/dev/null 2>&1; then
	$as_root apk add -q $others
elif command -v brew >/dev/null 2>&1; then
	brew install -q $others
fi >&2

tools=$(missing)
[ -n "$tools" ] || exit 0
echo "${tools}could not be installed: the tests that need them are skipped"
[ "${CI:-}" != true ]
