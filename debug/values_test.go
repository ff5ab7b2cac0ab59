package debug_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// put stores JSON values in a fresh session and returns its cookie.
func (a *app) put(values map[string]string) string {
	a.t.Helper()
	query := url.Values{}
	for key, raw := range values {
		query.Set(key, raw)
	}
	return a.visit("/set?"+query.Encode(), "")
}

func (a *app) values(cookie string) map[string]debug.Value {
	a.t.Helper()
	return get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie), withToken()).Session.Values
}

func TestValuesInDevelopment(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	cookie := a.put(map[string]string{
		"name": `"Ada"`, "n": `9007199254740993`, "on": `true`, "nothing": `null`, "list": `[1,"x",{"Password":"p1"}]`,
		"cart": `{"tea":2,"api_key":"k1","deep":{"authToken":["t1"]}}`, "long": `"` + strings.Repeat("x", 5000) + `"`,
		"csrf": `"c1"`, "CSRF_value": `"c2"`, "accessToken": `"c3"`, "secretPlan": `"c4"`, "password": `"c5"`, "old_passwd": `"c6"`,
		"monkey": `"c7"`, "AUTH": `"c8"`, "cookies": `"c9"`, "credentials": `"c10"`,
	})
	shown := a.values(cookie)
	want := map[string]string{
		"name":    `{"type":"string","size":5,"value":"Ada"}`,
		"n":       `{"type":"number","size":16,"value":9007199254740993}`,
		"on":      `{"type":"boolean","size":4,"value":true}`,
		"nothing": `{"type":"null","size":4}`,
		"list":    `{"type":"array","size":25,"value":[1,"x",{"Password":"[hidden]"}]}`,
		"cart":    `{"type":"object","size":52,"value":{"api_key":"[hidden]","deep":{"authToken":"[hidden]"},"tea":2}}`,
		"long":    `{"type":"string","size":5002,"hidden":"larger than 4096 bytes"}`,
	}
	body := a.do("GET", "/debug/session", withCookie(cookie)).Body.String()
	for key, text := range want {
		var compact strings.Builder
		raw := memberOf(t, body, "session", "values", key)
		enc := json.NewEncoder(&compact)
		enc.Encode(raw)
		if got := strings.TrimSpace(compact.String()); got != text {
			t.Errorf("%s: %s, want %s", key, got, text)
		}
		delete(shown, key)
	}
	for key, v := range shown {
		if v.Value != nil || !strings.Contains(v.Hidden, "secret") || v.Type != "string" || v.Size < 4 {
			t.Errorf("%s: %+v", key, v)
		}
	}
	if len(shown) != 10 {
		t.Errorf("hidden: %v", maps.Keys(shown))
	}
}

// memberOf returns what is at a path in a JSON text, as it is written there.
func memberOf(t *testing.T, text string, path ...string) json.RawMessage {
	t.Helper()
	raw := json.RawMessage(text)
	for _, name := range path {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			t.Fatal(err)
		}
		raw = object[name]
	}
	return raw
}

// The kit's own values are under keys that begin with "_".
func TestOwnValuesHidden(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	cookie := a.flash("")
	for _, path := range reports {
		if body := a.do("GET", path, withCookie(cookie)).Body.String(); strings.Contains(body, "between us") {
			t.Errorf("%s: %s", path, body)
		}
	}
}

func TestValuesInProduction(t *testing.T) {
	t.Parallel()
	redact := func(string, any) any { t.Error("redact was called"); return nil }
	a := newApp(t, config.Config{Mode: config.Production, DebugToken: config.NewSecret(testToken)}, memstore.New(0), debug.WithRedact(redact))
	cookie := a.put(map[string]string{"name": `"Ada Lovelace"`, "cart": `{"oolong":2}`})
	values := a.values(cookie)
	for key, want := range map[string]debug.Value{"name": {Type: "string", Size: 14}, "cart": {Type: "object", Size: 12}} {
		v := values[key]
		if v.Type != want.Type || v.Size != want.Size || v.Value != nil || !strings.Contains(v.Hidden, "production") {
			t.Errorf("%s: %+v", key, v)
		}
	}
	for _, path := range reports {
		for _, accept := range []change{asBrowser(), header("Accept", "application/json")} {
			if body := a.do("GET", path, withCookie(cookie), withToken(), accept).Body.String(); strings.Contains(body, "Lovelace") || strings.Contains(body, "oolong") {
				t.Errorf("%s shows a value: %s", path, body)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	first := func(key string, value any) any {
		switch key {
		case "email":
			return value.(string)[:1] + "..."
		case "number":
			return value.(json.Number).String() + "!"
		case "panics":
			panic("no")
		case "odd":
			return func() {}
		case "token":
			t.Error("saw what is hidden anyway")
		}
		return value
	}
	second := func(key string, value any) any {
		if key == "email" {
			return []any{value}
		}
		return value
	}
	a := newApp(t, config.Config{}, memstore.New(0), debug.WithRedact(first), debug.WithRedact(second))
	cookie := a.put(map[string]string{"email": `"ada@example.com"`, "number": `7`, "panics": `"p"`, "odd": `"o"`, "token": `"t"`, "plain": `"x"`})
	body := a.do("GET", "/debug/session", withCookie(cookie)).Body.String()
	for key, want := range map[string]string{"email": `["a..."]`, "number": `"7!"`, "plain": `"x"`, "panics": ``, "odd": ``} {
		var compact strings.Builder
		if raw := memberOf(t, body, "session", "values", key, "value"); raw != nil {
			json.NewEncoder(&compact).Encode(raw)
		}
		if got := strings.TrimSpace(compact.String()); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	if v := a.values(cookie)["panics"]; !strings.Contains(v.Hidden, "redact") {
		t.Errorf("%+v", v)
	}
}
