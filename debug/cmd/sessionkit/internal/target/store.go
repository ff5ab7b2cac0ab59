package target

import "github.com/gosessionkit/sessionkit/core/driver"

// The names of the store's parts, in one place.
type (
	Store      = driver.Store
	Record     = driver.Record
	ID         = driver.ID
	Entry      = driver.Entry
	Lister     = driver.Lister
	Pinger     = driver.Pinger
	Sweeper    = driver.Sweeper
	Describer  = driver.Describer
	UserIndex  = driver.UserIndex
	Owner      = driver.Owner
	Identifier = driver.Identifier
	Registry   = driver.Registry
	Origin     = driver.StoreID
)

// The errors of stores.
var (
	ErrNotFound = driver.ErrNotFound
	ErrGone     = driver.ErrGone
)

// The errors of stores that say more.
type (
	ConflictError = driver.ConflictError
	RevokedError  = driver.RevokedError
)

// ParseID reads an id in full.
func ParseID(text string) (ID, error) { return driver.ParseID(text) }
