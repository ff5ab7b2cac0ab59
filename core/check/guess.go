package check

import (
	"math"
	"slices"
	"strings"
)

// minKeyBits is less than any random key of 32 characters is estimated at,
// 32 decimal digits included.
const minKeyBits = 64

// placeholders are what examples and templates have for a key: alone, or
// over and over. Behind them there may be digits.
var placeholders = []string{
	"admin", "default", "dev", "development", "example", "foobar", "key", "none", "null", "prod", "production",
	"secret", "session", "sessionsecret", "test", "testing", "todo", "xxx",
}

// placeholderParts give away a placeholder wherever they stand in it.
var placeholderParts = []string{
	"changeit", "changeme", "changethis", "defaultkey", "defaultsecret", "examplekey", "insecure", "keyboardcat", "mysecret",
	"notasecret", "notsecret", "password", "placeholder", "qwerty", "replaceme", "secretkey", "supersecret", "topsecret",
	"verysecret", "yourkey", "yoursecret",
}

// isPlaceholder reports whether a key is a well-known one that nobody should
// use. Case and punctuation do not matter.
func isPlaceholder(key string) bool {
	text := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(key))
	for _, part := range placeholderParts {
		if strings.Contains(text, part) {
			return true
		}
	}
	text = strings.TrimRight(text, "0123456789")
	return slices.Contains(placeholders, text[:period(text)])
}

// guessBits estimates how much of a key cannot be guessed, in bits, and errs
// in the key's favour: words are not known to it. What repeats counts once,
// and what goes on in equal steps ("abcd", "8642", "aaaa") does not count;
// the rest has the Shannon entropy of its bytes.
func guessBits(key string) float64 {
	key = key[:period(key)]
	var count [256]float64
	var n float64
	for i := range len(key) {
		if i >= 2 && key[i]-key[i-1] == key[i-1]-key[i-2] {
			continue
		}
		count[key[i]]++
		n++
	}
	var bits float64
	for _, c := range count {
		if c > 0 {
			bits -= c * math.Log2(c/n)
		}
	}
	return bits
}

// period is the length of the shortest text that s is a repetition of, its
// last round perhaps cut short; len(s) when it is none.
func period(s string) int {
	for p := 1; p <= len(s)/2; p++ {
		if s[p:] == s[:len(s)-p] {
			return p
		}
	}
	return len(s)
}
