package gorilla

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gosessionkit/sessionkit/core/untyped"
)

// otherKey begins the name of a key that is no string. The rest is the key as
// [session.KeepTypes] has it.
const otherKey = "\x00"

// textOf is the name under which the value of a key is kept.
func textOf(key any) (string, error) {
	if text, ok := key.(string); ok && !strings.HasPrefix(text, otherKey) {
		return text, nil
	}
	raw, err := untyped.KeepTypes.Marshal(key)
	if err != nil {
		return "", fmt.Errorf("gorilla: a key of the type %T cannot be stored: %w", key, err)
	}
	return otherKey + string(raw), nil
}

func keyOf(text string) (key any, err error) {
	raw, other := strings.CutPrefix(text, otherKey)
	if !other {
		return text, nil
	}
	err = untyped.KeepTypes.Unmarshal(json.RawMessage(raw), &key)
	return key, err
}
