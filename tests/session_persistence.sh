#!/bin/sh
# Tries a running app where there are a POSIX shell, curl and jq and nothing else:
# `sessionkit doctor` finds more. The cookie and the token are in files that only
# the caller can read, never in a command line, which everybody on the machine
# sees, and never in the output.
set -u
export LC_ALL=C

help() {
  cat <<'HELP'
usage: session_persistence.sh [--url URL] [--token TOKEN] [--requests N] [--min-workers N]

Tries a running app whose debug endpoints are on: do its sessions hold on
every worker? Asks several workers what they find themselves; counts in one
session over new connections, one after the other and several at a time; then
ends that session and looks whether it stays gone. It touches nobody else's
session. `sessionkit doctor URL` does this and more.

  --url URL          where the app answers (http://127.0.0.1:8080)
  --token TOKEN      the app's debug token; better in the environment, as
                     DEBUG_TOKEN: everybody on the machine can see arguments
  --requests N       how many requests to count with (60)
  --min-workers N    how many workers are expected to answer (2)
  -h, --help         this text

Exit status: 0 sessions hold, 1 they do not, 2 it could not be tried.
HELP
}

# --- what is asked for

misuse() {
  printf 'session_persistence.sh: %s; see --help\n' "$1" >&2
  exit 2
}

url=http://127.0.0.1:8080 token=${DEBUG_TOKEN-} requests=60 min_workers=2
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) help && exit 0 ;;
    --url) url=${2-} ;;
    --token) token=${2-} ;;
    --requests) requests=${2-} ;;
    --min-workers) min_workers=${2-} ;;
    *) misuse "what is \"$1\"?" ;;
  esac
  [ $# -ge 2 ] || misuse "$1 wants a value"
  shift 2
done

is_number() { # of 1 or more, with nine digits at most
  case $1 in '' | 0* | *[!0-9]* | ??????????*) return 1 ;; esac
}
is_number "$requests" || misuse "--requests wants a number of 1 or more"
is_number "$min_workers" || misuse "--min-workers wants a number of 1 or more"
case $url in
  *@*) misuse "--url may not have a user or password in it" ;;
  http://?* | https://?*) url=${url%/} ;;
  *) misuse "--url wants http:// or https://" ;;
esac
newline='
'
case $token$url in *"$newline"*) misuse "a line break in the token or the URL" ;; esac

# --- what is printed

red='' yellow='' green='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
  red=$(printf '\033[31m') yellow=$(printf '\033[33m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
fi

line() { printf '%s%-8s%s %-9s %s\n' "$2" "$1" "$plain" "$3" "$4"; }
more() { [ -z "$2" ] || printf '%18s %s: %s\n' '' "$1" "$2"; }
ok() { line ok "$green" "$1" "$2"; }
warning() { line warning "$yellow" "$1" "$2" && more fix "${3-}"; }

result=0 verdict=ok verdict_fix=''

# problem STEP ID TEXT [FIX]: the first one is the verdict.
problem() {
  line problem "$red" "$1" "$2: $3"
  more fix "${4-}"
  [ $result = 1 ] || result=1 verdict="broken: $2: $3" verdict_fix=${4-}
}

# doubt ID TEXT FIX: the trial shows nothing, unless there is a problem.
doubt() {
  warning session "$1: $2" "$3"
  [ $result = 1 ] || result=2 verdict="not tried: $1: $2" verdict_fix=$3
}

# cannot ID TEXT FIX: ends the trial before it has begun.
cannot() {
  result=2 verdict="not tried: $1: $2" verdict_fix=$3
  finish
}

finish() {
  case $result in 0) colour=$green ;; 1) colour=$red ;; *) colour=$yellow ;; esac
  printf '%sVERDICT: %s%s\n' "$colour" "$verdict" "$plain"
  more fix "$verdict_fix"
  [ $result = 0 ] || more more "sessionkit doctor $url"
  exit $result
}

# --- tools and files

for tool in curl jq; do
  command -v $tool >/dev/null || cannot missing-tools "$tool is not installed" "apt-get install -y curl jq (or dnf install, apk add, brew install)"
done
tmp=$(mktemp -d "${TMPDIR:-/tmp}/session_persistence.XXXXXX") || cannot no-folder "no folder for temporary files" "set TMPDIR"
# shellcheck disable=SC2317 # trap calls it
cleanup() {
  status_at_end=$?
  trap - EXIT
  trap '' HUP INT TERM
  [ -s "$tmp/cookie" ] || [ ! -f "$tmp/probe.head" ] || keep "$tmp/probe" "$tmp/cookie" # stopped before it was looked at
  [ ! -s "$tmp/cookie" ] || discard "$tmp/cookie"
  rm -rf "$tmp"
  exit "$status_at_end"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- requests

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; } # for a file of curl options

{
  echo silent
  echo show-error
  echo 'connect-timeout = 5'
  echo 'max-time = 15'
  echo 'header = "Accept: application/json"'
  printf 'noproxy = "localhost,127.0.0.1,::1,%s"\n' "$(quoted "${NO_PROXY-}")"
  [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$(quoted "$token")"
} >"$tmp/options"
: >"$tmp/cookie"

# request OUT METHOD PATH [COOKIE]: one request over a connection of its own.
# The answer is in OUT.body and OUT.head; sets status, 000 for no answer, and
# why. COOKIE is a file of curl options too.
request() {
  out=$1 method=$2 page=$3 cookies=${4:-/dev/null}
  set --
  [ "$method" = GET ] || set -- -d ''
  rm -f "$out.body" "$out.head" "$out.why"
  status=$(curl -q -K "$tmp/options" -K "$cookies" "$@" -o "$out.body" -D "$out.head" -w '%{http_code}' "$url$page" 2>"$out.why") || status=000
  [ -s "$out.body" ] || echo null >"$out.body"
  why=$(sed 's/^curl: //;q' "$out.why")
}

US=$(printf '\037') # separates fields: no text from the app has it, see rows
JQ='
def text: if . == null then "" else tostring | gsub("[[:cntrl:]]"; " ") end;
def row: map(text) | join("\u001f");
'
# rows FILE FILTER: what the filter makes of an answer, an array for each
# line. Nothing for an answer that is not JSON.
rows() { jq -r "$JQ $2 | row" "$1" 2>/dev/null; }

# keep OUT COOKIE: stores the cookie that an answer sets, as options for curl,
# by hand: curl itself would not send a Secure one over http.
keep() {
  pair=$(sed -n "s/^[Ss]et-[Cc]ookie:[[:space:]]*\($cookie_name=[^;[:space:]][^;[:space:]]*\).*/\1/p" "$1.head" | tail -n 1)
  [ -n "$pair" ] || return 1
  (umask 077 && printf 'header = "Cookie: %s"\n' "$(quoted "$pair")" >"$2")
}

# discard COOKIE: ends the trial's own session, on whichever worker knows it. A
# session that holds anything else is left alone by the app.
discard() {
  for _ in 1 2 3 4 5 6 7 8; do
    request "$tmp/discard" POST '/debug/probe?action=end' "$1"
    case $status in 000 | 200) break ;; esac
  done
  : >"$1"
}

# Which workers are in the lines of a file (pid, host, ...), and how many.
who() { awk -F "$US" '!seen[$1 FS $2]++ { printf "%spid %s on %s", (n++ ? ", " : ""), $1, $2 }' "$1"; }
distinct() { cut -d "$US" -f 1,2 "$1" | sort -u | wc -l | tr -d ' '; }

# --- is it there, and may we look?

reach() {
  request "$tmp/session" GET /debug/session
  said=$(rows "$tmp/session.body" '[.fix]')
  case $status in
    200) ;;
    000)
      cannot unreachable "no answer from $url: $why" \
        "start the app, or give its address with --url; whoever has signed its certificate goes into CURL_CA_BUNDLE"
      ;;
    3??)
      to=$(awk 'tolower($1) == "location:" { sub(/\r$/, "", $2); print $2 }' "$tmp/session.head")
      cannot redirected "$url sends to ${to:-another place}" "give that address with --url, without /debug/session"
      ;;
    403 | 429)
      [ -n "$said" ] || cannot no-access "something in front of the app refuses ($status) $url/debug/" \
        "let /debug/ through there, or run this on the app's own host, with the app's own port"
      text="the app does not accept this token ($status)"
      [ -n "$token" ] || text="the debug endpoints are on and want a token ($status)"
      cannot no-access "$text" "run this with DEBUG_TOKEN set to the app's token; the app says: $said"
      ;;
    404)
      cannot debug-off "the debug endpoints are off (404), or a proxy hides them" \
        "start every worker with --debug-endpoints (DEBUG_ENDPOINTS=true), give Install the handler debug.New(sessions), and run this behind the proxy"
      ;;
    *)
      cannot "status-$status" "$url/debug/session answers with status $status" \
        "401 comes from something that wants a login before the app is asked, 502 to 504 from a proxy whose app does not answer; the logs of both say more"
      ;;
  esac
  IFS=$US read -r pid on framework mode kind cookie_name <<ROW
$(rows "$tmp/session.body" '[.worker.pid, .worker.host, .worker.framework, .worker.mode, .store.kind, .cookie.name // "session"]')
ROW
  is_number "$pid" || cannot not-sessionkit "$url/debug/session answers, but not with a report" \
    "see that --url leads to the app, and that no page of the app catches /debug/"
  ok reach "$url: $framework in $mode mode, pid $pid on $on, sessions in $kind"
}

# --- what the app finds itself

# findings asks several times, since each report is that of the worker that
# happens to answer.
findings() {
  i=0
  while [ "$i" -lt 6 ]; do
    i=$((i + 1))
    request "$tmp/report" GET /debug/
    [ "$status" != 200 ] || jq 'select(.config.findings)' "$tmp/report.body" 2>/dev/null
    if grep -q '"store-unreachable"' "$tmp/report.body"; then break; fi # the others would take their time
  done >"$tmp/one"
  jq -s . "$tmp/one" >"$tmp/all"
  # Of workers that differ the worst counts, whoever answers first: sorting and
  # making unique keep the order of what is equal.
  rows "$tmp/all" '
    def rank: {error: 0, warning: 1}[.severity] // 2;
    [.[].config.findings[]] | sort_by(rank) | unique_by(.id) | sort_by(rank) | .[] | [.severity, .id, .message, .fix]' >"$tmp/findings"
  [ -s "$tmp/findings" ] || ok findings none
  while IFS=$US read -r severity id message fix; do
    case $severity in
      error) problem findings "$id" "$message" "$fix" ;;
      warning) warning findings "$id: $message" "$fix" ;;
    esac
  done <"$tmp/findings"
  IFS=$US read -r known names trusting <<ROW
$(rows "$tmp/all" '
    def values(flag): [.[].config.settings[] | select(.flag == flag).value] | unique;
    [([.[].workers.summary.count] | max // 0), (values("session-cookie-name") | join(", ")), values("session-trust-proxy") == ["true"]]')
ROW
  # An app that trusts its proxy is asked as the proxy asks it, or it would say
  # that browsers come over http. A header of a proxy makes the token needed.
  case $token:$url:$trusting in ?*:http:*:true) echo 'header = "X-Forwarded-Proto: https"' >>"$tmp/options" ;; esac
}

# --- one session, one request after the other

: >"$tmp/answered" # pid and host of the worker, for every answer
last=0 session='' stop=''

hold() {
  case $names in *,*)
    stop cookie-name-differs "workers call the session cookie differently: $names" \
      "give every worker the same --session-cookie-name (SESSION_COOKIE_NAME) and --mode (MODE)"
    ;;
  esac
  i=0
  while [ -z "$stop" ] && [ "$i" -lt "$requests" ]; do
    i=$((i + 1))
    count_up
  done
  [ -z "$stop" ] || return
  ok session "$last requests over new connections, counted 1 to $last in one session"
  tell_workers
}

stop() { # ID TEXT [FIX]
  stop=yes
  problem session "$@"
}

count_up() {
  request "$tmp/probe" POST /debug/probe "$tmp/cookie"
  IFS=$US read -r pid on state id n error fix <<ROW
$(rows "$tmp/probe.body" 'select(type == "object") | [.pid, .host, .status, .session, .n, .error, .fix]')
ROW
  case $status:$n in
    200:?*) printf '%s\n' "$pid$US$on" >>"$tmp/answered" ;;
    200:) stop not-a-report "/debug/probe answers, but not with a report" ;;
    000:*) stop no-answer "no answer to request $i: $why" ;;
    403:* | 404:*)
      stop=yes
      doubt debug-differs "request $i was refused ($status): not every worker has the debug endpoints on, or not with the same token; or something in front of them refuses POST, such as a protection against CSRF" \
        "start every worker with --debug-endpoints and the same --debug-token (DEBUG_TOKEN), and install the sessions before the middleware that refuses it"
      ;;
    *) stop requests-fail "request $i failed with $status${error:+: $error}" "${fix:-the log of the app, and of what is in front of it, says why}" ;;
  esac
  [ -z "$stop" ] || return
  if [ -z "$session" ]; then
    session=$id last=$n
    keep "$tmp/probe" "$tmp/cookie" ||
      stop cookie-lost "the app made a session, and its cookie did not arrive here: something in front of the app removes Set-Cookie, as caches do" \
        "have it pass Set-Cookie on: for nginx look for proxy_hide_header, proxy_ignore_headers and proxy_cache"
  elif [ "$state" = new ]; then
    stop cookie-lost "the cookie that was sent did not arrive at pid $pid on $on: something in front of the app removes it" "have it pass the header Cookie on"
  elif [ "$state" != loaded ]; then
    refused
  elif [ "$id $n" != "$session $((last + 1))" ]; then
    stop lost-update "pid $pid on $on counted to $n in session $id, after $last in $session: it did not see what another one had saved" \
      "point every worker at one store, and let no cache answer for the app"
  else
    keep "$tmp/probe" "$tmp/cookie"
    last=$n
  fi
}

# look N asks N times what a worker makes of the cookie, and stores nothing.
look() {
  i=0
  while [ "$i" -lt "$1" ]; do
    i=$((i + 1))
    request "$tmp/look" GET /debug/session "$tmp/cookie"
    rows "$tmp/look.body" '[.worker.pid, .worker.host, .session.status, .session.meaning, .session.fix]'
  done >"$tmp/looked"
}

# refused says who refuses the cookie and why. The answer that did has made a new
# session, which nobody wants.
refused() {
  ! keep "$tmp/probe" "$tmp/stray" || discard "$tmp/stray"
  look 12
  awk -F "$US" '$3 != "loaded"' "$tmp/looked" >"$tmp/refused"
  IFS=$US read -r _ _ _ meaning fix <"$tmp/refused"
  stop "${state#rejected: }" "the cookie was refused by $(who "$tmp/refused"), of $(distinct "$tmp/looked") that answered: $meaning" "$fix"
}

# tell_workers says whether so many workers were tried as there should be.
tell_workers() {
  answered=$(distinct "$tmp/answered")
  text="workers that answered: $answered ($(who "$tmp/answered"))"
  if [ "$answered" -ge "$min_workers" ]; then
    ok session "$text"
  elif [ "$known" -lt "$min_workers" ]; then
    warning session "$text; the store knows of no more, and so few show little" "start more, or say --min-workers $answered if that is how it is meant"
  else
    doubt few-workers "$text, and the store knows of $known: a proxy that sends a visitor to one worker hides the others, or this address is one worker's own" \
      "turn the stickiness off (ip_hash, sticky cookies), say --requests with a larger number, or --min-workers $answered"
  fi
}

# --- many at a time

at_once() {
  i=0
  while [ "$i" -lt 20 ]; do
    i=$((i + 1))
    request "$tmp/parallel.$i" POST /debug/probe "$tmp/cookie" &
  done
  wait
  jq -r '.n // empty' "$tmp"/parallel.*.body 2>/dev/null | sort -nu >"$tmp/counts"
  counted=$(wc -l <"$tmp/counts" | tr -d ' ')
  if [ "$counted $(head -n 1 "$tmp/counts") $(tail -n 1 "$tmp/counts")" = "$i $((last + 1)) $((last + i))" ]; then
    ok parallel "$i requests at a time counted $((last + 1)) to $((last + i)): none was lost"
  else
    problem parallel lost-update "$i requests at a time gave $counted different counts: they failed, or overwrote what others had saved" \
      "the log of the app says what failed; point every worker at one store"
  fi
}

# --- gone is gone

logout() {
  request "$tmp/end" POST '/debug/probe?action=end' "$tmp/cookie"
  error=$(rows "$tmp/end.body" '[.error]')
  case $status in
    200) ;;
    409)
      warning logout "not tried, since the app itself keeps something in each session: $error"
      request "$tmp/end" POST '/debug/probe?action=clear' "$tmp/cookie"
      : >"$tmp/cookie"
      return
      ;;
    *)
      problem logout logout-failed "the session could not be ended ($status): $error$why" "the log of the app says why"
      return
      ;;
  esac
  look $((requests > 12 ? requests : 12))
  back=$(grep -c "${US}loaded$US" "$tmp/looked")
  if [ "$back" = 0 ]; then
    ok logout "the ended session stays gone: $i requests to $(who "$tmp/looked")"
    : >"$tmp/cookie"
  else
    problem logout logout-undone "the ended session was accepted again, by $back of $i requests: a worker still has it, in a store of its own or in a copy that lags behind" \
      "point every worker at one store, and at the primary of a replicated one"
  fi
}

# --- the trial

reach
findings
hold
[ -n "$stop" ] || at_once
[ -n "$stop" ] || logout
finish
