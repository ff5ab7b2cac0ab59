package config

// StoreChoice is the kind of store that the configuration leads to, and why in a
// few words. Left to itself (StoreAuto) it is memory in test mode, Redis where
// there is a Redis URL, and files otherwise.
func (c Config) StoreChoice() (kind StoreKind, why string) {
	switch setting := c.Setting("session-store"); {
	case c.Store != StoreAuto:
		return c.Store, map[string]string{
			"flag":    "--session-store names it",
			"env":     setting.Env + " names it",
			"file":    "the configuration file names it",
			"code":    "config.Config.Store names it",
			"default": "the app names it where no setting does",
		}[setting.Source]
	case c.Mode == Test:
		return StoreMemory, "no store is named, and this is test mode"
	case !c.RedisURL.IsZero():
		return StoreRedis, "no store is named, and there is a Redis URL"
	}
	return StoreFile, "no store is named, and there is no Redis URL"
}
