package doctor

// ID is a problem that the doctor knows and the checks of the app do not.
type ID struct {
	ID    string
	About string
}

// IDs are all of them, by topic. docs/cli.md is made of it.
var IDs = []ID{
	{"unreachable", "Nothing answers at the address. On this machine, and with the app's environment, `check` goes on and names why the app may not have started."},
	{"certificate", "The certificate that the address shows is not one that this machine trusts, or is for another host. `SSL_CERT_FILE` names the one that signed it."},
	{"not-tls", "The address begins with https:// and the port speaks plain http."},
	{"not-http", "What listens there does not speak http."},
	{"redirected", "`/debug/` sends elsewhere: to another address of the app, or to a page to log in that stands in front of it."},
	{"no-access", "Something in front of the app, and not the app, refuses `/debug/`."},
	{"no-token", "The debug endpoints are on and want a token: `DEBUG_TOKEN`, or the app's own `SECRET_KEY`, from which it is derived."},
	{"wrong-token", "The token is not the app's."},
	{"token-in-the-clear", "The token travels over plain http to another machine, where anybody on the way can read it."},
	{"debug-off", "`/debug/` is not there: `--debug-endpoints` is off, or Install was not given `debug.New(sessions)`, or a proxy hides it."},
	{"debug-differs", "Some workers answer `/debug/` and others do not, or not with this token."},
	{"debug-fails", "`/debug/` is answered with an error before the debug endpoints are asked."},
	{"bad-gateway", "A proxy answers, and the app behind it does not."},
	{"not-sessionkit", "What answers is no app with sessionkit, or a page of the app catches `/debug/`."},
	{"not-a-report", "`/debug/probe` is answered by something else, such as a cache."},
	{"few-workers", "Fewer workers have answered than were expected, so little is known of what happens between them."},
	{"store-differs", "Workers that answer at one address keep their sessions in different places: another Redis, database or prefix, another folder, another kind of store. The line names the setting that differs and who has which value."},
	{"cookie-name-differs", "Workers call the session cookie differently, so that none finds the other's: by `--session-cookie-name`, or by `--mode`, since it is `__Host-session` in production."},
	{"proxy-proto-missing", "Browsers speak https to a proxy, and the proxy does not tell the app so with X-Forwarded-Proto."},
	{"cookie-domain", "The cookie's domain is none that the host of the address belongs to, so browsers drop it (RFC 6265bis 5.7)."},
	{"cookie-path", "The cookie's path does not cover the address, so browsers do not send it there (RFC 6265bis 5.8.3)."},
	{"cookie-too-large", "The cookie is larger than browsers keep (RFC 6265bis 5.7)."},
	{"cookie-samesite-none", "The cookie has SameSite=None, which browsers take over https alone, and Secure."},
	{"cookie-prefix", "The cookie's name begins with `__Host-` or `__Secure-`, and it lacks what that promises (RFC 6265bis 5.4), so browsers drop it."},
	{"cookie-partitioned", "The cookie is Partitioned without being Secure, so browsers drop it."},
	{"token-lost", "The token of an app that takes it from a header does not arrive, one way or the other: something between removes the header."},
	{"cookie-lost", "The cookie does not arrive, one way or the other: something between removes the header."},
	{"setting-differs", "Of `check --url`: a setting of a running worker is not that of this environment."},
	{"no-answer", "Requests of the trial had no answer, while others had: a worker crashes, hangs or is not there."},
	{"post-refused", "Something in front of the debug endpoints takes no POST, such as a protection against CSRF, so nothing can be tried."},
	{"rate-limited", "A limit of requests in front of the app stops the trial."},
	{"answers-cached", "Something in front of the app keeps its answers and gives one visitor's to another, against their Cache-Control: no-store."},
	{"query-lost", "Something in front of the app takes the query out of addresses."},
	{"cookie-changed", "The cookie arrives as another than the app has set: something between changes or cuts it."},
	{"requests-fail", "Requests of the trial were answered with an error that nothing else explains."},
	{"session-changed", "One cookie led to two sessions."},
	{"lost-update", "A worker did not see what another one had saved, or overwrote it."},
	{"parallel-failed", "Requests that came at the same time failed."},
	{"renewal-lost", "A session that got a new id was not found by it."},
	{"renewed-alive", "The id that a session had before it was renewed was accepted again."},
	{"logout-failed", "The trial's own session could not be ended."},
	{"logout-undone", "A session that was ended was accepted again."},
	{"forged-error", "A cookie that is not the app's is answered with a 5xx."},
	{"forged-accepted", "A cookie that is not the app's was accepted."},
}
