package redis

import (
	"strings"
	"testing"
)

// FuzzURL: what a URL leads to is found out or refused, and neither the
// refusal nor the address tells the password.
func FuzzURL(f *testing.F) {
	const password = "zQ3-hunter2-Xv9"
	for _, scheme := range []string{"redis", "rediss", "unix", "redis+sentinel", "rediss-cluster", "", "http"} {
		for _, rest := range []string{"h/0", "h:1,i:2/m/3", "/tmp/s.sock?db=1", "", "[::1]:0", "h?read_only=true", "h/?pool_size=x&addr=y", "h/99", "h/#", "h@i", "%zz"} {
			f.Add(scheme, "ada", rest)
		}
	}
	f.Fuzz(func(t *testing.T, scheme, user, rest string) {
		if strings.Contains(scheme+user+rest, password) {
			t.Skip("the password in a place for something else")
		}
		target, err := parseURL(scheme+"://"+user+":"+password+"@"+rest, map[string]string{"read_timeout": "7s"})
		if err != nil {
			if strings.Contains(err.Error(), password) {
				t.Fatalf("the error tells the password: %v", err)
			}
			return
		}
		if strings.Contains(target.address(), password) {
			t.Fatalf("the address tells the password: %s", target.address())
		}
	})
}
