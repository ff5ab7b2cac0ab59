package redis

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// identifyScript returns the identity that is stored, eight hex digits. Where
// there is none, or something else, the proposed one takes its place, and the
// answer has a mark before it. One script, so that all who propose at once get
// the same identity.
//
//	KEYS: store id. ARGV: the proposed one.
var identifyScript = newScript(`
local id = redis.pcall('GET', KEYS[1])
if type(id) == 'string' and string.match(id, '^%x%x%x%x%x%x%x%x$') then
	return id
end
redis.call('SET', KEYS[1], ARGV[1])
return '+' .. ARGV[1]
`)

// Identify implements [driver.Identifier]. The identity has no time to live.
// It is what a worker asks first, off the request path, so the scripts are
// made known along with it.
func (s *Store) Identify(ctx context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	var origin driver.StoreID
	if err := s.begin(ctx); err != nil {
		return origin, err
	}
	answer, err := s.run(ctx, identifyScript, 1, s.storeIDKey(), hex.EncodeToString(proposed[:]))
	if err != nil {
		return origin, s.fail(ctx, "identify", err)
	}
	s.loadScripts(ctx)
	text, _ := answer.(string)
	text, proposal := strings.CutPrefix(text, "+")
	if known := s.identified.Swap(true); proposal && known {
		s.emptied.Store(time.Now().UnixNano())
	}
	if n, err := hex.Decode(origin[:], []byte(text)); err != nil || n != len(origin) {
		return driver.StoreID{}, fmt.Errorf("redis store: identify: the answer is no identity")
	}
	return origin, nil
}
