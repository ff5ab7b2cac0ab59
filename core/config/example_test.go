package config_test

import (
	"flag"
	"fmt"
	"os"

	"github.com/gosessionkit/sessionkit/core/config"
)

// An app adds the kit's settings to its own flags. Here one comes from a flag
// and two from the environment, whose names begin with SHOP_ because the app
// says so.
func ExampleParse() {
	os.Setenv("SHOP_REDIS_URL", "redis://shop:hunter2@redis.internal:6379/0")
	os.Setenv("SHOP_SESSION_IDLE_TIMEOUT", "30m")
	defer os.Unsetenv("SHOP_REDIS_URL")
	defer os.Unsetenv("SHOP_SESSION_IDLE_TIMEOUT")

	flags := flag.NewFlagSet("shop", flag.ContinueOnError) // or flag.CommandLine
	addr := flags.String("addr", "127.0.0.1:8080", "`address` to listen on")

	args := []string{"--addr", ":80", "--workers", "3"} // or os.Args[1:]
	cfg, err := config.Parse(flags, args, config.WithEnvPrefix("SHOP"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("listen on", *addr)
	for _, s := range cfg.Settings() {
		if s.Source != "default" {
			fmt.Println(s.Flag, s.Value, "from", s.Source)
		}
	}
	// Output:
	// listen on :80
	// redis-url redis://shop:xxxxx@redis.internal:6379/0 from env
	// session-idle-timeout 30m0s from env
	// workers 3 from flag
}

// A service without flags reads the environment alone.
func ExampleFromEnvironment() {
	os.Setenv("API_SESSION_LIFETIME", "soon")
	defer os.Unsetenv("API_SESSION_LIFETIME")

	_, err := config.FromEnvironment(config.WithEnvPrefix("API"))
	fmt.Println(err)
	// Output:
	// --session-lifetime (environment API_SESSION_LIFETIME) is "soon": must be a duration with its unit, such as 90s, 30m or 24h
}

// An app whose flags take the kit's names, or are those of another package,
// assigns what it decides itself. Here -config is its own, and -debug stands for
// --debug-endpoints.
func ExampleFromEnvironment_ownFlags() {
	os.Setenv("SHOP_SESSION_LIFETIME", "8h")
	defer os.Unsetenv("SHOP_SESSION_LIFETIME")

	flags := flag.NewFlagSet("shop", flag.ContinueOnError) // or flag.CommandLine
	file := flags.String("config", "shop.toml", "the app's own file")
	debug := flags.Bool("debug", false, "debug pages below /debug/")
	if err := flags.Parse([]string{"-config", "test.toml", "-debug"}); err != nil { // or os.Args[1:]
		fmt.Println(err)
		return
	}
	cfg, err := config.FromEnvironment(config.WithEnvPrefix("SHOP"))
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg.DebugEndpoints = cfg.DebugEndpoints || *debug // or SHOP_DEBUG_ENDPOINTS=true

	fmt.Println(*file)
	for _, s := range cfg.Settings() {
		if s.Source != "default" {
			fmt.Println(s.Flag, s.Value, "from", s.Source)
		}
	}
	// Output:
	// test.toml
	// session-lifetime 8h0m0s from env
	// debug-endpoints true from code
}

// A Config made by hand says what is wrong with it.
func ExampleConfig_Validate() {
	cfg := config.Config{
		Mode:   config.Production,
		Cookie: config.Cookie{Name: "__Host-session", Path: "/shop"},
	}
	fmt.Println(cfg.Validate())
	// Output:
	// --secret-key (environment SECRET_KEY) is required in production: set it to the output of: openssl rand -base64 32, the same on every worker
	// --session-cookie-path (environment SESSION_COOKIE_PATH) is "/shop": must be "/" because the cookie's name begins with "__Host-"
}
