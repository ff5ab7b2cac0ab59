package diagnose

// Named returns a monitor of the sessions behind another cookie name on the same
// store. It counts and finds what their requests show; what there is to know of the
// store and the other workers it has from m, which beats for both and is to be
// started. It ends with m.
func (m *Monitor) Named(o Options) *Monitor {
	named := New(o)
	named.self, named.parent = m.self, m.beats()
	named.register()
	return named
}

// beats returns the monitor that keeps up with the store.
func (m *Monitor) beats() *Monitor {
	if m.parent != nil {
		return m.parent
	}
	return m
}
