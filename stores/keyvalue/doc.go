// Package keyvalue keeps whole values under keys in the store of the sessions, for
// middleware that wants a storage of its own: Fiber's csrf, limiter, cache and
// idempotency, so that all workers share what these keep.
//
//	app.Use(limiter.New(limiter.Config{Storage: keyvalue.New(sessions.Store(), "limiter")}))
//
// A [Storage] is a fiber.Storage of Fiber v2 and of v3, and knows neither.
package keyvalue
