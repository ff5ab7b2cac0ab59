package config

import (
	"cmp"
	"slices"
	"strings"
)

// Setting is one setting as it may be shown to people: no secret is in it.
type Setting struct {
	Flag   string `json:"flag"`   // its name without dashes, as in the configuration file
	Env    string `json:"env"`    // the environment variable that gave it, else all that could, by ", "
	Value  string `json:"value"`  // "[set]" for a secret, a Redis URL without its password
	Source string `json:"source"` // "flag", "env", "file", "code" or "default"

	// File is, with the source "file", where the value was read: the
	// configuration file or, of a secret, its own, which the flag or the
	// variable that ends in "file" names.
	File string `json:"file,omitempty"`
}

// Settings lists every setting with its value, defaults filled in, and where
// the value came from, always in the same order. The source is "code" when the
// value is not what [Parse] found, and not the default. It cannot see that
// code replaced one secret by another.
func (c Config) Settings() []Setting {
	filled, defaults := c.WithDefaults(), Config{}.WithDefaults()
	defaults.Cookie.Name = filled.cookieName()
	settings := make([]Setting, 0, len(definitions))
	for _, d := range definitions {
		s := Setting{
			Flag:   d.flag,
			Env:    strings.Join(d.variables(c.envPrefix), ", "),
			Value:  d.value(&filled).String(),
			Source: "code",
		}
		found, ok := c.origins[d.flag]
		switch {
		case ok && found.text == s.Value:
			s.Source = found.source
			s.Env = cmp.Or(found.variable, s.Env)
			if s.Source == "file" {
				s.File = cmp.Or(found.file, c.file)
			}
		case s.Value == d.value(&defaults).String():
			s.Source = "default"
		}
		settings = append(settings, s)
	}
	return settings
}

// Setting is the one of [Config.Settings] with that flag, and zero for a flag
// that the kit does not have.
func (c Config) Setting(flag string) Setting {
	for _, s := range c.Settings() {
		if s.Flag == flag {
			return s
		}
	}
	return Setting{}
}

// Secrets are those of [Config.Settings] that hold something secret: a Redis URL
// among them only with a password or the like in it.
func (c Config) Secrets() []Setting {
	var held []Setting
	for _, s := range c.Settings() {
		d, _ := lookup(s.Flag)
		url, isURL := d.value(&c).(*secretURL)
		if d.isSecret() && s.Value != "" && (!isURL || s.Value != Secret(*url).Reveal()) {
			held = append(held, s)
		}
	}
	return held
}

// Title names a setting to somebody who wants to change it: its flag and its
// environment variable, with the app's prefix, such as
// "--redis-url (SHOP_REDIS_URL)". Of several variables it is the one that gave
// the value, else the one that is called like the flag. Of a secret in a file of
// its own it is that file's content. It is empty for a flag that the kit does
// not have.
func (c Config) Title(flag string) string {
	d, ok := lookup(flag)
	if !ok {
		return ""
	}
	if own := c.origins[flag]; own.file != "" {
		return "the content of " + own.file + " (" + own.by + ")"
	}
	variable := c.origins[flag].variable
	if names := d.variables(c.envPrefix); variable == "" {
		own := definition{flag: flag}.variables(c.envPrefix)[0]
		variable = names[max(slices.Index(names, own), 0)]
	}
	return "--" + flag + " (" + variable + ")"
}
