package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

const keygenHelp = `
Prints a new secret key: 32 random bytes as text, which openssl rand -base64 32
gives too.

  SECRET_KEY=$(sessionkit keygen)

With --rotate it prints the two settings for a change of the key, from the
present environment: the new key, and the old ones behind it, so that cookies
that are signed with them stay good. Where a terminal would show the old key,
it stands for it only: send the output into a file.

  sessionkit keygen --rotate > new.env

Where several workers run meanwhile it takes three steps, each a deploy, or the
old workers refuse the new cookies (docs/changes.md). Run each in the
environment that the one before it made:

  sessionkit keygen --rotate --step 1 > step1.env   # every worker learns the new key
  sessionkit keygen --rotate --step 2 > step2.env   # and signs with it
  sessionkit keygen --rotate --step 3 > step3.env   # a session lifetime later: the old one is forgotten`

// keyBytes are enough that nobody guesses the key.
const keyBytes = 32

func keygenCommand(sys system) *ffcli.Command {
	flags := flag.NewFlagSet("keygen", flag.ContinueOnError)
	var (
		format = flags.String("o", "text", "`format`: text or json")
		rotate = flags.Bool("rotate", false, "print SECRET_KEY and SECRET_KEY_FALLBACKS for a change of the key")
		step   = flags.Int("step", 0, "with --rotate: the `step` of a change while several workers run: 1, 2 or 3")
		prefix = flags.String("env-prefix", "", "`prefix` of the app's environment variables, as in config.WithEnvPrefix")
	)
	app := appFlags(flags)
	return &ffcli.Command{
		Name: "keygen", ShortUsage: "sessionkit keygen [flags]", ShortHelp: "make a secret key, or the settings to change it", LongHelp: keygenHelp, FlagSet: flags,
		Exec: func(_ context.Context, args []string) error {
			out, err := sys.output(*format)
			switch {
			case err != nil:
				return err
			case len(args) > 0:
				return misused("what is %q?", args[0])
			case *step < 0 || *step > 3 || *step > 0 && !*rotate:
				return misused("--step is 1, 2 or 3, and goes with --rotate")
			case !*rotate:
				return printKey(out)
			}
			keys, err := presentKeys(target.Settings{Args: *app, Prefix: *prefix})
			if err != nil {
				return err
			}
			pair, err := rotation(keys, *step)
			if err != nil {
				return err
			}
			return printRotation(out, pair, strings.TrimSuffix(strings.ToUpper(*prefix)+"_", "_"))
		},
	}
}

func newKey() string {
	var random [keyBytes]byte
	rand.Read(random[:])
	return base64.StdEncoding.EncodeToString(random[:])
}

func printKey(out term.Output) error {
	key := newKey()
	if out.JSON {
		return json.NewEncoder(out).Encode(map[string]any{"version": 1, "secret_key": key})
	}
	_, err := fmt.Fprintln(out, key)
	return err
}

// presentKeys are the key that the environment has, and the fallbacks.
func presentKeys(settings target.Settings) ([]string, error) {
	cfg, err := settings.Parse()
	if err != nil {
		return nil, err
	}
	if cfg.SecretKey.IsZero() {
		return nil, fmt.Errorf("there is no secret key to change: set %s, or run this in the app's environment", cfg.Title("secret-key"))
	}
	keys := []string{cfg.SecretKey.Reveal()}
	for _, key := range cfg.SecretKeyFallbacks {
		keys = append(keys, key.Reveal())
	}
	if strings.Contains(keys[0], ",") {
		return nil, errors.New("the present key has a comma in it, and cannot be a fallback, which commas part: change it with all workers stopped, and everybody logs in again")
	}
	return keys, nil
}

// keyPair is what to set. old tells which of the keys is not a new one.
type keyPair struct {
	key       string
	fallbacks []string
	old       map[string]bool
}

// rotation makes a step of the change out of the present keys, 0 for all in one.
func rotation(keys []string, step int) (keyPair, error) {
	p := keyPair{old: map[string]bool{}, fallbacks: []string{}}
	for _, key := range keys {
		p.old[key] = true
	}
	last := len(keys) - 1
	switch step {
	case 0:
		p.key, p.fallbacks = newKey(), keys
	case 1:
		p.key, p.fallbacks = keys[0], append(p.fallbacks, append(keys[1:], newKey())...)
	case 2:
		if last == 0 {
			return p, errors.New("there is no fallback key that could be the new one: do --step 1 first, and run this in the environment that it made")
		}
		p.key, p.fallbacks = keys[last], keys[:last]
	case 3:
		p.key = keys[0]
	}
	return p, nil
}

func printRotation(out term.Output, p keyPair, prefix string) error {
	if prefix != "" {
		prefix += "_"
	}
	if out.JSON {
		return json.NewEncoder(out).Encode(map[string]any{"version": 1, "secret_key": p.key, "secret_key_fallbacks": p.fallbacks})
	}
	watched := term.IsTerminal(out.Writer)
	show := func(key string) string {
		if watched && p.old[key] {
			return "[a present key, hidden on a terminal]"
		}
		return key
	}
	shown := make([]string, len(p.fallbacks))
	for i, key := range p.fallbacks {
		shown[i] = show(key)
	}
	_, err := fmt.Fprintf(out, "%sSECRET_KEY=%s\n%sSECRET_KEY_FALLBACKS=%s\n", prefix, show(p.key), prefix, strings.Join(shown, ","))
	return err
}
