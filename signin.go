package keywright

import (
	"context"
	"fmt"
)

// SignIn answers the active memberships of whoever knows the password of an address, oldest
// first. An unknown address, one without a password and a wrong password all answer
// ErrWrongPassword after the same work. The caller throttles.
func (s *Service) SignIn(ctx context.Context, email, password string) ([]Member, error) {
	hash := ""
	normal, err := normalEmail(email)
	if err == nil {
		if hash, err = s.store.PasswordHash(ctx, normal); err != nil {
			return nil, fmt.Errorf("sign in: %w", err)
		}
	}
	if len(password) > maxPassword {
		password, hash = "", ""
	}
	ok, err := s.passwords.Match(ctx, password, hash)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	if !ok {
		return nil, ErrWrongPassword
	}
	members, err := s.store.Memberships(ctx, normal)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	if len(members) == 0 {
		return nil, ErrWrongPassword
	}
	return members, nil
}
