package session

import "github.com/gosessionkit/sessionkit/core/driver"

// ID names a session in a store, in logs and in reports. It is not the value
// of the cookie and cannot be made into it.
type ID = driver.ID

// Values are a session's keys and encoded values: see [driver.Values].
type Values = driver.Values
