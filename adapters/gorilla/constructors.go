package gorilla

import (
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores"
)

// NewStore stands for [sessions.NewCookieStore]. Where the environment has no
// SECRET_KEY the first hash key signs the cookies, and those of the other pairs
// verify them too.
func NewStore(keyPairs ...[]byte) *Store {
	legacy := sessions.NewCookieStore(keyPairs...)
	s := newStore(keyPairs, legacy.Options)
	if len(keyPairs) > 0 {
		s.Legacy = legacy
	}
	return s
}

// NewFilesystemStore stands for [sessions.NewFilesystemStore]. Sessions are in a
// folder of their own below path, unless the environment has a SESSION_DIR or a
// Redis.
func NewFilesystemStore(path string, keyPairs ...[]byte) *Store {
	legacy := sessions.NewFilesystemStore(path, keyPairs...)
	s := newStore(keyPairs, legacy.Options)
	s.zeroDeletes = true
	if len(keyPairs) > 0 {
		s.Legacy = legacy
	}
	if path != "" {
		s.dir = filepath.Join(path, "sessionkit")
	}
	return s
}

// NewRediStore stands for redistore.NewRediStore. It does not connect, and its
// error is nil: see [Store.Ready]. Sessions are in the Redis at the address, unless
// the environment names another one. size is not used: the pool grows by itself.
func NewRediStore(size int, network, address, username, password string, keyPairs ...[]byte) (*Store, error) {
	return NewRediStoreWithDB(size, network, address, username, password, "0", keyPairs...)
}

// NewRediStoreWithDB stands for redistore.NewRediStoreWithDB; see [NewRediStore].
func NewRediStoreWithDB(size int, network, address, username, password, db string, keyPairs ...[]byte) (*Store, error) {
	if _, err := strconv.Atoi(db); db != "" && err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "redis", Host: address, Path: "/" + db}
	if network == "unix" {
		u = url.URL{Scheme: "unix", Path: address, RawQuery: url.Values{"db": {db}}.Encode()}
	}
	if username != "" || password != "" {
		u.User = url.UserPassword(username, password)
	}
	return NewRediStoreWithURL(size, u.String(), keyPairs...)
}

// NewRediStoreWithURL stands for redistore.NewRediStoreWithURL; see [NewRediStore].
func NewRediStoreWithURL(size int, redisURL string, keyPairs ...[]byte) (*Store, error) {
	s := newStore(keyPairs, &sessions.Options{Path: "/", MaxAge: 86400 * 30})
	s.zeroDeletes = true
	s.redisURL = config.NewSecret(redisURL)
	if len(keyPairs) > 0 {
		s.old = newRedisStore(s.Options, keyPairs)
		s.Legacy = s.old
	}
	return s, nil
}

func newStore(keyPairs [][]byte, options *sessions.Options) *Store {
	s := &Store{Options: options, keys: new([][]byte), named: map[string]*session.Manager{}}
	for i := 0; i < len(keyPairs); i += 2 {
		*s.keys = append(*s.keys, keyPairs[i])
	}
	s.manager = stores.NewLazy(s.open)
	return s
}
