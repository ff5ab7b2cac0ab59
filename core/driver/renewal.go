package driver

import "context"

// WithRenewal marks the context in which the copy that takes the place of a
// session is saved: a store that keeps room for those tells it from a session
// that is new.
func WithRenewal(ctx context.Context) context.Context {
	return context.WithValue(ctx, renewalKey{}, true)
}

// IsRenewal reports whether ctx is of [WithRenewal].
func IsRenewal(ctx context.Context) bool { return ctx.Value(renewalKey{}) != nil }

type renewalKey struct{}
