#!/bin/sh
# Tries a running app: do its sessions hold on every worker? --help says more.
#
# Needs a POSIX shell, curl and jq. The cookie and the token are in files that
# only the caller can read, never in a command line, which everybody on the
# machine sees, and never in the output.
set -u
LC_ALL=C
export LC_ALL

help() {
  cat <<'HELP'
usage: session_persistence.sh [--url URL] [--token TOKEN] [--requests N] [--min-workers N]

Tries a running app whose debug endpoints are on: do its sessions hold on
every worker? Looks at the configuration, the store and the workers; then
counts in one session over new connections, one after the other and several at
a time; then ends that session and looks whether it stays gone. It touches
nobody else's session.

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
    --*=*) option=${1%%=*} value=${1#*=} && shift ;;
    --url | --token | --requests | --min-workers)
      [ $# -ge 2 ] || misuse "$1 wants a value"
      option=$1 value=$2 && shift 2
      ;;
    *) misuse "what is \"$1\"?" ;;
  esac
  case $option in
    --url) url=$value ;;
    --token) token=$value ;;
    --requests) requests=$value ;;
    --min-workers) min_workers=$value ;;
    *) misuse "what is \"$option\"?" ;;
  esac
done

is_number() {
  case $1 in '' | *[!0-9]* | ??????????*) return 1 ;; esac
}
for number in "$requests" "$min_workers"; do
  case $number in 0*) misuse "\"$number\" is no number of 1 or more" ;; esac
  is_number "$number" || misuse "\"$number\" is no number of 1 or more"
done
case $url in
  *@*) misuse "--url may not have a user or password in it" ;;
  http://?* | https://?*) url=${url%/} ;;
  *) misuse "--url wants http:// or https://" ;;
esac
newline='
'
case $token$url in *"$newline"*) misuse "a line break in the token or the URL" ;; esac
host=${url#*://} host=${host%%/*}
case $host in
  \[*) host=${host%%\]*} host=${host#\[} ;;
  *) host=${host%:*} ;;
esac
case $host in 127.* | localhost | ::1) local=yes ;; *) local=no ;; esac
case $local$url in no*http:*) secure=no ;; *) secure=yes ;; esac # as browsers see it

# --- what is printed

red='' yellow='' green='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
  red=$(printf '\033[31m') yellow=$(printf '\033[33m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
fi
broken='' untried=''

line() { printf '%s%-8s%s %-9s %s\n' "$2" "$1" "$plain" "$3" "$4"; }
ok() { line ok "$green" "$1" "$2"; }
note() { line note '' "$1" "$2"; }
skipped() { line skipped '' "$1" "$2"; }
warning() { line warning "$yellow" "$1" "$2"; }
more() { [ -z "$2" ] || printf '%18s %s: %s\n' '' "$1" "$2"; }

# problem STEP ID TEXT: the id goes into the verdict, once.
problem() {
  line problem "$red" "$1" "$2: $3"
  case " $broken " in *" $2 "*) ;; *) broken="$broken${broken:+ }$2" ;; esac
}

# cannot STEP ID TEXT [FIX]: ends the trial, which shows nothing.
cannot() {
  line problem "$red" "$1" "$3"
  more fix "${4-}"
  printf 'VERDICT: not tried: %s\n' "$2"
  exit 2
}

# --- tools

missing=''
for tool in curl jq; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing${missing:+ }$tool"
done
if [ -n "$missing" ]; then
  cannot tools missing-tools "not installed: $missing" \
    "install with: apt-get install -y $missing (or dnf install, apk add, brew install)"
fi
ok tools "curl, jq"

# --- requests

US=$(printf '\037') # separates fields: no text from the app has it, see JQ

tmp=$(mktemp -d "${TMPDIR:-/tmp}/session_persistence.XXXXXX") ||
  cannot tools no-folder "no folder for temporary files" "set TMPDIR to a folder that can be written to"
cleanup() {
  status_at_end=$?
  trap - EXIT
  trap '' HUP INT TERM
  [ -s "$tmp/cookie" ] || [ ! -f "$tmp/probe.head" ] || keep "$tmp/probe" "$tmp/cookie" # stopped before it was looked at
  [ ! -s "$tmp/cookie" ] || discard "$tmp/cookie" 3
  rm -rf "$tmp"
  exit "$status_at_end"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; } # for a file of curl options

{
  echo silent
  echo show-error
  echo 'connect-timeout = 5'
  echo 'max-time = 15'
  echo 'header = "Accept: application/json"'
  [ $local = no ] || echo 'noproxy = "*"'
  [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$(quoted "$token")"
} >"$tmp/options"
: >"$tmp/cookie"

# request OUT METHOD PATH [COOKIE]: one request over a connection of its own.
# The answer is in OUT.body and OUT.head; sets status, 000 for no answer, and
# why. COOKIE is a file of curl options too.
request() {
  set -- "$1" "$2" "$3" "${4:-/dev/null}"
  rm -f "$1.body" "$1.head" "$1.why"
  if [ "$2" = POST ]; then
    status=$(curl -q -K "$tmp/options" -K "$4" -d '' -o "$1.body" -D "$1.head" -w '%{http_code}' "$url$3" 2>"$1.why")
  else
    status=$(curl -q -K "$tmp/options" -K "$4" -o "$1.body" -D "$1.head" -w '%{http_code}' "$url$3" 2>"$1.why")
  fi || status=000
  [ -s "$1.body" ] || echo null >"$1.body"
  why=$(sed 's/^curl: //;q' "$1.why")
}

JQ='
def text: if . == null then "" else tostring end
  | explode | map(if . < 32 or (. > 126 and . < 160) then 32 else . end) | implode;
def row: map(text) | join("\u001f");
'
# rows FILE FILTER: what the filter makes of an answer, an array for each
# line. Nothing for an answer that is not JSON.
rows() { jq -r "$JQ $2 | row" "$1" 2>/dev/null; }

# keep OUT COOKIE: stores the cookie that an answer sets, as options for curl,
# by hand: curl itself would not send a Secure one over http.
keep() {
  set_cookie=$(awk -v name="$cookie_name=" '
    tolower(substr($0, 1, 11)) == "set-cookie:" {
      line = substr($0, 12); sub(/^[ \t]+/, "", line); sub(/\r$/, "", line)
      if (index(line, name) == 1) found = line
    }
    END { print found }' "$1.head")
  [ -n "$set_cookie" ] && [ "${set_cookie%%;*}" != "$cookie_name=" ] || return 1
  (umask 077 && printf 'header = "Cookie: %s"\n' "$(quoted "${set_cookie%%;*}")" >"$2")
}

# discard COOKIE TRIES: ends the trial's own session, on whichever worker
# knows it. A session that holds anything else is left alone by the app.
discard() {
  tries=0
  while [ "$tries" -lt "$2" ]; do
    tries=$((tries + 1))
    request "$tmp/discard" POST '/debug/probe?action=end' "$1"
    case $status in 000 | 200) break ;; esac
  done
  : >"$1"
}

# who FILE: the workers in its lines (id, pid, host, ...), each one once.
who() {
  awk -F "$US" '
    !seen[$1]++ {
      if (!($3 in pids)) hosts[++n] = $3
      pids[$3] = pids[$3] " " $2
    }
    END {
      for (i = 1; i <= n; i++) printf "%spid%s on %s", (i > 1 ? "; " : ""), pids[hosts[i]], hosts[i]
    }' "$1"
}
distinct() { cut -d "$US" -f 1 "$1" | sort -u | wc -l | tr -d ' '; }

# --- is it there, and may we look?

try_access() {
  request "$tmp/session" GET /debug/session
  case $status in
    000)
      fix="start the app, or give its address with --url"
      case $why in *certificate*) fix="name the certificate that signed it in CURL_CA_BUNDLE" ;; esac
      cannot reach unreachable "no answer from $url: $why" "$fix"
      ;;
    200) ;;
    3??)
      to=$(awk 'tolower($1) == "location:" { sub(/\r$/, "", $2); print $2 }' "$tmp/session.head")
      cannot reach redirected "$url sends to ${to:-another place}" "give that address with --url, without /debug/session"
      ;;
    401)
      cannot debug no-access "$url wants a login (401) before the app is asked" \
        "run this behind whatever asks for it: on the app's own host, with the app's own port"
      ;;
    403)
      said=$(rows "$tmp/session.body" '[.fix]')
      if [ -z "$said" ]; then
        cannot debug no-access "something in front of the app refuses (403) $url/debug/" \
          "let /debug/ through there, or run this on the app's own host, with the app's own port"
      fi
      if [ -n "$token" ]; then
        text="the app does not accept this token (403)"
      else
        text="the debug endpoints are on and want a token (403)"
      fi
      cannot debug no-access "$text" "run this with DEBUG_TOKEN set to the app's token; the app says: $said"
      ;;
    429)
      cannot debug no-access "the app has been given too many wrong tokens and this one is wrong too (429)" \
        "run this with DEBUG_TOKEN set to the app's token; the app says: $(rows "$tmp/session.body" '[.fix]')"
      ;;
    404)
      cannot debug debug-off "the debug endpoints are off (404), or a proxy hides them" \
        "start every worker with --debug-endpoints (DEBUG_ENDPOINTS=true), give Install the handler debug.New(sessions), and run this behind the proxy"
      ;;
    *)
      cannot reach "status-$status" "$url/debug/session answers with status $status" \
        "502 to 504 come from a proxy whose app does not answer; the logs of both say more"
      ;;
  esac
  IFS=$US read -r pid on framework mode kind cookie_name <<ROW
$(rows "$tmp/session.body" '[.worker.pid, .worker.host, .worker.framework, .worker.mode, .store.kind, .cookie.name // "session"]')
ROW
  if ! is_number "$pid"; then
    cannot debug not-sessionkit "$url/debug/session answers, but not with a report" \
      "see that --url leads to the app, and that no page of the app catches /debug/"
  fi
  ok reach "$url"
  ok debug "$framework in $mode mode, pid $pid on $on, sessions in $kind"
  [ -z "$token" ] || [ $secure = yes ] || warning debug "the token travels in the clear: use https, or an ssh tunnel"
}

# --- what the app finds itself

# The reports below are those of the worker that happens to answer, so several
# are asked for.
readonly reports=6

gather() { # NAME: makes NAME.all of the reports that came, an array
  i=0
  while [ "$i" -lt "$reports" ]; do
    i=$((i + 1))
    request "$tmp/report" GET "/debug/$1"
    case $status in 200 | 503) jq 'select(type == "object")' "$tmp/report.body" 2>/dev/null ;; esac
    if [ "$status" = 503 ] || grep -q '"store-unreachable"' "$tmp/report.body"; then break; fi # the others would take their time
  done >"$tmp/$1.one"
  jq -s . "$tmp/$1.one" >"$tmp/$1.all"
  [ -s "$tmp/$1.one" ] || {
    warning "$1" "/debug/$1 gives no report (status $status)"
    return 1
  }
}

names='' # of the session cookie, when workers call it differently

try_config() {
  gather config || return
  rows "$tmp/config.all" '
    def rank: {error: 0, warning: 1}[.severity] // 2;
    [.[].findings[]] | sort_by(rank) | unique_by(.id) | sort_by(rank) # of workers that differ the worst counts
    | .[] | [.severity, .id, .message, .fix]' >"$tmp/findings"
  [ -s "$tmp/findings" ] || ok config "no findings"
  while IFS=$US read -r severity id message fix; do
    case $severity in
      error) problem config "$id" "$message" ;;
      warning) warning config "$id: $message" ;;
      *) note config "$id: $message" ;;
    esac
    more fix "$fix"
  done <"$tmp/findings"
  names=$(rows "$tmp/config.all" '
    [[.[].settings[] | select(.flag == "session-cookie-name").value] | unique | select(length > 1) | join(", ")]')
  # An app that trusts its proxy is asked as the proxy asks it, or it would say
  # that browsers come over http. A header of a proxy makes the token needed.
  case $token:$url in
    ?*:http:*)
      jq -e 'all(.[].settings[] | select(.flag == "session-trust-proxy"); .value == "true")' "$tmp/config.all" >/dev/null &&
        echo 'header = "X-Forwarded-Proto: https"' >>"$tmp/options"
      ;;
  esac
  if [ -n "$names" ]; then
    problem config cookie-name "workers call the session cookie differently: $names"
    more fix "give every worker the same --session-cookie-name (SESSION_COOKIE_NAME)"
  fi
}

advice() { # ID: the fix that the app gives for a finding
  awk -F "$US" -v id="$1" '$2 == id { print $4; exit }' "$tmp/findings"
}

explain() { # REASON: sets meaning and fix, as the app has them
  IFS=$US read -r meaning fix <<ROW
$(jq -r --arg reason "$1" "$JQ [.[].rejections[\$reason] | select(. != null)][0] | [.meaning, .fix] | row" "$tmp/config.all" 2>/dev/null)
ROW
}

outage='' # why the store does not answer

outage_id() { # of what the app says of the store
  awk -F "$US" '$2 == "store-refuses" { id = $2 } END { print (id ? id : "store-unreachable") }' "$tmp/findings"
}

try_store() {
  gather store || return
  IFS=$US read -r error fix <<ROW
$(rows "$tmp/store.all" '[.[] | select(.status == "error")][0] | [.error, .help]')
ROW
  if [ -n "$error" ]; then
    problem store "$(outage_id)" "$error"
    more fix "$fix"
    outage=$error
    return
  fi
  rows "$tmp/store.all" 'unique_by(.id) | .[] | [.kind, .address, .id]' >"$tmp/stores"
  if [ "$(wc -l <"$tmp/stores")" -gt 1 ]; then
    problem store foreign-store "workers have different stores: $(
      awk -F "$US" '{ printf "%s%s (%s)", (NR > 1 ? ", " : ""), $3, ($2 == "" ? $1 : $2) }' "$tmp/stores"
    )"
    explain foreign-store
    more fix "$fix"
    return
  fi
  IFS=$US read -r kind address latency count exact <<ROW
$(rows "$tmp/store.all" 'max_by(.latency_ms) | [.kind, .address, .latency_ms, .sessions.n, .sessions.exact]')
ROW
  text="$kind${address:+ at $address}, $latency ms"
  [ -z "$count" ] || text="$text, $count sessions"
  [ "$exact" != false ] || text="$text or more"
  ok store "$text"
}

try_redis() {
  request "$tmp/redis" GET /debug/redis
  IFS=$US read -r state error help version role latency policy <<ROW
$(rows "$tmp/redis.body" '[.status, .error, .help, .version, .role, .latency_ms, .policy]')
ROW
  case $state in
    ok) ok redis "Redis $version, $role, $latency ms${policy:+, $policy}" ;;
    not_configured) ok redis "not in use" ;;
    error)
      if [ "$error" = "$outage" ]; then error="see store"; else outage=$error; fi
      problem redis "$(outage_id)" "$error"
      [ "$error" = "see store" ] || more fix "$help"
      ;;
    *) warning redis "/debug/redis gives no report (status $status)" ;;
  esac
}

# --- the workers, as the store knows them

known=0
try_workers() {
  request "$tmp/workers" GET /debug/workers
  IFS=$US read -r registry count hosts error fix <<ROW
$(rows "$tmp/workers.body" '[.registry, .summary.count, .summary.hosts, .error, .fix]')
ROW
  if ! is_number "$count"; then
    warning workers "/debug/workers gives no report (status $status)"
    return
  elif [ -n "$error" ]; then
    warning workers "the store does not tell: $error"
    more fix "$fix"
    return
  elif [ "$registry" != true ]; then
    note workers "this store keeps no list of the workers"
    return
  fi
  known=$count
  rows "$tmp/workers.body" '
    .workers[] | select(.differs != []) | [.pid, .host, (.differs | join(" ")),
      ([.accepted_here, .accepts_ours] | map(select(.)) | length)]' >"$tmp/differing"
  if [ ! -s "$tmp/differing" ]; then
    ok workers "known to the store: $count, on $hosts $([ "$hosts" = 1 ] && echo host || echo hosts); same key, store, settings and version"
    return
  fi
  while IFS=$US read -r pid on differs accepted; do
    text="of $count known to the store, pid $pid on $on has another: $differs"
    case " $differs $accepted" in
      *" signing_key "*0) id=secret-key-differs && problem workers "$id" "$text" ;;
      *" signing_key "*1) id=secret-key-rotation && warning workers "$id: $text" ;;
      *" store_id "*) id=foreign-store && problem workers "$id" "$text" ;;
      *" config "* | *" mode "*) id=workers-config && warning workers "$id: $text" ;;
      *" clock "*) id=clock-skew && warning workers "$id: $text" ;;
      *) id=workers-version && note workers "$text" ;; # or keys, of which each accepts the other's
    esac
    more fix "$(advice "$id")"
  done <"$tmp/differing"
}

# --- one session, one request after the other

: >"$tmp/answered" # id, pid and host of the worker, for every answer
: >"$tmp/refused"  # that, reason, meaning, fix, then what the cookie says and what the worker has
: >"$tmp/failed"   # status, error, fix, reason
last=0 session='' reading='' failures=0 in_a_row=0

try_session() {
  i=0
  while [ "$i" -lt "$requests" ] && [ "$in_a_row" -lt 5 ]; do
    i=$((i + 1))
    if [ -z "$reading" ]; then count_up; else look; fi || break
  done
  tell_failures
  tell_refusals
  answered=$(distinct "$tmp/answered")
  [ -z "$broken_here" ] || return
  [ "$last" -gt 0 ] || return
  ok session "$last requests over new connections, counted 1 to $last in one session"
  tell_workers
}
broken_here=''
session_problem() {
  broken_here=yes
  problem session "$@"
}

# count_up counts in the session, and fails when there is no point in going on.
count_up() {
  request "$tmp/probe" POST /debug/probe "$tmp/cookie"
  if [ "$status" != 200 ]; then
    failed "$tmp/probe"
    return 0
  fi
  IFS=$US read -r worker pid on state id n <<ROW
$(rows "$tmp/probe.body" '[.worker, .pid, .host, .status, .session, .n]')
ROW
  is_number "$n" || {
    session_problem no-report "/debug/probe answers, but not with a report"
    return 1
  }
  in_a_row=0
  printf '%s\n' "$worker$US$pid$US$on" >>"$tmp/answered"
  if [ -z "$session" ]; then
    session=$id last=$n
    first_cookie
    return
  fi
  case $state in
    loaded) next "$id" "$n" ;;
    *) # the answer made a new session, which nobody wants
      printf '%s\n' "$worker$US$pid$US$on$US$(reason_of "$state")" >>"$tmp/refused"
      ! keep "$tmp/probe" "$tmp/stray" || discard "$tmp/stray" 10
      reading=yes
      ;;
  esac
}

reason_of() { # STATUS
  case $1 in 'rejected: '*) printf %s "${1#rejected: }" ;; *) printf none ;; esac
}

# next checks the answer to a request whose session was found. A request that
# failed may have been counted all the same.
next() { # ID N
  keep "$tmp/probe" "$tmp/cookie"
  if [ "$1" != "$session" ]; then
    session_problem session-changed "one cookie led to two sessions, $session and $1"
    return 1
  elif [ "$2" -le "$last" ] || [ "$2" -gt $((last + 1 + failures)) ]; then
    session_problem lost-update "pid $pid on $on counted to $2, after $last"
    more means "a worker did not see what another one had saved"
    return 1
  fi
  last=$2 failures=0
}

# first_cookie looks at the cookie as a browser does.
first_cookie() {
  if ! keep "$tmp/probe" "$tmp/cookie"; then
    broken_here=yes
    [ -z "$names" ] || return 1
    session_problem cookie-lost "the app made a session, and its cookie did not arrive here"
    more means "something in front of the app removes Set-Cookie, as caches do"
    more fix "have it pass Set-Cookie on: for nginx look for proxy_hide_header, proxy_ignore_headers and proxy_cache"
    return 1
  fi
  attributes=";$(printf '%s' "${set_cookie#*;}" | tr -d ' ' | tr '[:upper:]' '[:lower:]');"
  domain=${attributes#*;domain=} domain=${domain%%;*} domain=${domain#.}
  path=${attributes#*;path=} path=${path%%;*}
  case $attributes in
    *";domain="*)
      case .$host in
        *".$domain") ;;
        *)
          problem session cookie-domain "the cookie is for $domain, and this is $host: browsers drop it"
          more fix 'set --session-cookie-domain (SESSION_COOKIE_DOMAIN) to "", or open the site under that domain'
          ;;
      esac
      ;;
  esac
  case $attributes in
    *";path=/;"*) ;;
    *";path="*) warning session "the cookie is for $path and what is below: browsers send it nowhere else" ;;
  esac
  case $secure$attributes in
    no*";secure;"*) warning session "the cookie is Secure and this is http: browsers send it over https alone" ;;
  esac
  return 0
}

# look asks what a worker makes of the cookie, and stores nothing: from the
# first refusal on.
look() {
  request "$tmp/look" GET /debug/session "$tmp/cookie"
  if [ "$status" != 200 ]; then
    failed "$tmp/look"
    return 0
  fi
  row=$(rows "$tmp/look.body" '[.session.status, .error, .session.fix, .session.reason] + [
    .worker.id, .worker.pid, .worker.host, .session.reason // "none", .session.meaning, .session.fix,
    .cookie.key, .cookie.our_keys[0], .cookie.store, .cookie.our_store]')
  IFS=$US read -r state error fix reason rest <<ROW
$row
ROW
  printf '%s\n' "$rest" >>"$tmp/answered"
  case $state:$reason in
    loaded:*) in_a_row=0 ;;
    :* | *:store-unavailable | *:store-refuses)
      in_a_row=$((in_a_row + 1))
      printf '%s\n' "503$US$error$US$fix$US$reason" >>"$tmp/failed"
      ;;
    *) printf '%s\n' "$rest" >>"$tmp/refused" ;;
  esac
}

failed() { # OUT
  failures=$((failures + 1)) in_a_row=$((in_a_row + 1))
  said=$(rows "$1.body" 'select(type == "object") | [.error, .fix, .reason]')
  printf '%s\n' "$status$US${said:-$why$US$US}" >>"$tmp/failed"
}

tell_failures() {
  cut -d "$US" -f 1 "$tmp/failed" | sort | uniq -c >"$tmp/statuses"
  while read -r times status; do
    IFS=$US read -r error fix reason <<ROW
$(awk -F "$US" -v status="$status" '$1 == status { print $2 FS $3 FS $4; exit }' "$tmp/failed")
ROW
    text="$times of $i requests failed with $status"
    case $status:$error in
      000:*) session_problem no-answer "$times of $i requests had no answer: $error" ;;
      503:?*)
        case $reason in store-refuses) ;; *) reason="store-unreachable" ;; esac
        session_problem "$reason" "$text: $error"
        [ -z "$outage" ] || fix="see store"
        ;;
      50[234]:*) session_problem no-answer "$text, from something in front of the app" ;;
      403:)
        broken_here=yes untried=probe-refused
        line problem "$red" session "$text, not from the debug endpoints: something in front of them refuses POST"
        fix="install the sessions before the middleware that refuses it, such as a protection against CSRF"
        ;;
      403:* | 404:*)
        broken_here=yes untried=debug-differs
        line problem "$red" session "$text: not every worker has the debug endpoints on, or not with the same token"
        fix="start every worker with --debug-endpoints and the same --debug-token (DEBUG_TOKEN)"
        ;;
      *) session_problem "status-$status" "$text${error:+: $error}" ;;
    esac
    more fix "$fix"
  done <"$tmp/statuses"
}

# tell_refusals says, for each reason, who refused the cookie and why.
tell_refusals() {
  cut -d "$US" -f 4 "$tmp/refused" | sort -u >"$tmp/reasons"
  while read -r reason; do
    awk -F "$US" -v reason="$reason" '$4 == reason' "$tmp/refused" >"$tmp/these"
    IFS=$US read -r meaning fix key our_key store our_store <<ROW
$(awk -F "$US" '$5 != "" { print $5 FS $6 FS $7 FS $8 FS $9 FS $10; exit }' "$tmp/these")
ROW
    [ -n "$meaning" ] || explain "$reason"
    text="$(wc -l <"$tmp/these" | tr -d ' ') of $i requests"
    if [ "$reason" = none ]; then
      broken_here=yes
      [ -z "$names" ] || continue
      session_problem cookie-lost "$text came to $(who "$tmp/these") without the cookie that was sent"
      more means "something in front of the app removes the header Cookie"
      continue
    fi
    session_problem "$reason" "$text: the cookie was refused by $(who "$tmp/these")"
    more means "$meaning"
    [ -z "$key" ] || [ "$key" = "$our_key" ] || more seen "the cookie's key is $key, that worker's is $our_key"
    [ -z "$store" ] || [ "$store" = "$our_store" ] || more seen "the cookie's store is $store, that worker's is $our_store"
    more fix "$fix"
  done <"$tmp/reasons"
}

# tell_workers says whether so many workers were tried as there should be.
tell_workers() {
  if [ "$answered" -ge "$min_workers" ]; then
    ok session "workers that answered: $answered ($(who "$tmp/answered"))"
  elif [ "$known" -lt "$min_workers" ]; then
    warning session "workers that answered: $answered ($(who "$tmp/answered")); the store knows of no more than $((known > answered ? known : answered))"
    more means "with so few workers this shows little; $min_workers were expected"
    more fix "start more, or say --min-workers $answered if that is how it is meant"
  else
    untried=few-workers
    line problem "$red" session "workers that answered: $answered ($(who "$tmp/answered")), and the store knows of $known"
    more means "a proxy that sends a visitor to one worker hides the others, or this address is one worker's own"
    more fix "turn the stickiness off (ip_hash, sticky cookies), say --requests with a larger number, or --min-workers $answered"
  fi
}

# --- many at a time

readonly parallel=40 jobs=8

try_parallel() {
  job=0
  while [ "$job" -lt "$jobs" ]; do
    job=$((job + 1))
    (
      i=$job
      while [ "$i" -le "$parallel" ]; do
        request "$tmp/parallel.$i" POST /debug/probe "$tmp/cookie"
        printf '%s\n' "$status" >"$tmp/parallel.$i.status"
        i=$((i + jobs))
      done
    ) &
  done
  wait
  good=$(cat "$tmp"/parallel.*.status | grep -c '^200$')
  jq -r '.n' "$tmp"/parallel.*.body 2>/dev/null | grep '^[0-9][0-9]*$' | sort -nu >"$tmp/counts"
  counted=$(wc -l <"$tmp/counts" | tr -d ' ')
  if [ "$good" != "$parallel" ]; then
    statuses=$(cat "$tmp"/parallel.*.status | grep -v '^200$' | sort | uniq -c | awk '{ printf "%s%s times %s", (NR > 1 ? ", " : ""), $1, $2 }')
    problem parallel parallel-failed "of $parallel requests, $jobs at a time, some failed: $statuses"
    more fix "the log of the app says why"
  elif [ "$counted" != "$parallel" ] || [ "$(head -n 1 "$tmp/counts")" != $((last + 1)) ] || [ "$(tail -n 1 "$tmp/counts")" != $((last + parallel)) ]; then
    problem parallel lost-update "$parallel requests, $jobs at a time, gave $counted different counts"
    more means "requests overwrote what others had saved"
  else
    ok parallel "$parallel requests, $jobs at a time, counted $((last + 1)) to $((last + parallel)): none was lost"
  fi
}

# --- gone is gone

try_logout() {
  request "$tmp/end" POST '/debug/probe?action=end' "$tmp/cookie"
  if [ "$status" = 409 ]; then
    warning logout "not tried: $(rows "$tmp/end.body" '[.error]')"
    more means "the app itself keeps something in each session"
    request "$tmp/end" POST '/debug/probe?action=clear' "$tmp/cookie"
    : >"$tmp/cookie"
    return
  elif [ "$status" != 200 ]; then
    problem logout "status-$status" "the session could not be ended: $(rows "$tmp/end.body" '[.error]') $why"
    return
  fi
  : >"$tmp/answered"
  i=0 back=0
  while [ "$i" -lt 12 ] || { [ "$(distinct "$tmp/answered")" -lt "$answered" ] && [ "$i" -lt "$requests" ]; }; do
    i=$((i + 1))
    request "$tmp/look" GET /debug/session "$tmp/cookie"
    IFS=$US read -r state worker pid on <<ROW
$(rows "$tmp/look.body" '[.session.status, .worker.id, .worker.pid, .worker.host]')
ROW
    [ -z "$worker" ] || printf '%s\n' "$worker$US$pid$US$on" >>"$tmp/answered"
    [ "$state" != loaded ] || back=$((back + 1))
  done
  if [ "$back" -gt 0 ]; then
    problem logout logout-undone "the ended session was accepted again, by $back of $i requests"
    more means "a worker still has it: in a store of its own, or in a copy that lags behind"
    more fix "point every worker at one store, and at the master of a replicated one"
    return
  fi
  : >"$tmp/cookie"
  ok logout "the ended session stays gone: $i requests to $(who "$tmp/answered")"
}

# --- the trial

try_access
: >"$tmp/findings"
try_config
try_store
try_redis
try_workers
try_session
if [ -n "$broken_here" ] || [ "$last" = 0 ]; then
  skipped parallel "one request after the other must do first"
  skipped logout "one request after the other must do first"
else
  try_parallel
  try_logout
fi

if [ -n "$broken" ]; then
  printf '%sVERDICT: broken: %s%s\n' "$red" "$broken" "$plain"
  exit 1
elif [ -n "$untried" ]; then
  printf '%sVERDICT: not tried: %s%s\n' "$yellow" "$untried" "$plain"
  exit 2
fi
printf '%sVERDICT: ok%s\n' "$green" "$plain"
