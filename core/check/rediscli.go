package check

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

const askpass = " --askpass"

// redisCLI begins a command that reaches the store's Redis. It asks for the
// password and never has it, for commands end up in logs and histories.
func redisCLI(f Facts) string {
	cli := "redis-cli"
	encrypted, password := redisFact(f, "tls"), redisFact(f, "password")
	if u, err := url.Parse(f.Config.RedisURL.Reveal()); err == nil && encrypted+password == "" { // the server has told nothing yet
		if strings.HasPrefix(u.Scheme, "rediss") {
			encrypted = "yes"
		}
		if _, set := u.User.Password(); set {
			password = "yes"
		}
	}
	if encrypted == "yes" {
		cli += " --tls"
	}
	if password == "yes" {
		cli += askpass
	}
	address := f.Store.Address
	if nodes, ok := strings.CutSuffix(address, " (cluster)"); ok {
		node, _, _ := strings.Cut(nodes, ",")
		return cli + " --cluster call " + pasteable(node, "HOST:PORT")
	}
	if slash := strings.LastIndex(address, "/"); slash >= 0 { // the number of the database
		address = address[:slash]
	}
	if strings.HasPrefix(address, "/") {
		return cli + " -s " + pasteable(address, "SOCKET")
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil { // a Sentinel tells where it is
		host, port = "HOST", "PORT"
	}
	return fmt.Sprintf("%s -h %s -p %s", cli, pasteable(host, "HOST"), pasteable(port, "PORT"))
}

// pasteable is text as a word for a shell, else what to put there.
func pasteable(text, placeholder string) string {
	strange := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._:/-%[]", r))
	}
	if text == "" || text[0] == '-' || strings.ContainsFunc(text, strange) {
		return placeholder
	}
	return text
}

// setConfig is commands that set each of "NAME VALUE", now and for the next
// start of the server.
func setConfig(f Facts, settings ...string) string {
	cli := redisCLI(f)
	var commands []string
	for _, s := range settings {
		commands = append(commands, cli+" CONFIG SET "+s)
	}
	commands = append(commands, cli+" CONFIG REWRITE")
	return "run: " + strings.Join(commands, " && ") + " (which a Redis without redis.conf refuses: give it --" + strings.Join(settings, " --") + " at its next start)"
}

// moreMemory doubles the limit, or what is used already where that is more.
func moreMemory(f Facts) string {
	size := moreBytes(f)
	if size == "" {
		return fmt.Sprintf("run: %s INFO memory, and give it twice its used_memory: %s; or %s",
			redisCLI(f), strings.TrimPrefix(setConfig(f, "maxmemory BYTES"), "run: "), shorterLives(f))
	}
	return setConfig(f, "maxmemory "+size) + "; or " + shorterLives(f)
}

func moreBytes(f Facts) string {
	n := 2 * max(redisNumber(f, "maxmemory"), redisNumber(f, "used_memory"))
	if n <= 0 {
		return ""
	}
	return fmt.Sprint(n)
}
