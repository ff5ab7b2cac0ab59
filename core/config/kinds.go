package config

// Mode is what the process is run for.
type Mode string

// The modes. Production turns doubtful settings into errors, Test keeps
// sessions in memory.
const (
	Development Mode = "development"
	Production  Mode = "production"
	Test        Mode = "test"
)

// StoreKind names a store.
type StoreKind string

// The kinds of store. StoreAuto is memory in Test mode, Redis when there is a
// RedisURL, and files otherwise.
const (
	StoreAuto   StoreKind = "auto"
	StoreRedis  StoreKind = "redis"
	StoreFile   StoreKind = "file"
	StoreMemory StoreKind = "memory"
)

// Secure says when the cookie has the Secure attribute.
type Secure string

// The values of Secure. SecureAuto sets the attribute in Production mode, on
// requests that came over TLS, and where browsers demand it.
const (
	SecureAuto   Secure = "auto"
	SecureAlways Secure = "true"
	SecureNever  Secure = "false"
)

// SameSite is the cookie's SameSite attribute.
type SameSite string

// The values of SameSite.
const (
	SameSiteLax    SameSite = "lax"
	SameSiteStrict SameSite = "strict"
	SameSiteNone   SameSite = "none"
)

// OutagePolicy says what becomes of a request that asks for its session while
// the store cannot be reached.
type OutagePolicy string

// OutageRefuse answers with an error, a 503. OutageAnonymous goes on with an
// empty session in which nobody is logged in and which takes no changes.
const (
	OutageRefuse    OutagePolicy = "refuse"
	OutageAnonymous OutagePolicy = "anonymous"
)
