package main

import (
	"fmt"
	"os"
	"strings"
)

// replaceSections puts each text between the markers of its name in a file:
//
//	<!-- begin name -->
//	<!-- end name -->
func replaceSections(file string, texts map[string]string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page := string(b)
	for name, text := range texts {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
		before, rest, ok := strings.Cut(page, begin)
		_, after, also := strings.Cut(rest, end)
		if !ok || !also {
			return fmt.Errorf("%s has no markers for %q", file, name)
		}
		page = before + begin + "\n" + text + "\n" + end + after
	}
	return os.WriteFile(file, []byte(page), 0o644)
}
