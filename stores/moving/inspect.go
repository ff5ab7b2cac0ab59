package moving

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

var _ check.Inspector = (*Store)(nil)

// Inspect implements [check.Inspector]: what the new store says, where sessions
// come from (moves_from), how many have come to this process (moved), and how
// long ago the last one did, or it began to look (moved_seconds).
func (s *Store) Inspect(ctx context.Context) (in check.Inspection, err error) {
	if inspector, ok := s.to.(check.Inspector); ok {
		if in, err = inspector.Inspect(ctx); err != nil {
			return in, err
		}
	}
	facts := maps.Clone(in.Facts)
	if facts == nil {
		facts = map[string]string{}
	}
	about := s.from.Describe()
	facts["moves_from"] = about.Kind + " at " + about.Address
	facts["moved"] = strconv.FormatInt(s.moved.Load(), 10)
	facts["moved_seconds"] = strconv.FormatInt(int64(time.Since(time.Unix(0, s.last.Load())).Seconds()), 10)
	in.Facts = facts
	return in, nil
}
