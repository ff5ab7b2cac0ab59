package debug

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// scrubber keeps the configuration's secrets out of texts that the kit did not
// write itself: errors and facts of a store may quote what they were given.
type scrubber struct {
	long  *strings.Replacer
	short []string
}

// A secret of minCut bytes or more is cut out of a text. To cut out a shorter
// one would give it away, as in "[hidden].example.com"; there the whole text is
// left out. What is shorter than minSecret, in bytes, is part of any text.
const (
	minCut    = 8
	minSecret = 4
)

const (
	hidden     = "[hidden]"
	hiddenText = "[hidden: there is a secret in it that is too short to be cut out]"
)

func newScrubber(cfg config.Config) scrubber {
	secrets := []string{cfg.SecretKey.Reveal(), cfg.DebugToken.Reveal()}
	for _, key := range cfg.SecretKeyFallbacks {
		secrets = append(secrets, key.Reveal())
	}
	secrets = append(secrets, secretsOf(cfg.RedisURL.Reveal())...)
	secrets = append(secrets, secretsOf(cfg.MigrateFrom.Reveal())...)
	// The longest first: one may be the beginning of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var s scrubber
	var pairs []string
	for _, secret := range secrets {
		secret = strings.TrimSpace(secret)
		quoted := strconv.Quote(secret)
		switch {
		case len(secret) >= minCut:
			pairs = append(pairs, secret, hidden, quoted[1:len(quoted)-1], hidden)
		case len(secret) >= minSecret:
			s.short = append(s.short, secret)
		}
	}
	s.long = strings.NewReplacer(pairs...)
	return s
}

// secretsOf lists what is secret in a URL, as it is written and as it is meant:
// the password, and values in the query whose name sounds like one. It reads
// URLs that are too wrong to be parsed, too.
func secretsOf(raw string) []string {
	var secrets []string
	add := func(text string, decode func(string) (string, error)) {
		secrets = append(secrets, text)
		if meant, err := decode(text); err == nil {
			secrets = append(secrets, meant)
		}
	}
	_, rest, _ := strings.Cut(raw, "://")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		_, password, ok := strings.Cut(rest[:at], ":")
		if !ok { // its colon was forgotten
			password = rest[:at]
		}
		add(password, url.PathUnescape)
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); config.SoundsSecret(name) {
			add(value, url.QueryUnescape)
		}
	}
	return secrets
}

// cut is for texts that are the kit's own words and hold no more than a name or
// an address of somebody else's.
func (s scrubber) cut(text string) string { return s.long.Replace(text) }

// text is for what may quote anything.
func (s scrubber) text(text string) string {
	text = s.cut(text)
	if slices.ContainsFunc(s.short, func(secret string) bool { return hasWord(text, secret) }) {
		return hiddenText
	}
	return text
}

// hasWord reports whether word is in text other than as a part of a longer word.
func hasWord(text, word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:begin])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !(isWord(before) && isWord(first)) && !(isWord(last) && isWord(after)) {
			return true
		}
		from = begin + 1
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// facts scrubs what the store said, before rules and reports quote it.
func (s scrubber) facts(facts check.Facts) check.Facts {
	store := &facts.Store
	store.Address = s.cut(store.Address)
	store.Facts, store.Unchecked = s.texts(store.Facts), s.texts(store.Unchecked)
	if store.Err != nil {
		store.Err = scrubbed{store.Err, s.text(store.Err.Error())}
	}
	return facts
}

// scrubbed is an error of the same kind in other words.
type scrubbed struct {
	error
	text string
}

func (e scrubbed) Error() string { return e.text }
func (e scrubbed) Unwrap() error { return e.error }

func (s scrubber) texts(texts map[string]string) map[string]string {
	if len(texts) == 0 {
		return nil
	}
	clean := make(map[string]string, len(texts))
	for name, value := range texts {
		clean[name] = s.text(value)
	}
	return clean
}
