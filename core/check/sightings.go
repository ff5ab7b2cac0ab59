package check

import (
	"fmt"
	"time"
)

// Recent are how often requests have shown something of late. They are
// forgotten an hour after the last one, so that what was mended, or tried once
// by a stranger, is not reported for ever.
type Recent struct {
	Count uint64        // since an hour went by without any
	Ago   time.Duration // how long ago the last one was
}

// WarnAfter is how many sightings are a warning where anybody can send what
// shows it. Fewer are an Info.
const WarnAfter = 3

// of says how often and when, for a sentence about requests.
func (s Recent) of() string {
	ago := "less than a minute ago"
	if s.Ago >= time.Minute {
		ago = fmt.Sprintf("%.0f min ago", s.Ago.Truncate(time.Minute).Minutes())
	}
	if s.Count == 1 {
		return "1 request (" + ago + ")"
	}
	return fmt.Sprintf("%d requests (the last one %s)", s.Count, ago)
}
