package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
)

// PIDSpace names what the process ids of this process are counted in: on
// Linux this start of this machine and, in a container, that container. Two
// processes with the same PIDSpace can ask the system about each other; equal
// host names do not say as much. It is "" where that is not known, and no
// secret.
func PIDSpace() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(append(boot, namespace...))
	return hex.EncodeToString(sum[:8])
}
