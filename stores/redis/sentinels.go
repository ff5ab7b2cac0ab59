package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"
)

// askSentinels returns when one of the Sentinels has named the primary, or why
// none did. The client asks them too, and writes what fails to a log of its
// own.
func (t target) askSentinels(ctx context.Context) error {
	o := t.sentinel
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan error, len(o.SentinelAddrs))
	for _, addr := range o.SentinelAddrs {
		// Here and not in the goroutine, which may outlive the question: the client
		// to come changes o.
		client := goredis.NewSentinelClient(&goredis.Options{
			Addr:     addr,
			Dialer:   o.Dialer,
			Username: o.SentinelUsername,
			Password: o.SentinelPassword,

			DialTimeout:           o.DialTimeout,
			ReadTimeout:           o.ReadTimeout,
			WriteTimeout:          o.WriteTimeout,
			MaxRetries:            o.MaxRetries,
			DialerRetries:         1,
			ContextTimeoutEnabled: true,
			DisableIdentity:       o.DisableIdentity,

			MaintNotificationsConfig: noNotifications(),
		})
		name := o.MasterName
		go func() {
			defer client.Close()
			answers <- client.GetMasterAddrByName(ctx, name).Err()
		}()
	}
	var worst error
	for range o.SentinelAddrs {
		err := <-answers
		if err == nil {
			return nil
		}
		if worst == nil || answerOf(err) != nil || errors.Is(err, goredis.Nil) { // who answered knows more
			worst = err
		}
	}
	return worst
}
