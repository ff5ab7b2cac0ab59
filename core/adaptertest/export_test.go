package adaptertest

import "time"

// SetPatience shortens what a case waits, for apps that never do what it
// waits for.
func SetPatience(d time.Duration) { patience = d }
