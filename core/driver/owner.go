package driver

import (
	"crypto/sha256"
)

// Owner is whose a session is: a user of one realm. Several apps, or several
// managers of one app, may keep their sessions in one store; the realm keeps
// user 42 of the one apart from user 42 of the other. The zero Owner is nobody.
type Owner struct {
	// Realm is the cookie's name without a prefix such as "__Host-", and ""
	// for the default, "session".
	Realm string
	User  string
}

// OwnerTag is a short name of an [Owner], 64 bits of a hash. The cookie of
// somebody who is logged in carries it, so that a store can look up in one
// round trip whether this owner's sessions have been ended.
type OwnerTag [8]byte

// Tag returns the owner's tag, the zero one for nobody. It is the same on every
// worker and in every version.
func (o Owner) Tag() OwnerTag {
	if o.IsNobody() {
		return OwnerTag{}
	}
	var buf [128]byte
	sum := sha256.Sum256(append(append(append(buf[:0], o.Realm...), 0), o.User...))
	return OwnerTag(sum[:len(OwnerTag{})])
}

// IsNobody reports whether no user is named.
func (o Owner) IsNobody() bool { return o.User == "" }

// Owner is whose session the record is.
func (r *Record) Owner() Owner { return Owner{r.Realm, r.User} }
