package check

import (
	"fmt"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
)

func secretRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:                "secret-command-line",
			Severity:          Warning,
			OutsideProduction: Info,
			Title:             "a secret on the command line",
			Description: "A key, a token or a Redis URL with a password was given by a flag. Every user of the machine sees the flags of all processes in the process list, " +
				"and they end up in shell histories, unit files and crash reports. Give it in the environment or in a file.",
			HowToSee: "`ps -eo args` shows it to every user.",
		},
		find: secretCommandLine,
	}, {
		Rule: Rule{
			ID:       "secret-file-open",
			Severity: Warning,
			Title:    "other users may read a file with secrets",
			Description: "The configuration file has a secret in it, or a secret is in a file of its own, and the mode of the file lets every user of the machine read or change it. " +
				"Left out is what Docker and Kubernetes mount into a container (below `/run/secrets`, and volumes with a `..data` link): its mode is theirs to choose, and nobody else is in there.",
			HowToSee: "`ls -l FILE` shows the mode, which should be `-rw-------`, or `-rw-r-----` for a file of another user.",
		},
		find: secretFileOpen,
	}}
}

func secretCommandLine(f Facts) (message, fix string, found bool) {
	var flags, instead []string
	for _, s := range f.Config.Secrets() {
		if s.Source == "flag" {
			variable := variableOf(f.Config, s.Flag)
			flags = append(flags, "--"+s.Flag)
			instead = append(instead, fmt.Sprintf("--%s by %s or, with the name of a file that holds it, %s_FILE", s.Flag, variable, variable))
		}
	}
	return fmt.Sprintf("%s on the command line, where every user of this machine can read it", strings.Join(flags, ", ")),
		"give " + strings.Join(instead, "; ") + "; then make new ones, for the old ones may have been seen", len(flags) > 0
}

// variableOf is the environment variable in the title of a setting.
func variableOf(c config.Config, flag string) string {
	_, variable, _ := strings.Cut(c.Title(flag), "(")
	return strings.TrimSuffix(variable, ")")
}

func secretFileOpen(f Facts) (message, fix string, found bool) {
	var quoted []string
	for _, file := range f.OpenFiles {
		quoted = append(quoted, shellWord(file))
	}
	return fmt.Sprintf("every user of this machine may read or change %s, with secrets in it", strings.Join(f.OpenFiles, " and ")),
		fmt.Sprintf("run: chmod 600 %s (640 where the file belongs to another user than this program's); then make new secrets, for the old ones may have been read",
			strings.Join(quoted, " ")), len(f.OpenFiles) > 0
}

// shellWord quotes a path for a shell where it needs that.
func shellWord(path string) string {
	if pasteable(path, "") == path {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
