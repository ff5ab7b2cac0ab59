package driver

// CountedError is an error of a store that says whether a timeout in it says
// something of its own. One whose Counted returns true does not: the call was
// not sent but waited for its turn, or waited along with others for one answer
// that does not come, and one of them counts. The manager gives a store up for a
// while that has not answered several times in a row.
type CountedError interface {
	error

	// Counted reports whether a timeout in the error is counted elsewhere, or is none
	// of the store's.
	Counted() bool
}
