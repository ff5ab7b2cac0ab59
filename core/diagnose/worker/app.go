package worker

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
)

// App names the app that this process runs, so that two of them are told
// apart: by the import path of its main package, such as
// "example.com/shop/cmd/server", which is the same in every build and on every
// machine. A program that was built from a list of files has none, and is
// called like its executable; where "go run" has made that up, like the folder
// it was started in.
func App() string { return app() }

var app = sync.OnceValue(func() string {
	executable, _ := os.Executable()
	folder, _ := os.Getwd()
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return appName(build.Path, executable, folder)
})

func appName(mainPackage, executable, folder string) string {
	switch {
	case mainPackage != "" && mainPackage != "command-line-arguments":
		return mainPackage
	case strings.Contains(executable, string(filepath.Separator)+"go-build"):
		return filepath.Base(folder)
	case executable == "":
		return ""
	}
	return strings.TrimSuffix(filepath.Base(executable), ".exe")
}
