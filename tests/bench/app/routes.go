package app

import "strconv"

// library is how the app does things with a session library. S is what a
// handler has in its hand: the library's session, or the context that leads
// to it.
type library[S any] struct {
	get       func(s S, key string) (string, error)
	set       func(s S, key, value string) error
	number    func(s S) (int, error)
	increment func(s S) error
	login     func(s S, user string) error
	logout    func(s S) error
	user      func(s S) (string, error)
}

// route is a handler's work between finding the session and answering.
type route[S any] struct {
	path string
	ends effect
	work func(s S) (answer string, err error)
}

// effect tells handlers of libraries that save when told to what to do.
type effect int

const (
	leaves  effect = iota // the session as it was
	changes               // it: save
	removes               // it
)

func (l library[S]) routes() []route[S] {
	store := func(pairs []pair) func(s S) (string, error) {
		return func(s S) (string, error) {
			for _, p := range pairs {
				if err := l.set(s, p.key, p.value); err != nil {
					return "", err
				}
			}
			return "ok", nil
		}
	}
	member := func(pairs []pair) func(s S) (string, error) {
		fill := store(pairs)
		return func(s S) (string, error) {
			if err := l.login(s, nextUser()); err != nil {
				return "", err
			}
			return fill(s)
		}
	}
	return []route[S]{
		{"/read", leaves, func(s S) (string, error) { return l.get(s, Key) }},
		{"/write", changes, func(s S) (string, error) { return "ok", l.set(s, Key, nextValue()) }},
		{"/fill", changes, store(ten)},
		{"/small", changes, store(five)},
		{"/count", changes, func(s S) (string, error) { return "ok", l.increment(s) }},
		{"/number", leaves, func(s S) (string, error) {
			n, err := l.number(s)
			return strconv.Itoa(n), err
		}},
		{"/login", changes, func(s S) (string, error) { return "ok", l.login(s, User) }},
		{"/member", changes, member(ten)},
		{"/smallmember", changes, member(five)},
		{"/logout", removes, func(s S) (string, error) { return "ok", l.logout(s) }},
		{"/user", leaves, l.user},
		{"/slow", changes, func(s S) (string, error) {
			if _, err := l.user(s); err != nil { // whose work it is; gin-contrib loads the session only now
				return "", err
			}
			gate.wait()
			return "ok", l.set(s, "late", "yes")
		}},
	}
}
