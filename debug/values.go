package debug

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Value is one value of a session, as far as it may be shown.
type Value struct {
	Type   string `json:"type"`             // JSON's: "string", "number", "boolean", "object", "array" or "null"
	Size   int    `json:"size"`             // of its JSON, in bytes
	Value  any    `json:"value,omitempty"`  // what it decodes to; absent when hidden
	Hidden string `json:"hidden,omitempty"` // why it is not shown
}

// maxShown is the largest value, in bytes of its JSON, that a report shows.
const maxShown = 4 << 10

func (h *handler) values(values session.Values) map[string]Value {
	shown := map[string]Value{}
	for key, raw := range values.All() {
		v := Value{Type: typeOf(json.RawMessage(raw)), Size: len(raw)}
		switch {
		case h.production:
			v.Hidden = "values are not shown in production"
		case strings.HasPrefix(key, "_"):
			v.Hidden = "the kit's own"
		case config.SoundsSecret(key):
			v.Hidden = "its name sounds like a secret"
		case len(raw) > maxShown:
			v.Hidden = fmt.Sprintf("larger than %d bytes", maxShown)
		default:
			v.Value, v.Hidden = h.decode(key, json.RawMessage(raw))
		}
		shown[key] = v
	}
	return shown
}

func typeOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// decode keeps numbers as they are written: an id of 19 digits is none any
// more as a float64.
func (h *handler) decode(key string, raw json.RawMessage) (value any, why string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return nil, "not readable as JSON"
	}
	return h.redacted(key, hideMembers(value))
}

// redacted gives the app's own functions the last word. What they return may
// be anything: it has to be encoded here, where a failure hides one value
// instead of the report.
func (h *handler) redacted(key string, value any) (result any, why string) {
	if len(h.redact) == 0 {
		return value, ""
	}
	const failed = "the app's redact function failed"
	defer func() {
		if recover() != nil {
			result, why = nil, failed
		}
	}()
	for _, redact := range h.redact {
		value = redact(key, value)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, failed
	}
	return json.RawMessage(text), ""
}

// hideMembers replaces, inside a value that was just decoded, what is called
// like a secret.
func hideMembers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if config.SoundsSecret(name) {
				value[name] = hidden
			} else {
				value[name] = hideMembers(member)
			}
		}
	case []any:
		for i, member := range value {
			value[i] = hideMembers(member)
		}
	}
	return value
}
