package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Files lists the README and all that is below docs, by their names below root, with
// slashes.
func Files(root string) ([]string, error) {
	files := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(name, ".md") {
			name, err = filepath.Rel(root, name)
			files = append(files, filepath.ToSlash(name))
		}
		return err
	})
	return files, err
}

// Block is a piece of code in a document.
type Block struct {
	File string
	Line int    // the first of its text
	Lang string // "go", "sh"; "" where the document names none
	Text string
	Note string // the comment of HTML right before it, "" for none
}

var (
	fence   = regexp.MustCompile("(?m)^( *)```([a-z]*)\n((?s:.*?))^ *```$")
	comment = regexp.MustCompile(`(?s)<!--\s*([^>]*?)\s*-->\s*$`)
)

// Blocks are those of one of the Files, in order.
func Blocks(root, file string) ([]Block, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		return nil, err
	}
	text := string(content)
	var list []Block
	before := 0
	for _, at := range fence.FindAllStringSubmatchIndex(text, -1) {
		indent, code := text[at[2]:at[3]], text[at[6]:at[7]]
		b := Block{File: file, Line: 1 + strings.Count(text[:at[6]], "\n"), Lang: text[at[4]:at[5]]}
		b.Text = strings.TrimPrefix(strings.ReplaceAll("\n"+code, "\n"+indent, "\n"), "\n")
		if note := comment.FindStringSubmatch(text[before:at[0]]); note != nil {
			b.Note = note[1]
		}
		list, before = append(list, b), at[1]
	}
	return list, nil
}

// ForShell reports whether the block is something to type.
func (b Block) ForShell() bool {
	return slices.Contains([]string{"sh", "bash", "shell", "console", "zsh"}, b.Lang)
}
