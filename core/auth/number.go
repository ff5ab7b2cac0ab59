package auth

import (
	"context"
	"fmt"
	"strconv"
)

// Number is what users of an app may be numbered by: an integer type of the app.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// LoginID is [Login] for apps whose users have numbers. The zero number is nobody's:
// the error is ErrInvalidUser.
func LoginID[N Number](ctx context.Context, id N, options ...LoginOption) error {
	if id == 0 {
		return fmt.Errorf("%w: 0 is nobody's number", ErrInvalidUser)
	}
	return Login(ctx, text(id), options...)
}

// UserID is [User] for those: 0 for nobody. The error is ErrInvalidUser when who is
// logged in has no number, or one that N cannot hold.
func UserID[N Number](ctx context.Context) (N, error) {
	user, err := User(ctx)
	if user == "" || err != nil {
		return 0, err
	}
	return number[N](user)
}

// RequireID is [Require] for those.
func RequireID[N Number](ctx context.Context) (N, error) {
	user, err := Require(ctx)
	if err != nil {
		return 0, err
	}
	return number[N](user)
}

func number[N Number](user string) (id N, err error) {
	if signed, err := strconv.ParseInt(user, 10, 64); err == nil {
		id = N(signed)
	} else if unsigned, err := strconv.ParseUint(user, 10, 64); err == nil {
		id = N(unsigned)
	}
	if id == 0 || text(id) != user {
		return 0, fmt.Errorf("%w: who is logged in has no number of type %T", ErrInvalidUser, id)
	}
	return id, nil
}

// text is the number in digits, whatever String method its type has.
func text[N Number](id N) string {
	if id < 0 {
		return strconv.FormatInt(int64(id), 10)
	}
	return strconv.FormatUint(uint64(id), 10)
}
