package jsontext

import "strings"

// Few is how many keys are gone through one by one. More get an index, so that
// what a request does costs time in proportion to how much it does.
const Few = 16

// Edit puts Raw, one JSON value, under Key, or takes Key away.
type Edit struct {
	Key  string
	Raw  string
	Gone bool
}

// latest finds the last edit of each key, in a list that does not change.
type latest struct {
	list []Edit
	at   map[string]int // position; nil while there are few
	text []byte
}

func latestOf(list []Edit) latest {
	l := latest{list: list}
	if len(list) > Few {
		l.at = make(map[string]int, len(list))
		for i := range list {
			l.at[list[i].Key] = i
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
		if KeyIs(quoted, l.list[i].Key) {
			return true
		}
	}
	return false
}

// is reports whether the edit at i is the last of its key.
func (l *latest) is(i int) bool {
	key := l.list[i].Key
	if l.at != nil {
		return l.at[key] == i
	}
	for i++; i < len(l.list); i++ {
		if l.list[i].Key == key {
			return false
		}
	}
	return true
}

// Merge applies edits, the later ones over the earlier, to the object text, "" for
// one without members, or, with clear, to that. The result is in the same form.
func Merge(text string, clear bool, edits []Edit) string {
	size := 2
	if !clear {
		size += len(text)
	}
	last := latestOf(edits)
	for i := range edits {
		if last.is(i) {
			size += len(edits[i].Key) + len(edits[i].Raw) + 4
		}
	}
	var b strings.Builder
	b.Grow(size)
	if !clear && text != "" {
		for sc := Scan(text, MaxDepth); sc.Next(); {
			if !last.has(sc.Key) {
				writeSeparator(&b)
				b.WriteString(sc.Key)
				b.WriteByte(':')
				b.WriteString(sc.Raw)
			}
		}
	}
	for i := range edits {
		if e := &edits[i]; !e.Gone && last.is(i) {
			writeSeparator(&b)
			writeKey(&b, e.Key)
			b.WriteByte(':')
			b.WriteString(e.Raw)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	b.WriteByte('}')
	return b.String()
}

// writeSeparator writes what comes before a member.
func writeSeparator(b *strings.Builder) {
	if b.Len() == 0 {
		b.WriteByte('{')
	} else {
		b.WriteByte(',')
	}
}
