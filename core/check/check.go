package check

import (
	"context"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// Severity says how bad a finding is.
type Severity string

// The severities, the worst first. In production mode an Error found at
// start stops the start.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is something that is wrong, and what to do about it. There is no
// secret in it.
type Finding struct {
	ID       string   `json:"id"` // stable: "secret-key-missing"
	Severity Severity `json:"severity"`
	Message  string   `json:"message"` // what is wrong, here and now
	Fix      string   `json:"fix"`     // a command or a setting to paste
	Docs     string   `json:"docs"`    // where it is described

	// Count is how many requests have shown it of late, where it takes several
	// to be sure; else 0.
	Count uint64 `json:"count,omitempty"`
}

// Error makes a finding the error of a start that it stopped.
func (f Finding) Error() string {
	return fmt.Sprintf("%s: %s. Fix: %s (%s)", f.ID, f.Message, f.Fix, f.Docs)
}

// Facts are what the rules look at. What is not known stays zero.
type Facts struct {
	Config     config.Config
	Store      Store
	Self       worker.Info
	Workers    []worker.Info     // all live ones, Self among them
	Rejections map[string]Recent // requests whose cookie led to no session, by reason
	Observed   Observed

	// OpenFiles are those that the configuration's secrets were read from and
	// that every user of the machine may read or change.
	OpenFiles []string
}

// Store is what is known of the session store.
type Store struct {
	Kind    string        // "memory", "file", "redis"
	Address string        // without any password; the folder of a file store
	Private bool          // only this process sees it
	Err     error         // why it does not answer; nil when it does
	Latency time.Duration // of one round trip
	NoUsers bool          // it cannot find the sessions of a user: it is no driver.UserIndex
	Inspection
}

// Inspection is what a store says of its own set-up: facts by name, such as
// "maxmemory_policy", and the names that could not be looked up, with the
// reason (a managed Redis refuses CONFIG). A fact that is missing is unknown:
// no rule takes it for "no" or "0". The rules know these:
//
// A memory store tells how many sessions there may be ("limit") and how many
// bytes they may take ("limit_bytes"), how many there are ("sessions", "bytes"),
// and the same of those in which nobody is logged in ("anonymous_sessions",
// "anonymous_bytes").
//
// A store that was found empty while this process ran, though it had been
// identified before, tells how long ago that was ("emptied_seconds").
//
// A file store tells
//
//	fs_type  the file system's type as the mount table has it: "ext4", "tmpfs", "nfs4", "fuse.sshfs"
//	mode     the folder's permission bits in octal: "0700"
//	owner    the user id that the folder belongs to
//	uid      the user id that the process runs as
//
// and a Redis store, of the server that it writes to,
//
//	version            redis_version of INFO: "7.2.4"
//	role               "master", "slave" or "replica"
//	replica_read_only  "yes" or "no"; for a replica
//	loopback           "yes" when it is reached over the loopback device or a Unix socket, else "no"
//	password           "yes" or "no": whether the client logs in
//	tls                "yes" or "no"
//	tls_verified       "yes" or "no": whether the certificate is checked; with TLS
//	used_memory        bytes
//	maxmemory          bytes, "0" for no limit
//	maxmemory_policy   "noeviction", "allkeys-lru", ...
//	evicted_keys       how many since the server started
//	uptime_seconds     how long the server runs
//	aof_enabled        "1" or "0"
//	save               the snapshot rules of CONFIG GET save, "" for none
//	silent_servers     those of several that do not answer
type Inspection struct {
	Facts     map[string]string
	Unchecked map[string]string
}

// Inspector is implemented by stores that can inspect their set-up.
type Inspector interface {
	// Inspect asks the server, or looks at the folder. What is refused goes
	// to Unchecked; the error is for a store that does not answer at all.
	Inspect(ctx context.Context) (Inspection, error)
}

// Observed is what requests showed.
type Observed struct {
	SecureOverHTTP   Recent // a Secure cookie was set on an answer over plain http
	TokenOverHTTP    Recent // a token in a header of an answer over plain http, in production
	UntrustedProto   Recent // X-Forwarded-Proto came and is not trusted
	DuplicateCookies Recent // several cookies of the session's name came
	CrossSite        Recent // a session of a POST from another site was not kept, as no cookie came with it
	AnotherApp       Recent // a cookie whose key is foreign and whose store is foreign too

	Predecessor *Predecessor // nil for none

	// NeverRenewed is what to do where logins seem to give no session a new id,
	// "" where nothing says so.
	NeverRenewed string

	// SessionBeforeSetup are the routes whose handler asked for the session
	// before the middleware had run, since the worker started.
	SessionBeforeSetup []string

	// ContextReplaced are the routes whose handler asked for the session inside
	// the middleware with a context that had lost it, since the worker started.
	ContextReplaced []string

	// KeptByCache are the routes whose page a cache of the app's kept, although it
	// depends on the session, since the worker started.
	KeptByCache []string
}
