package session

// finder looks keys up in the values of one record: the first few by going
// through its text, as most requests want one or two, and from then on in an
// index.
type finder struct {
	text  string // of the record that the index is of
	scans int
	at    map[string]string
}

func (f *finder) lookup(v Values, key string) (raw string, ok bool) {
	if v.text == "" {
		return "", false
	}
	if f.text != v.text { // the same text is told by where it is
		*f = finder{text: v.text}
	}
	if f.scans++; f.scans <= few {
		return v.lookup(key)
	}
	if f.at == nil {
		f.at = v.index()
	}
	raw, ok = f.at[key]
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
