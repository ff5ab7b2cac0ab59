package driver

import (
	"context"
	"time"
)

// Predecessor is the library that the app used for its sessions before.
type Predecessor struct {
	Cookie string    // what its cookie is called
	Until  time.Time // when it is asked for the last time; zero: for as long as the option stays

	// Load reads the session behind a cookie's value; nil for none. It checks
	// what that library checked: the signature, the end. An error is for a store
	// that does not answer: the request is then answered with 503 and tried
	// again, rather than as a stranger's. It is safe for concurrent use.
	Load func(ctx context.Context, value string) (*Inheritance, error)
}

// Inheritance is what is taken over of a session of another library.
type Inheritance struct {
	Values   map[string]any // what cannot be put into a session is logged and left out
	User     string         // who is logged in, "" for nobody or where the library does not know
	Created  time.Time      // zero: now
	Deadline time.Time      // its absolute end, which is kept; zero: as the configuration has it for a session that begins now

	// Forget, where there is something to forget, removes the old session once
	// it has been taken over. Its error is logged.
	Forget func(ctx context.Context) error
}
