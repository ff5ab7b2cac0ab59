package gorilla

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// redisStore reads and removes what redistore has written, and writes nothing.
type redisStore struct {
	codecs     []securecookie.Codec
	options    *sessions.Options
	prefix     string
	serializer Serializer

	mu     sync.Mutex
	client goredis.UniversalClient
}

func newRedisStore(options *sessions.Options, keyPairs [][]byte) *redisStore {
	return &redisStore{codecs: securecookie.CodecsFromPairs(keyPairs...), options: options, prefix: "session_", serializer: gobSerializer{}}
}

// use has the old sessions read with the client of the kit's store, where it is on
// the same server.
func (s *redisStore) use(store driver.Store, url config.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kits, ok := store.(*redis.Store); ok {
		s.client = kits.Client()
	} else if options, err := goredis.ParseURL(url.Reveal()); err == nil {
		s.client = goredis.NewClient(options)
	}
}

func (s *redisStore) redis() (goredis.UniversalClient, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return nil, errors.New("gorilla: the Redis of the sessions from before is not known")
	}
	return s.client, nil
}

func (s *redisStore) MaxAge(age int) {
	for _, codec := range s.codecs {
		if sc, ok := codec.(*securecookie.SecureCookie); ok {
			sc.MaxAge(age)
		}
	}
}

func (s *redisStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return s.New(r, name)
}

func (s *redisStore) New(r *http.Request, name string) (*sessions.Session, error) {
	ss := sessions.NewSession(s, name)
	options := *s.options
	ss.Options, ss.IsNew = &options, true
	cookie, err := r.Cookie(name)
	if err != nil {
		return ss, nil
	}
	if err := securecookie.DecodeMulti(name, cookie.Value, &ss.ID, s.codecs...); err != nil {
		return ss, err
	}
	client, err := s.redis()
	if err != nil {
		return ss, err
	}
	data, err := client.Get(r.Context(), s.prefix+ss.ID).Bytes()
	switch {
	case errors.Is(err, goredis.Nil):
		return ss, nil
	case err != nil:
		return ss, err
	}
	if err := s.serializer.Deserialize(data, ss); err != nil {
		return ss, nil // nobody can read it, now or later
	}
	ss.IsNew = false
	return ss, nil
}

// ends is when Redis forgets a session by itself, zero where that is not known.
func (s *redisStore) ends(ctx context.Context, id string) time.Time {
	client, err := s.redis()
	if err != nil {
		return time.Time{}
	}
	left, err := client.PTTL(ctx, s.prefix+id).Result()
	if err != nil || left <= 0 {
		return time.Time{}
	}
	return time.Now().Add(left)
}

func (s *redisStore) Save(r *http.Request, _ http.ResponseWriter, ss *sessions.Session) error {
	client, err := s.redis()
	if err != nil {
		return err
	}
	return client.Del(r.Context(), s.prefix+ss.ID).Err()
}

type gobSerializer struct{}

func (gobSerializer) Deserialize(d []byte, ss *sessions.Session) error {
	return gob.NewDecoder(bytes.NewReader(d)).Decode(&ss.Values)
}

func (gobSerializer) Serialize(ss *sessions.Session) ([]byte, error) {
	var data bytes.Buffer
	err := gob.NewEncoder(&data).Encode(ss.Values)
	return data.Bytes(), err
}
