package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/gosessionkit/sessionkit/tests/bench/generator"
)

// machine says in a few lines what the figures were measured on.
func machine(ctx context.Context) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s, %d cores (%s), %s, %s.", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version(), redisVersion(ctx))
	pinning := "no pinning to cores"
	if pinned() {
		pinning = "worker alone on one core, load generator and Redis on another"
	}
	fmt.Fprintf(&b, "\nLoad over HTTP: %s; %s.\n", generator.Kind, pinning)
	var versions []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			for _, name := range []string{"alexedwards/scs/", "gorilla/sessions", "boj/redistore", "labstack/echo", "gofiber/", "go-chi/chi", "gin-gonic/gin", "gin-contrib/sessions", "redis/go-redis", "gomodule/redigo"} {
				if strings.Contains(dep.Path, name) {
					versions = append(versions, strings.TrimPrefix(dep.Path, "github.com/")+" "+dep.Version)
				}
			}
		}
	}
	return b.String() + "Versions: " + strings.Join(versions, ", ") + ".\n"
}

func processor() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func redisVersion(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "redis-server", "--version").Output()
	if err != nil {
		return "no Redis"
	}
	_, rest, _ := strings.Cut(string(out), "v=")
	version, _, _ := strings.Cut(rest, " ")
	return "Redis " + version
}
