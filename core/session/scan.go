package session

import (
	"encoding/json"
	"errors"
	"strings"
)

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
	sc.space()
	if sc.i == 0 || sc.raw == "" {
		if !sc.take('{') {
			return sc.fail()
		}
		sc.space()
		if sc.take('}') {
			return sc.end()
		}
	} else {
		if sc.take('}') {
			return sc.end()
		}
		if !sc.take(',') {
			return sc.fail()
		}
		sc.space()
	}
	start := sc.i
	if !sc.skipString() {
		return sc.fail()
	}
	sc.key = sc.s[start:sc.i]
	sc.space()
	if !sc.take(':') {
		return sc.fail()
	}
	sc.space()
	start = sc.i
	if !sc.skipValue(sc.depth) {
		return sc.fail()
	}
	sc.raw = sc.s[start:sc.i]
	return true
}

func (sc *objectScanner) fail() bool {
	sc.err = errSyntax
	return false
}

func (sc *objectScanner) end() bool {
	if sc.space(); sc.i != len(sc.s) {
		sc.err = errSyntax
	}
	return false
}

func (sc *objectScanner) take(c byte) bool {
	if sc.i < len(sc.s) && sc.s[sc.i] == c {
		sc.i++
		return true
	}
	return false
}

func (sc *objectScanner) space() {
	for sc.i < len(sc.s) && isSpace(sc.s[sc.i]) {
		sc.i++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func (sc *objectScanner) skipString() bool {
	if !sc.take('"') {
		return false
	}
	for sc.i < len(sc.s) {
		switch c := sc.s[sc.i]; {
		case c == '"':
			sc.i++
			return true
		case c == '\\':
			sc.i += 2
		case c < ' ':
			return false
		default:
			sc.i++
		}
	}
	return false
}

func (sc *objectScanner) skipValue(depth int) bool {
	if sc.i >= len(sc.s) || depth == 0 {
		return false
	}
	switch sc.s[sc.i] {
	case '"':
		return sc.skipString()
	case '{':
		return sc.skipNested('}', depth)
	case '[':
		return sc.skipNested(']', depth)
	default:
		return sc.skipLiteral()
	}
}

// skipNested steps over an object or an array.
func (sc *objectScanner) skipNested(closing byte, depth int) bool {
	sc.i++
	sc.space()
	if sc.take(closing) {
		return true
	}
	for {
		if closing == '}' {
			if !sc.skipString() {
				return false
			}
			if sc.space(); !sc.take(':') {
				return false
			}
			sc.space()
		}
		if !sc.skipValue(depth - 1) {
			return false
		}
		sc.space()
		if sc.take(closing) {
			return true
		}
		if !sc.take(',') {
			return false
		}
		sc.space()
	}
}

// skipLiteral steps over a number, true, false or null.
func (sc *objectScanner) skipLiteral() bool {
	start := sc.i
	for sc.i < len(sc.s) {
		c := sc.s[sc.i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E' {
			sc.i++
			continue
		}
		break
	}
	return sc.i > start
}

// appendKey appends key as a JSON string.
func appendKey(b []byte, key string) []byte {
	if !plain(key) {
		quoted, _ := json.Marshal(key) // a string always encodes
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, key...)
	return append(b, '"')
}

// keyIs tells whether the quoted key is key.
func keyIs(quoted, key string) bool {
	return unquoteKey(quoted) == key
}

func unquoteKey(quoted string) string {
	inner := quoted[1 : len(quoted)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var key string
	if json.Unmarshal([]byte(quoted), &key) != nil {
		return inner
	}
	return key
}
