#!/bin/sh
# Makes sure that there is a redis-server for the tests. Where it cannot be
# installed the tests that need it are skipped, or fail when CI=true.
set -u
command -v redis-server >/dev/null 2>&1 && exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
	[ -n "$as_root" ] || command -v brew >/dev/null 2>&1 || {
		echo "redis-server is not installed and may not be installed by this user: the tests that need it are skipped"
		[ "${CI:-}" != true ]
		exit
	}
fi

echo "installing redis-server"
if command -v apt-get >/dev/null 2>&1; then
	$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq redis-server
elif command -v dnf >/dev/null 2>&1; then
	$as_root dnf install -y -q redis
elif command -v apk >/dev/null 2>&1; then
	$as_root apk add -q redis
elif command -v brew >/dev/null 2>&1; then
	brew install -q redis
fi >&2

command -v redis-server >/dev/null 2>&1 && exit 0
echo "redis-server could not be installed: the tests that need it are skipped"
[ "${CI:-}" != true ]
