package debug

import (
	"net/http"
	"strconv"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// RedisReport answers GET /debug/redis. The figures are absent where the
// server does not tell them; a managed Redis often refuses some.
type RedisReport struct {
	Status      string            `json:"status"` // "ok", "not_configured" or "error"
	Address     string            `json:"address,omitempty"`
	Version     string            `json:"version,omitempty"`
	Mode        string            `json:"mode,omitempty"`       // "standalone", "sentinel", "cluster"
	Role        string            `json:"role,omitempty"`       // "master", "slave"
	LatencyMS   float64           `json:"latency_ms,omitempty"` // of one round trip, in milliseconds
	Clients     *int64            `json:"clients,omitempty"`    // connected
	Memory      *RedisMemory      `json:"memory,omitempty"`
	Evictions   *int64            `json:"evictions,omitempty"` // keys that Redis dropped for want of memory since it started
	Expirations *int64            `json:"expirations,omitempty"`
	Policy      string            `json:"policy,omitempty"` // maxmemory-policy
	Persistence *RedisPersistence `json:"persistence,omitempty"`
	Sessions    *Count            `json:"sessions,omitempty"`
	Facts       map[string]string `json:"facts,omitempty"`     // all that the server said
	Unchecked   map[string]string `json:"unchecked,omitempty"` // what could not be looked up, and why
	AgeSeconds  float64           `json:"age_seconds"`         // see StoreReport
	Error       string            `json:"error,omitempty"`
	Help        string            `json:"help,omitempty"` // what to do about the status, unless it is "ok"
}

// RedisMemory is in bytes.
type RedisMemory struct {
	Used *int64 `json:"used,omitempty"`
	Max  *int64 `json:"max,omitempty"` // 0: no limit
}

// RedisPersistence says what survives a restart of the server.
type RedisPersistence struct {
	AOF  *bool   `json:"aof,omitempty"`  // the append-only file is on
	Save *string `json:"save,omitempty"` // when snapshots are taken; "" for never
}

func (h *handler) serveRedis(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	seen := h.look(ctx)
	report := h.redisReport(seen.facts, h.storeReport(ctx, seen))
	h.answer(w, r, statusFor(report.Status), "redis", report)
}

// redisReport is made of the store's own.
func (h *handler) redisReport(facts check.Facts, base StoreReport) RedisReport {
	if base.Kind != string(config.StoreRedis) {
		return h.withoutRedis(facts)
	}
	report := RedisReport{
		Status:     base.Status,
		Address:    base.Address,
		LatencyMS:  base.LatencyMS,
		Sessions:   base.Sessions,
		Facts:      base.Facts,
		Unchecked:  base.Unchecked,
		AgeSeconds: base.AgeSeconds,
		Error:      base.Error,
		Help:       base.Help,
	}
	report.lift(base.Facts)
	return report
}

// lift gives the facts that most questions are about a place of their own.
func (report *RedisReport) lift(facts map[string]string) {
	report.Version, report.Mode, report.Role = facts["version"], facts["mode"], facts["role"]
	report.Policy = facts["maxmemory_policy"]
	report.Clients = number(facts, "connected_clients")
	report.Evictions, report.Expirations = number(facts, "evicted_keys"), number(facts, "expired_keys")
	used, most := number(facts, "used_memory"), number(facts, "maxmemory")
	if used != nil || most != nil {
		report.Memory = &RedisMemory{used, most}
	}
	aof, save := truth(facts, "aof_enabled"), text(facts, "save")
	if aof != nil || save != nil {
		report.Persistence = &RedisPersistence{aof, save}
	}
}

func number(facts map[string]string, name string) *int64 {
	n, err := strconv.ParseInt(facts[name], 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func truth(facts map[string]string, name string) *bool {
	switch facts[name] {
	case "1", "yes", "true":
		return new(true)
	case "0", "no", "false":
		return new(false)
	}
	return nil
}

func text(facts map[string]string, name string) *string {
	value, ok := facts[name]
	if !ok {
		return nil
	}
	return &value
}

// withoutRedis tells sessions that belong elsewhere from those that had to go
// elsewhere: a worker that could not reach Redis when it started, and was
// allowed to go on, has parted from the others.
func (h *handler) withoutRedis(facts check.Facts) RedisReport {
	if fix := h.fixOf("store-fallback", facts); fix != "" {
		return RedisReport{
			Status: StatusError,
			Error:  "Redis could not be reached when this worker started, so it keeps its sessions in files: workers that did reach Redis do not know them",
			Help:   fix,
		}
	}
	help := "sessions are in a store of kind " + facts.Store.Kind
	if facts.Config.RedisURL.IsZero() {
		help += "; set " + facts.Config.Title("redis-url") + " to keep them in Redis"
	} else {
		help += ", although a Redis URL is set"
	}
	return RedisReport{Status: StatusNotConfigured, Help: help}
}
