//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package prefork

import "net"

const canShare = false

// listenShared: this system has no SO_REUSEPORT.
func listenShared(string) (net.Listener, error) { return nil, errCannotShare }
