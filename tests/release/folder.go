package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// folder is one with the files of the repository in it.
type folder string

// clone is the one that the command was started in.
func clone() (folder, error) {
	top, err := folder(".").git("rev-parse", "--show-toplevel")
	return folder(top), err
}

// git returns what git prints.
func (f folder) git(args ...string) (string, error) { return f.run(nil, "git", args...) }

func (f folder) run(env []string, program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = string(f), append(os.Environ(), env...)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", program, strings.Join(args, " "), err, out.String(), failed.String())
	}
	return strings.TrimSpace(out.String()), nil
}

func (f folder) below(dir string) folder {
	return folder(filepath.Join(string(f), filepath.FromSlash(dir)))
}

func (f folder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(name)))
}

func (f folder) write(name string, text []byte) error {
	return os.WriteFile(filepath.Join(string(f), filepath.FromSlash(name)), text, 0o644)
}

// checkOut makes a folder with the files of a revision, which the clone knows of
// until it is removed.
func (f folder) checkOut(revision string) (folder, error) {
	dir, err := os.MkdirTemp("", "sessionkit-release-")
	if err != nil {
		return "", err
	}
	_, err = f.git("worktree", "add", "--quiet", "--detach", dir, revision)
	return folder(dir), err
}

// remove removes what checkOut has made; that it cannot is no harm.
func (f folder) remove(other folder) {
	f.git("worktree", "remove", "--force", string(other))
	os.RemoveAll(string(other))
}

// updateRefs does all that the commands say, or nothing of it.
func (f folder) updateRefs(commands string) error {
	cmd := exec.Command("git", "update-ref", "--stdin")
	cmd.Dir, cmd.Stdin = string(f), strings.NewReader(commands)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git update-ref: %w\n%s", err, out)
	}
	return nil
}
