package jsontext

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Keys as they stand in the text. Comparing one reads it no further than it is
// alike and allocates nothing, however it is escaped: keys are what visitors
// may choose, and each lookup compares all of them.

// AppendKey appends key as a JSON string.
func AppendKey(b []byte, key string) []byte {
	if !Plain(key) {
		quoted, _ := json.Marshal(key) // a string always encodes
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, key...)
	return append(b, '"')
}

func writeKey(b *strings.Builder, key string) {
	if !Plain(key) {
		b.Write(AppendKey(nil, key))
		return
	}
	b.WriteByte('"')
	b.WriteString(key)
	b.WriteByte('"')
}

// KeyIs reports whether the quoted key is key.
func KeyIs(quoted, key string) bool {
	text := quoted[1 : len(quoted)-1]
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == '\\' {
			return escapedIs(text[i:], key[i:])
		} else if i >= len(key) || key[i] != c {
			return false
		}
	}
	return len(text) == len(key)
}

// escapedIs is KeyIs from the first escape on.
func escapedIs(text, key string) bool {
	var buf [utf8.UTFMax]byte
	for text != "" {
		r, n := rune(text[0]), 1
		piece := append(buf[:0], text[0])
		if r == '\\' {
			r, n = unescape(text)
			piece = utf8.AppendRune(buf[:0], r)
		}
		if len(key) < len(piece) || key[:len(piece)] != string(piece) {
			return false
		}
		text, key = text[n:], key[len(piece):]
	}
	return key == ""
}

// Unquote returns the key that is quoted.
func Unquote(quoted string) string {
	text := quoted[1 : len(quoted)-1]
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	return string(appendUnquoted(nil, quoted))
}

func appendUnquoted(b []byte, quoted string) []byte {
	text := quoted[1 : len(quoted)-1]
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			return append(b, text...)
		}
		r, n := unescape(text[i:])
		b = utf8.AppendRune(append(b, text[:i]...), r)
		text = text[i+n:]
	}
}

// unescape returns what the escape at the beginning of text stands for (RFC
// 8259, section 7) and how long it is. Half of a surrogate pair is U+FFFD. The
// backslash of what is no escape stands for itself.
func unescape(text string) (r rune, n int) {
	if len(text) < 2 {
		return '\\', 1
	}
	switch c := text[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := unicodeEscape(text)
	switch {
	case !ok:
		return '\\', 1
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	if second, ok := unicodeEscape(text[6:]); ok {
		if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

// unicodeEscape reads \u and four hex digits.
func unicodeEscape(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// Plain reports whether s stands in JSON as it is, between quotes.
func Plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsWord reports whether key stands in JSON as it is, and begins like a word.
func IsWord(key string) bool {
	if key == "" {
		return false
	}
	c := key[0]
	return (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_') && Plain(key)
}
