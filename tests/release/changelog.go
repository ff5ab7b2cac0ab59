package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

const unreleased = "## [Unreleased]"

// cutChangelog gives what is unreleased the version, and returns it.
func (f folder) cutChangelog(version string, now time.Time) (news string, err error) {
	text, err := f.read("CHANGELOG.md")
	if err != nil {
		return "", err
	}
	cut, news, err := cut(string(text), version, now)
	if err != nil {
		return "", fmt.Errorf("CHANGELOG.md: %w", err)
	}
	return news, f.write("CHANGELOG.md", []byte(cut))
}

func cut(text, version string, now time.Time) (changed, news string, err error) {
	heading := "## [" + strings.TrimPrefix(version, "v") + "]"
	if strings.Contains(text, heading) {
		return "", "", fmt.Errorf("%q is there already: what is new stands under %q until it is released", heading, unreleased)
	}
	before, after, found := strings.Cut(text, unreleased+"\n")
	if !found {
		return "", "", fmt.Errorf("there is no line %q", unreleased)
	}
	news, older, more := strings.Cut(after, "\n## ")
	if news = strings.TrimSpace(news); !strings.Contains(news, "\n- ") {
		return "", "", errors.New("nothing is listed under \"" + unreleased + "\": say what is new for whoever updates")
	}
	changed = before + unreleased + "\n\n" + heading + " - " + now.UTC().Format(time.DateOnly) + "\n\n" + news + "\n"
	if more {
		changed += "\n## " + older
	}
	return changed, news, nil
}

// breaks reports whether the news tell that something that apps rest on is another.
func breaks(news string) bool {
	return strings.Contains(news, "### Changed\n") || strings.Contains(news, "### Removed\n")
}
