package jsontext

// Lookup returns the value of key in the object text, "" for one without members:
// of a key that is there twice the first.
func Lookup(text, key string) (raw string, ok bool) {
	if text == "" {
		return "", false
	}
	for sc := Scan(text, MaxDepth); sc.Next(); {
		if KeyIs(sc.Key, key) {
			return sc.Raw, true
		}
	}
	return "", false
}
