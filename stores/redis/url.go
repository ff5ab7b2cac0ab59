package redis

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// kind is what a URL leads to.
type kind int

const (
	single kind = iota
	sentinel
	cluster
)

// schemes are what a URL may begin with. The hyphen is how some other tools
// write the plus.
var schemes = map[string]struct {
	kind kind
	base string // the scheme that go-redis knows it by
	port string // default
}{
	"redis":           {single, "redis", "6379"},
	"rediss":          {single, "rediss", "6379"},
	"unix":            {single, "unix", ""},
	"redis+sentinel":  {sentinel, "redis", "26379"},
	"redis-sentinel":  {sentinel, "redis", "26379"},
	"rediss+sentinel": {sentinel, "rediss", "26379"},
	"rediss-sentinel": {sentinel, "rediss", "26379"},
	"redis+cluster":   {cluster, "redis", "6379"},
	"redis-cluster":   {cluster, "redis", "6379"},
	"rediss+cluster":  {cluster, "rediss", "6379"},
	"rediss-cluster":  {cluster, "rediss", "6379"},
}

// Errors about URLs never quote them: they may hold a password, and in a URL
// with a mistake any part of it may be it.
var (
	errBare   = errors.New("Redis URL: it is an address without a scheme: write redis:// before it, as in redis://localhost:6379/0")
	errList   = errors.New("Redis URL: it is a list of addresses without a scheme: write redis+sentinel://host:port,host:port/mymaster, or redis+cluster://host:port,host:port")
	errPlain  = errors.New("Redis URL: it is the path of a socket without a scheme: write unix:// before it, as in unix:///run/redis.sock")
	errScheme = errors.New("Redis URL: its scheme is none of those that are known: it must begin with redis://, rediss://, unix://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://")
	errSyntax = errors.New("Redis URL: not of the form redis://user:password@host:port/database; characters such as / ? # @ : % in a password must be percent-encoded")
	errHosts  = errors.New("Redis URL: several addresses need redis+sentinel:// or redis+cluster://")
	errMaster = errors.New("Redis URL: redis+sentinel:// needs the name of the primary: redis+sentinel://host:port/mymaster")
	errOneDB  = errors.New("Redis URL: a Cluster has only database 0")
	errRead   = errors.New("Redis URL: reading from replicas is not possible, a session is read where it was written")
	errPath   = errors.New("Redis URL: what follows the address is the number of the database and nothing else: redis://host:port/0")
	errSocket = errors.New("Redis URL: unix:// needs the path of the socket: unix:///run/redis.sock?db=0")
	errOption = errors.New("Redis URL: an option after the ? is unknown, or unknown for this kind of URL; & and ? in a password must be percent-encoded")
	errUser   = errors.New("Redis URL: it names a user and no password, and would be used without the name: write redis://user:password@host, or redis://:password@host if that is the password; a user without one takes any")
	errAddr   = errors.New("Redis URL: an address is not of the form host:port")
)

// clientErrors are what go-redis finds wrong, by how it begins to say it.
var clientErrors = []struct {
	prefix string
	err    error
}{
	{"redis: invalid database number", errPath},
	{"redis: invalid URL path", errPath},
	{"redis: empty unix socket path", errSocket},
	{"redis: unexpected option", errOption},
	{"redis: unable to parse addr", errAddr},
}

// badOption is how go-redis complains of an option's value. The name is one of
// its own.
var badOption = regexp.MustCompile(`^redis: invalid (\w+) (number|duration|boolean): `)

// optionForms are what the values of options look like.
var optionForms = map[string]string{
	"number":   "a number: 10",
	"duration": "a duration: 500ms, 5s",
	"boolean":  "true or false",
}

// unquoted says what err does without the text of the URL that go-redis
// quotes. The package's own errors quote none.
func unquoted(err error) error {
	if err == nil || strings.HasPrefix(err.Error(), "Redis URL: ") {
		return err
	}
	for _, known := range clientErrors {
		if strings.HasPrefix(err.Error(), known.prefix) {
			return known.err
		}
	}
	if found := badOption.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("Redis URL: the value of the option %s is not %s", found[1], optionForms[found[2]])
	}
	return errSyntax
}

// target is what a URL says, with exactly one of its fields set.
type target struct {
	single   *goredis.Options
	sentinel *goredis.FailoverOptions
	cluster  *goredis.ClusterOptions
}

// database is the number of the one that the URL names.
func (t target) database() int {
	switch {
	case t.single != nil:
		return t.single.DB
	case t.sentinel != nil:
		return t.sentinel.DB
	}
	return 0
}

// parseURL reads a URL; defaults are query parameters that hold where the URL
// has none.
func parseURL(raw string, defaults map[string]string) (t target, err error) {
	name, rest, ok := strings.Cut(raw, "://")
	scheme, known := schemes[strings.ToLower(name)]
	switch {
	case !ok:
		return t, noScheme(raw)
	case !known:
		return t, errScheme
	}
	u, hosts, err := splitHosts(scheme.base, rest)
	if err != nil {
		return t, err
	}
	if err := checkUser(u.User); err != nil {
		return t, err
	}
	query := u.Query()
	for _, option := range []string{"read_only", "replica_only", "route_by_latency", "route_randomly"} {
		if query.Has(option) {
			return t, errRead
		}
	}
	for option, value := range defaults {
		if !query.Has(option) {
			query.Set(option, value)
		}
	}
	if scheme.kind == single {
		if len(hosts) > 1 {
			return t, errHosts
		}
	} else if u.Host, err = addHosts(query, hosts, scheme.port); err != nil {
		return t, err
	}
	u.RawQuery = query.Encode()
	switch scheme.kind {
	case single:
		t.single, err = goredis.ParseURL(u.String())
	case sentinel:
		t.sentinel, err = parseSentinel(u, query)
	case cluster:
		t.cluster, err = parseCluster(u, query)
	}
	var quoting *url.Error // it has the whole URL in its text
	if errors.As(err, &quoting) {
		return t, errSyntax
	}
	if err == nil && t.database() < 0 {
		return t, errPath
	}
	return t, unquoted(err)
}

// noScheme says how to write what has no scheme, by what it looks like.
func noScheme(raw string) error {
	switch {
	case strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//"):
		return errPlain
	case strings.Contains(raw, ","):
		return errList
	}
	return errBare
}

// splitHosts parses all of a URL but the list of hosts, of which the URL that
// it returns has the first.
func splitHosts(scheme, rest string) (*url.URL, []string, error) {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@') + 1
	hosts := strings.Split(rest[at:end], ",")
	u, err := url.Parse(scheme + "://" + rest[:at] + hosts[0] + rest[end:])
	if err != nil || strings.ContainsRune(u.Path+u.RawQuery+u.Fragment, '@') && (scheme != "unix" || mayHidePassword(u)) {
		return nil, nil, errSyntax
	}
	return u, hosts, nil
}

// checkUser refuses a user without a password: the client does not log in
// then, and so the server takes it for the default user.
func checkUser(user *url.Userinfo) error {
	if password, _ := user.Password(); user.Username() != "" && user.Username() != "default" && password == "" {
		return errUser
	}
	return nil
}

// mayHidePassword tells a socket such as /run/user@1000/redis.sock from a user
// or a password with an unescaped slash.
func mayHidePassword(u *url.URL) bool {
	before := u.Path[:strings.LastIndexByte(u.Path, '@')+1]
	return u.Host != "" || strings.Contains(before, ":") || strings.Contains(u.RawQuery+u.Fragment, "@")
}

// addHosts puts all hosts but the first into the query, where go-redis looks
// for them, and returns the first.
func addHosts(query url.Values, hosts []string, defaultPort string) (first string, err error) {
	for i, host := range hosts {
		h := &url.URL{Host: host}
		if h.Hostname() == "" {
			return "", errSyntax
		}
		if h.Port() == "" {
			host = net.JoinHostPort(h.Hostname(), defaultPort)
		}
		if i == 0 {
			first = host
		} else {
			query.Add("addr", host)
		}
	}
	return first, nil
}

// parseCluster adds skip_verify to what go-redis reads, which it knows for
// the other kinds only.
func parseCluster(u *url.URL, query url.Values) (*goredis.ClusterOptions, error) {
	if db := strings.Trim(u.Path, "/"); db != "" && db != "0" {
		return nil, errOneDB
	}
	skip := query.Get("skip_verify")
	query.Del("skip_verify")
	u.RawQuery = query.Encode()
	o, err := goredis.ParseClusterURL(u.String())
	if err == nil && o.TLSConfig != nil {
		o.TLSConfig.InsecureSkipVerify = skip == "true" || skip == "1"
	}
	return o, err
}

// parseSentinel reads redis+sentinel://user:password@hosts/mymaster/database.
// Unlike in go-redis the user is that of the server, as it is in all other
// URLs and tools; the Sentinels' own is in sentinel_username and
// sentinel_password. As in go-redis the primary's name may be in master_name.
func parseSentinel(u *url.URL, query url.Values) (*goredis.FailoverOptions, error) {
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if !query.Has("master_name") {
		query.Set("master_name", path[0])
		path = path[1:]
	}
	if query.Get("master_name") == "" {
		return nil, errMaster
	}
	username, password := query.Get("sentinel_username"), query.Get("sentinel_password")
	query.Del("sentinel_username")
	query.Del("sentinel_password")
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/" + strings.Join(path, "/"), RawQuery: query.Encode()}
	o, err := goredis.ParseFailoverURL(plain.String())
	if err != nil {
		return nil, err
	}
	o.SentinelUsername, o.SentinelPassword = username, password
	if u.User != nil {
		o.Username = u.User.Username()
		o.Password, _ = u.User.Password()
	}
	return o, nil
}
