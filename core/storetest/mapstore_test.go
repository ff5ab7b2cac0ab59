package storetest_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

// The store of the example keeps the contract.
func TestMapStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) driver.Store { return newMapStore() })
}
