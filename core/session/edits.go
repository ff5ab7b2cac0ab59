package session

// few is how many keys are gone through one by one. More get an index, so that
// what a request does costs time in proportion to how much it does.
const few = 16

// edit puts raw under key, or takes key away.
type edit struct {
	key  string
	raw  string
	gone bool
}

// latest finds the last edit of each key, in a list that does not change.
type latest struct {
	list []edit
	at   map[string]int // position; nil while there are few
	text []byte
}

func latestOf(list []edit) latest {
	l := latest{list: list}
	if len(list) > few {
		l.at = make(map[string]int, len(list))
		for i := range list {
			l.at[list[i].key] = i
		}
	}
	return l
}

// has reports whether the key that stands quoted in a text is edited.
func (l *latest) has(quoted string) bool {
	if l.at != nil {
		l.text = appendUnquoted(l.text[:0], quoted)
		_, ok := l.at[string(l.text)]
		return ok
	}
	for i := range l.list {
		if keyIs(quoted, l.list[i].key) {
			return true
		}
	}
	return false
}

// is reports whether the edit at i is the last of its key.
func (l *latest) is(i int) bool {
	key := l.list[i].key
	if l.at != nil {
		return l.at[key] == i
	}
	for i++; i < len(l.list); i++ {
		if l.list[i].key == key {
			return false
		}
	}
	return true
}
