package session

// finder is an index of one record.
type finder struct {
	text string // of its values
	at   map[string]string
}

// lookInBase looks key up in the record as loaded or last saved: the first few
// times by going through its text, as most requests want one or two, and from
// then on in an index.
func (s *Session) lookInBase(key string) (raw string, ok bool) {
	v := s.base.Values
	if v.text == "" {
		return "", false
	}
	if s.index != nil && s.index.text != v.text { // the same text is told by where it is
		s.index, s.scans = nil, 0
	}
	if s.index == nil {
		if s.scans < few {
			s.scans++
			return v.lookup(key)
		}
		s.index = &finder{v.text, v.index()}
	}
	raw, ok = s.index.at[key]
	return raw, ok
}

// index maps each key to its encoded value: of a key that is there twice the
// one that lookup finds, the first.
func (v Values) index() map[string]string {
	at := map[string]string{}
	for sc := scanObject(v.text); sc.next(); {
		key := unquoteKey(sc.key)
		if _, twice := at[key]; !twice {
			at[key] = sc.raw
		}
	}
	return at
}
