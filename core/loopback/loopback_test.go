package loopback_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/loopback"
)

func TestElsewhere(t *testing.T) {
	t.Parallel()
	const here = "127.0.0.1:40000"
	for _, tc := range []struct {
		peer, host string
		headers    []string
		sign       string // a part of it
	}{
		{here, "localhost", nil, ""},
		{here, "LOCALHOST:8080", []string{"Accept", "X-Request-Id", "Traceparent", "Upgrade-Insecure-Requests", "Sec-Ch-Ua", "Dnt", "X-Csrf-Token", "X-Requested-With"}, ""},
		{"[::1]:1", "[::1]:8080", nil, ""},
		{"[::ffff:127.0.0.1]:1", "127.8.9.10", nil, ""},
		{"192.0.2.1:1", "localhost", nil, "peer"},
		{"127.0.0.1", "localhost", nil, "peer"},
		{"@", "localhost", nil, "peer"},
		{"", "localhost", nil, "peer"},
		{here, "", nil, "Host"},
		{here, "app.example", nil, "Host"},
		{here, "localhost.evil.example", nil, "Host"},
		{here, "127.0.0.1.evil.example:80", nil, "Host"},
		{here, "0.0.0.0:8080", nil, "Host"},
		{here, "localhost", []string{"Accept", "l5d-dst-canonical"}, "l5d-dst-canonical"},
		{here, "localhost", []string{"X_Forwarded_For"}, "X_Forwarded_For"},
		{here, "localhost", []string{"Forwarded"}, "Forwarded"},
		{here, "localhost", []string{"X-Cloud-Trace-Context"}, "X-Cloud-Trace-Context"},
		{here, "localhost", []string{"Ngrok-Auth-User-Email"}, "Ngrok"},
		{here, "localhost", []string{"X-Forwarded-" + strings.Repeat("x", 5000)}, "X-Forwarded-xxx"},
	} {
		sign := loopback.Elsewhere(tc.peer, tc.host, slices.Values(tc.headers))
		if (sign == "") != (tc.sign == "") || !strings.Contains(sign, tc.sign) || len(sign) > 150 {
			t.Errorf("%s, %s, %q: %q", tc.peer, tc.host, tc.headers, sign)
		}
	}
}
