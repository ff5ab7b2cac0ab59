//go:build !unix

package file

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) error { return nil }
