package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The types below are the flag.Values of the settings. Each is a field of
// Config seen through another type. String shows no secret. Set of a secret
// never fails, so that nobody has a reason to quote it.

// text is taken as it is.
type text string

func (v *text) String() string         { return string(*v) }
func (v *text) Set(value string) error { *v = text(value); return nil }

// word is one of a few lower case words; Validate knows which.
type word string

func (v *word) String() string { return string(*v) }

func (v *word) Set(value string) error {
	*v = word(strings.ToLower(strings.TrimSpace(value)))
	return nil
}

// secret is a key or a token. The white space around it is dropped: a line
// end that one worker's secret has and another's lacks would part them.
type secret Secret

func (v *secret) String() string { return Secret(*v).String() }

func (v *secret) Set(value string) error {
	*v = secret(NewSecret(strings.TrimSpace(value)))
	return nil
}

// secrets are several, separated by commas. Every Set adds to them.
type secrets []Secret

func (v *secrets) String() string {
	if len(*v) == 0 {
		return ""
	}
	return placeholder
}

func (v *secrets) Set(value string) error {
	for one := range strings.SplitSeq(value, ",") {
		if one = strings.TrimSpace(one); one != "" {
			*v = append(slices.Clip(*v), NewSecret(one))
		}
	}
	return nil
}

// list is several words, separated by commas. Every Set adds to it.
type list []string

func (v *list) String() string { return strings.Join(*v, ",") }

func (v *list) Set(value string) error {
	for one := range strings.SplitSeq(value, ",") {
		if one = strings.TrimSpace(one); one != "" {
			*v = append(slices.Clip(*v), one)
		}
	}
	return nil
}

// secretURL may have a password in it.
type secretURL Secret

func (v *secretURL) String() string { return redactURL(Secret(*v).Reveal()) }

func (v *secretURL) Set(value string) error {
	*v = secretURL(NewSecret(strings.TrimSpace(value)))
	return nil
}

// duration has a unit.
type duration time.Duration

func (v *duration) String() string { return time.Duration(*v).String() }

func (v *duration) Set(value string) error {
	d, err := time.ParseDuration(strings.TrimSpace(value))
	if err != nil {
		return errors.New("must be a duration with its unit, such as 90s, 30m or 24h")
	}
	*v = duration(d)
	return nil
}

// number is a whole number.
type number int

func (v *number) String() string { return strconv.Itoa(int(*v)) }

func (v *number) Set(value string) error {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil {
		return errors.New("must be a whole number in digits alone")
	}
	*v = number(n)
	return nil
}

// boolean may stand on a command line without a value.
type boolean bool

func (v *boolean) String() string   { return strconv.FormatBool(bool(*v)) }
func (v *boolean) IsBoolFlag() bool { return true }

func (v *boolean) Set(value string) error {
	b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(value)))
	if err != nil {
		return errors.New("must be true or false")
	}
	*v = boolean(b)
	return nil
}

// negation is a boolean whose field says the opposite of its flag, because
// the flag's default is true and a field's is false.
type negation bool

func (v *negation) String() string   { return strconv.FormatBool(!bool(*v)) }
func (v *negation) IsBoolFlag() bool { return true }

func (v *negation) Set(value string) error {
	var b boolean
	if err := b.Set(value); err != nil {
		return err
	}
	*v = negation(!b)
	return nil
}
