package memstore

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// packed is a record: 64 bytes instead of 184.
type packed struct {
	revision                   uint64
	created, deadline, expires int64 // Unix milliseconds
	idle                       time.Duration
	login                      *ownerInfo // nil for nobody in the default realm
	values                     driver.Values
}

// ownerInfo is what there is to say of somebody who is logged in.
type ownerInfo struct {
	driver.Owner
	label      string
	details    *driver.Details
	generation uint64
}

// pack makes an item of the record. login is that of the item which it
// replaces, and stays when it is the same.
func pack(r *driver.Record, login *ownerInfo) packed {
	item := packed{
		revision: r.Revision,
		created:  r.Created.UnixMilli(),
		deadline: r.Deadline.UnixMilli(),
		expires:  r.Expires.UnixMilli(),
		idle:     r.Idle,
		values:   r.Values,
	}
	switch next := (ownerInfo{r.Owner(), r.Label, r.Details, r.Generation}); {
	case next.Owner == driver.Owner{} && next.label == "" && next.details == nil:
	case login != nil && *login == next:
		item.login = login
	default:
		item.login = &ownerInfo{next.Owner, next.label, next.details, next.generation}
	}
	return item
}

func (it packed) record() *driver.Record {
	r := &driver.Record{
		Revision: it.revision,
		Created:  time.UnixMilli(it.created),
		Deadline: time.UnixMilli(it.deadline),
		Expires:  time.UnixMilli(it.expires),
		Idle:     it.idle,
		Values:   it.values,
	}
	if it.login != nil {
		r.User, r.Realm = it.login.User, it.login.Realm
		r.Label, r.Details, r.Generation = it.login.label, it.login.details, it.login.generation
	}
	return r
}

func (it packed) user() string {
	if it.login == nil {
		return ""
	}
	return it.login.User
}

func (it packed) expired(now time.Time) bool {
	return now.UnixMilli() >= it.expires
}
