package check_test

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// Facts may be made up: here those of an app that has no secret key.
func ExampleRun() {
	facts := check.Facts{
		Config: config.Config{Mode: config.Development},
		Store:  check.Store{Kind: "memory", Private: true},
	}
	for _, f := range check.Run(facts) {
		fmt.Println(f.Severity, f.ID, f.Docs)
	}
	// Output: warning secret-key-missing docs/checks.md#secret-key-missing
}

// Rules lists what is looked for, as docs/checks.md does.
func ExampleRules() {
	for _, rule := range check.Rules() {
		if rule.ID == "secret-key-missing" {
			fmt.Println(rule.Title+":", rule.Severity, "in production, else", rule.OutsideProduction)
		}
	}
	// Output: no secret key: error in production, else warning
}

// A store whose server answers and refuses says so with the server's own word.
func ExampleRefusal() {
	var err error = &check.Refusal{
		Code:   "READONLY",
		Advice: "let the URL name the primary",
		Err:    fmt.Errorf("READONLY You can't write against a read only replica"),
	}
	fmt.Println(err)
	// Output: READONLY You can't write against a read only replica
}
