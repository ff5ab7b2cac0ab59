package storetest

import "time"

// SetPatience makes cases give up sooner, for stores that are known to fail.
func SetPatience(d time.Duration) { patience = d }
