package diagnose

import (
	"cmp"
	"os"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Reason says why a request's cookie did not lead to a session.
type Reason string

// The reasons, the less telling first: when a browser sends several cookies
// of the session's name, the last in this order is the one reported.
const (
	ReasonNone         Reason = "none"          // no cookie came
	ReasonMalformed    Reason = "malformed"     // not one of ours
	ReasonForeignKey   Reason = "foreign-key"   // signed with a key this worker does not have
	ReasonBadSignature Reason = "bad-signature" // says it is signed with our key, and is not
	ReasonForeignStore Reason = "foreign-store" // made by a worker on another store, and unknown here
	ReasonNotFound     Reason = "not-found"     // our key, our store, no such record
	ReasonExpired      Reason = "expired"       // past its lifetime
	ReasonSessionLimit Reason = "session-limit" // ended as the oldest: its user has logged in elsewhere, see config.Config.MaxPerUser
	ReasonRenewed      Reason = "renewed"       // its session goes on under an id that is less than a minute old
	ReasonAmbiguous    Reason = "ambiguous"     // several cookies, which lead to different sessions
)

type explanation struct {
	reason       Reason
	meaning, fix string
}

// inHeader are the explanations that are others for a token in a header.
var inHeader = map[Reason]explanation{
	ReasonNone:         {"", "the request had no token in the header that ${session-token} names", "nothing to mend for a first request; otherwise look whether the client sends the token that the answer to its login had, and whether a proxy removes the header"},
	ReasonMalformed:    {"", "what the header has is not a sessionkit token: it is another program's, as of a proxy that logs users in by itself, or it was cut on the way", "send the token as the answer had it; where the header has other tokens too, choose one of the app's own: ${session-token} header:X-Session"},
	ReasonForeignKey:   {"", "the token was signed with a key this worker does not have: the secret key differs between workers, or was changed without keeping the old one", ""},
	ReasonBadSignature: {"", "the token names this worker's key, but its signature does not hold: it was edited, or made by a manager with another cookie name", ""},
	ReasonForeignStore: {"", "the token was made by a worker on another store (its own memory, another folder, another Redis or prefix), and this store has no such session", ""},
	ReasonRenewed:      {"", "", "the answer that gave the session its new id has the new token: the client has to take it from there"},
	ReasonAmbiguous:    {"", "several tokens came in the header and lead to different sessions, so none counts", "send one"},
}

// explanations name settings as ${flag}.
var explanations = [...]explanation{
	{ReasonNone, "the browser sent no session cookie", "nothing to mend for a first visit; otherwise look at the cookie's Domain, Path, Secure and SameSite, and whether the site is opened over https"},
	{ReasonMalformed, "the cookie is not a sessionkit token: another program uses the same cookie name, or it was cut on the way", "choose another ${session-cookie-name}, or delete the old cookie"},
	{ReasonForeignKey, "the cookie was signed with a key this worker does not have: the secret key differs between workers, or was changed without keeping the old one", "give every worker the same ${secret-key}; after a change put the old key into ${secret-key-fallbacks} for one session lifetime"},
	{ReasonBadSignature, "the cookie names this worker's key, but its signature does not hold: it was edited, or made for another cookie name", "treat repeated cases as an attack; nothing to mend in the configuration"},
	{ReasonForeignStore, "the cookie was made by a worker on another store (its own memory, another folder, another Redis or prefix), and this store has no such session", "point every worker at one store: the same ${session-dir} on one machine, the same ${redis-url} and ${session-prefix} on several"},
	{ReasonNotFound, "key and store are right, but there is no such session any more: it expired, was logged out, or was evicted from the store", "nothing to mend after a logout or an expiry; otherwise look whether the store was flushed, evicts keys, or lost data at a restart"},
	{ReasonExpired, "the session is past its lifetime", "log in again; ${session-lifetime} and ${session-idle-timeout} set how long sessions last; where sessions end too early compare the clocks of the workers (clock-skew)"},
	{ReasonSessionLimit, "the session was ended as the oldest of its user's, who has logged in again elsewhere and may have no more", "nothing to mend: the user logs in again; ${session-max-per-user} says how many sessions a user may have"},
	{ReasonRenewed, "the session got a new id within the last minute, by a login or a renewal, and this request still came with the old one: it reads nothing, and what it writes is refused", "nothing to mend: the browser has the new cookie, and its next request is served"},
	{ReasonAmbiguous, "several cookies of the session's name came and lead to different sessions, so nobody can tell which is the visitor's, and none counts: one of them is left from an earlier path or domain of the cookie, or another host of the domain has planted it", "give the cookie a name that begins with __Host- (${session-cookie-name}), which no other host can set; after a change of ${session-cookie-path} or ${session-cookie-domain} choose another name"},
}

// Reasons are all there are, the less telling first.
func Reasons() []Reason {
	all := make([]Reason, len(explanations))
	for i, e := range explanations {
		all[i] = e.reason
	}
	return all
}

// explain calls the settings what they are called in the configuration.
func (r Reason) explain(from config.TokenSource, cfg config.Config) (meaning, fix string) {
	i := r.Rank()
	if i < 0 {
		return "", ""
	}
	meaning, fix = explanations[i].meaning, explanations[i].fix
	if from != config.TokenCookie {
		other := inHeader[r]
		meaning, fix = cmp.Or(other.meaning, meaning), cmp.Or(other.fix, fix)
	}
	return meaning, os.Expand(fix, cfg.Title)
}

// Rank is the reason's place in the order of the constants, -1 for none of them.
func (r Reason) Rank() int {
	for i := range explanations {
		if explanations[i].reason == r {
			return i
		}
	}
	return -1
}
