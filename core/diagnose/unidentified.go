package diagnose

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
)

// unidentified is the error of a start whose store did not say who it is. A
// store that answered is asked for the reason, and the error wraps what the
// checks find in it, silenced or not.
func (m *Monitor) unidentified(ctx context.Context, err error) error {
	var refusal *check.Refusal
	if !errors.As(err, &refusal) {
		return fmt.Errorf("session: the store does not answer: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	facts := m.Facts(ctx)
	facts.Config.Silence, facts.Store.Err = nil, err
	errs := []error{fmt.Errorf("session: the store answers, and refuses: %w", err)}
	for _, finding := range check.Run(facts) {
		ofStore := strings.HasPrefix(finding.ID, "store-") || strings.HasPrefix(finding.ID, "redis-")
		if ofStore && finding.Severity == check.Error {
			errs = append(errs, finding)
		}
	}
	return errors.Join(errs...)
}
