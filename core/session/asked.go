package session

// Asked reports whether this request has asked for a session of any manager, so
// that its answer belongs to one visitor. It is for adapters; x may be nil.
func (x *Exchange) Asked() bool {
	for ; x != nil; x = x.outer {
		if x.has(asked) {
			return true
		}
	}
	return false
}
