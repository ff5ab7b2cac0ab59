// Package memstore is the memory store of scs, for apps that name it. In package
// scs it is where sessions from before are read from, which are none after a
// restart.
package memstore

import (
	"sync"
	"time"
)

// MemStore keeps sessions in this process. It is safe for concurrent use.
type MemStore struct {
	mu    sync.Mutex
	items map[string]item
	stop  chan struct{}
}

type item struct {
	data   []byte
	expiry time.Time
}

// New returns a store that removes what has ended once a minute.
func New() *MemStore { return NewWithCleanupInterval(time.Minute) }

// NewWithCleanupInterval is New with another interval; 0 removes nothing.
func NewWithCleanupInterval(interval time.Duration) *MemStore {
	m := &MemStore{items: map[string]item{}, stop: make(chan struct{})}
	if interval > 0 {
		go m.clean(interval)
	}
	return m
}

func (m *MemStore) clean(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.mu.Lock()
			for token, it := range m.items {
				if time.Now().After(it.expiry) {
					delete(m.items, token)
				}
			}
			m.mu.Unlock()
		case <-m.stop:
			return
		}
	}
}

// StopCleanup ends the goroutine that removes what has ended. It may be called
// twice.
func (m *MemStore) StopCleanup() {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.stop:
	default:
		close(m.stop)
	}
}

// Find returns a session, and false for one that is not there or has ended.
func (m *MemStore) Find(token string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, ok := m.items[token]
	if !ok || time.Now().After(it.expiry) {
		return nil, false, nil
	}
	return it.data, true, nil
}

// Commit stores a session until expiry.
func (m *MemStore) Commit(token string, b []byte, expiry time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[token] = item{b, expiry}
	return nil
}

// Delete removes a session.
func (m *MemStore) Delete(token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, token)
	return nil
}

// All returns the live sessions by their tokens.
func (m *MemStore) All() (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]byte{}
	for token, it := range m.items {
		if time.Now().Before(it.expiry) {
			all[token] = it.data
		}
	}
	return all, nil
}
