package modules

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// Proxy is a folder that the go command takes for a module proxy, as
// GOPROXY=file://Folder.
type Proxy struct{ Folder string }

// Environment has the go command get our modules from the proxy, and others from the
// cache of this machine, else from where this machine gets them. It keeps them in
// cache, since nobody else may take ours for what was published.
func (p Proxy) Environment(cache string) ([]string, error) {
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	known := strings.Split(string(out), "\n")
	return []string{
		"GOPROXY=" + fileURL(p.Folder) + "," + fileURL(filepath.Join(known[0], "cache", "download")) + "," + known[1],
		"GOMODCACHE=" + cache, "GOCACHE=" + known[2], "PATH=" + os.Getenv("PATH"),
		"GOSUMDB=off", // the database knows nothing of ours, and this machine has asked it about the others
		"GOENV=off", "GOTOOLCHAIN=local", "GOWORK=off",
		"GOFLAGS=-modcacherw -trimpath", // so that the cache can be removed, and its place does not matter to what is compiled
	}, nil
}

func fileURL(folder string) string { return "file://" + filepath.ToSlash(folder) }

// Add has the proxy serve the module as it is below root, with this go.mod. The zip
// file is made by the rules that public proxies have.
func (p Proxy) Add(root string, m Module, version string, goMod []byte) error {
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	dir := filepath.Join(p.Folder, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	content, err := pack(filepath.Join(root, filepath.FromSlash(m.Dir)), module.Version{Path: m.Path, Version: version}, goMod)
	if err != nil {
		return err
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{version + ".mod": goMod, version + ".zip": content, version + ".info": info, "list": []byte(version + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pack makes the zip file of a module from its folder, without modules below it.
func pack(dir string, v module.Version, goMod []byte) ([]byte, error) {
	checked, err := zip.CheckDir(dir)
	if err != nil {
		return nil, err
	}
	if err := checked.Err(); err != nil {
		return nil, err
	}
	files := []zip.File{file{name: "go.mod", text: goMod, dir: dir}}
	for _, path := range checked.Valid {
		name, err := filepath.Rel(dir, filepath.FromSlash(path))
		if err != nil {
			return nil, err
		}
		if name = filepath.ToSlash(name); name != "go.mod" {
			files = append(files, file{name: name, dir: dir})
		}
	}
	var out bytes.Buffer
	err = zip.Create(&out, v, files)
	return out.Bytes(), err
}

// file is one of a module; text is what it holds where that is not on the disk.
type file struct {
	dir, name string
	text      []byte
}

func (f file) Path() string { return f.name }
func (f file) disk() string { return filepath.Join(f.dir, filepath.FromSlash(f.name)) }

func (f file) Lstat() (os.FileInfo, error) {
	info, err := os.Lstat(f.disk())
	if err != nil || f.text == nil {
		return info, err
	}
	return sized{info, int64(len(f.text))}, nil
}

func (f file) Open() (io.ReadCloser, error) {
	if f.text != nil {
		return io.NopCloser(bytes.NewReader(f.text)), nil
	}
	return os.Open(f.disk())
}

// sized is what is known of a file on the disk, but for its size.
type sized struct {
	os.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }

// Sums are the lines that a go.sum has for a module that was added.
func (p Proxy) Sums(m Module, version string) ([]string, error) {
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return nil, err
	}
	base := filepath.Join(p.Folder, filepath.FromSlash(escaped), "@v", version)
	content, err := dirhash.HashZip(base+".zip", dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return os.Open(base + ".mod") })
	if err != nil {
		return nil, err
	}
	return []string{m.Path + " " + version + " " + content, m.Path + " " + version + "/go.mod " + mod}, nil
}
