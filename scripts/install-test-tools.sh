#!/bin/sh
# Makes sure that there are redis-server, curl and jq for the tests. Where they
# cannot be installed the tests that need them are skipped, or fail when
# CI=true. Only there nginx is wanted too, if it can be had: its package begins
# to serve port 80 on many systems. With the argument chromium that is installed
# too, where it is a package and no such browser is there.
set -u

missing() {
	for tool in redis-server curl jq; do
		command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool"
	done
}
tools=$(missing) nginx=""
[ "${CI:-}" != true ] || command -v nginx >/dev/null 2>&1 || nginx=nginx
chromium=${1:-}
[ "$(uname)" != Darwin ] || chromium=""
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
	! command -v "$name" >/dev/null 2>&1 || chromium=""
done
[ -n "$tools$nginx$chromium" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
	[ -n "$as_root" ] || command -v brew >/dev/null 2>&1 || {
		echo "$tools${nginx:+$nginx }${chromium:+$chromium }may not be installed by this user: the tests that need them are skipped"
		[ -z "$tools" ] || [ "${CI:-}" != true ]
		exit
	}
fi

echo "installing $tools${nginx:+$nginx }$chromium"
others=$(printf %s "$tools" | sed 's/redis-server/redis/') # as most systems call it
# shellcheck disable=SC2086 # a list of packages, and nothing or sudo with its flag
if command -v apt-get >/dev/null 2>&1; then
	$as_root apt-get update -qq
	apt-cache show chromium >/dev/null 2>&1 || chromium="" # on Ubuntu it is a snap
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $tools ${nginx:+nginx-light} $chromium
elif command -v dnf >/dev/null 2>&1; then
	$as_root dnf install -y -q $others $nginx $chromium
elif command -v apk >/dev/null 2>&1; then
	$as_root apk add -q $others $nginx $chromium
elif command -v brew >/dev/null 2>&1; then
	brew install -q $others $nginx
fi >&2

tools=$(missing)
[ -n "$tools" ] || exit 0
echo "${tools}could not be installed: the tests that need them are skipped"
[ "${CI:-}" != true ]
