package check

import (
	"errors"
	"fmt"
	"strings"
)

// Refusal is the error of a store that is there and answers, and does not do
// what it was asked. A store wraps what its server says in one, so that nobody
// is told to start a server that runs.
type Refusal struct {
	Code   string // the server's own word: "OOM", "READONLY", "NOPERM"
	Advice string // what to do, "" when the code does not tell; "the URL" in it is the setting that names the server
	Err    error  // what the server said
}

func (r *Refusal) Error() string { return r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// refused is the store's refusal, nil when it is silent or all is well.
func refused(f Facts) *Refusal {
	var refusal *Refusal
	errors.As(f.Store.Err, &refusal)
	return refusal
}

// storeRefuses leaves what a rule of its own finds to that one.
func storeRefuses(f Facts) (message, fix string, found bool) {
	refusal := refused(f)
	if refusal == nil {
		return "", "", false
	}
	_, _, full := redisFull(f)
	_, _, replica := redisReplica(f)
	return fmt.Sprintf("the session store (%s) answers, and refuses: %v", storeName(f), f.Store.Err), refusalFix(f, refusal), !full && !replica
}

func refusalFix(f Facts, refusal *Refusal) string {
	switch {
	case refusal.Code == "OOM" && f.Store.Kind == "redis":
		return moreMemory(f)
	case refusal.Code == "READONLY" && f.Store.Kind == "redis":
		return primaryFix(f)
	case refusal.Advice != "":
		return strings.ReplaceAll(refusal.Advice, "the URL", setting(f, "redis-url"))
	}
	return "mend what it names; the log of the store may say more"
}
