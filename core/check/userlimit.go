package check

import "fmt"

func userLimitRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "session-limit-index",
			Severity: Error,
			Title:    "a limit of sessions per user that nobody enforces",
			Description: "`--session-max-per-user` ends a user's oldest sessions at a login, which takes a store that finds them. " +
				"This one does not, so users have as many as they like.",
			HowToSee: "`/debug/config` has the setting, `/debug/store` the kind of the store. The stores of the kit, memory, files and Redis, all find them.",
		},
		find: limitWithoutIndex,
	}}
}

func limitWithoutIndex(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("%s is %d, and the store (%s) cannot find the sessions of a user", setting(f, "session-max-per-user"), f.Config.MaxPerUser, storeName(f)),
		"have the store implement driver.UserIndex, which package storetest tries, or set it to 0",
		f.Config.MaxPerUser > 0 && f.Store.NoUsers
}
