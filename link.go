package keywright

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"
)

// How long one-time links live.
const (
	SetUpLife      = time.Hour          // the link of a first start
	InvitationLife = 7 * 24 * time.Hour // the link of an invited member
)

// LinkPurpose says what a one-time link is for.
type LinkPurpose string

// The purposes of links.
const (
	LinkSetUp      LinkPurpose = "set-up"     // make the first account and its owner
	LinkInvitation LinkPurpose = "invitation" // a member chooses a password
)

// Link is what is stored of a one-time link: a hash of its token, never the token.
type Link struct {
	Hash    []byte // SHA-256: the token is 256 random bits, too many to guess at any speed
	Purpose LinkPurpose
	Account AccountID // of an invitation
	Member  MemberID  // of an invitation
	Expires time.Time // the first instant at which it no longer works
	Spent   time.Time // zero: not used
}

// Token is the secret end of a one-time link. Like a Secret it does not print.
type Token struct{ text *string }

// Format prints [token] for every verb.
func (Token) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "[token]") }

// Reveal is the text that goes into the link; "" for the zero Token.
func (t Token) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

func (s *Service) newLink(ctx context.Context, tx Tx, l Link) (Token, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(s.options.Random, raw); err != nil {
		return Token{}, fmt.Errorf("draw a link: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	l.Hash = linkHash(text)
	return Token{&text}, tx.InsertLink(ctx, l)
}

func linkHash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// SetUpLink makes a new link for the first start and ends the older ones. While there is an
// account there is none: the zero Token.
func (s *Service) SetUpLink(ctx context.Context) (Token, error) {
	now := s.now()
	var token Token
	err := s.store.Write(ctx, func(tx Tx) error {
		any, err := tx.Accounts(ctx, Page{Limit: 1})
		if err != nil || len(any) > 0 {
			return err
		}
		if err := tx.EndLinks(ctx, LinkSetUp, "", now); err != nil {
			return err
		}
		token, err = s.newLink(ctx, tx, Link{Purpose: LinkSetUp, Expires: now.Add(SetUpLife)})
		return err
	})
	if err != nil {
		return Token{}, fmt.Errorf("make a set-up link: %w", err)
	}
	return token, nil
}

// SetUp makes the first account and its owner, by the link of a first start. The owner's
// password is required.
//
// Errors: ErrLinkSpent, and those of CreateAccount but *ForbiddenError.
func (s *Service) SetUp(ctx context.Context, token string, n NewAccount) (Account, Member, error) {
	if err := s.CheckSetUp(ctx, token); err != nil {
		return Account{}, Member{}, err
	}
	if n.Owner.Password == "" {
		_, wrong := s.newAccount(n, s.now())
		_, ownerWrong := s.newOwner(n.Owner, s.now())
		return Account{}, Member{}, errors.Join(wrong, ownerWrong, goodPassword(""))
	}
	account, owner, _, err := s.createAccount(ctx, Operator(""), n, func(tx Tx, now time.Time) error {
		any, err := tx.Accounts(ctx, Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(any) > 0 {
			return ErrLinkSpent
		}
		return tx.SpendLink(ctx, linkHash(token), now)
	})
	return account, owner, err
}

// CheckSetUp answers whether a set-up link still works.
//
// Errors: ErrLinkSpent.
func (s *Service) CheckSetUp(ctx context.Context, token string) error {
	any, err := s.store.Accounts(ctx, Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(any) > 0 {
		return ErrLinkSpent
	}
	_, err = s.openLink(ctx, token, LinkSetUp)
	return err
}

// Invitation finds whom an invitation's link is for, and whether his address already signs
// in with a password of its own.
//
// Errors: ErrLinkSpent.
func (s *Service) Invitation(ctx context.Context, token string) (Member, Account, bool, error) {
	link, err := s.openLink(ctx, token, LinkInvitation)
	if err != nil {
		return Member{}, Account{}, false, err
	}
	m, err := s.store.Member(ctx, link.Account, link.Member)
	if errors.Is(err, ErrNotFound) || err == nil && m.State != MemberInvited {
		return Member{}, Account{}, false, ErrLinkSpent
	}
	if err != nil {
		return Member{}, Account{}, false, err
	}
	account, err := s.store.Account(ctx, link.Account)
	if err != nil {
		return Member{}, Account{}, false, err
	}
	hash, err := s.store.PasswordHash(ctx, m.Email)
	return m, account, hash != "", err
}

// Join makes an invited member active with the password he chose, or, when his address
// already has one, with that.
//
// Errors: ErrLinkSpent, *InvalidError (password), *ConflictError (password).
func (s *Service) Join(ctx context.Context, token, password string) (Member, error) {
	m, _, _, err := s.Invitation(ctx, token)
	if err != nil {
		return Member{}, err
	}
	if err := goodPassword(password); err != nil {
		return Member{}, err
	}
	choice, err := s.choose(ctx, m.Email, password)
	if err != nil {
		return Member{}, fmt.Errorf("join: %w", err)
	}
	now := s.now()
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := tx.SpendLink(ctx, linkHash(token), now); err != nil {
			return err
		}
		if err := choice.keep(ctx, tx, m.Email, now); err != nil {
			return err
		}
		if err := tx.SetMemberState(ctx, m.Account, m.ID, MemberActive); err != nil {
			return err
		}
		actor := Actor{Kind: PrincipalMember, ID: string(m.ID), Name: m.Name}
		return s.record(ctx, tx, now, m.Account, actor, MemberJoined, m.subject(), nil)
	})
	if err != nil {
		return Member{}, fmt.Errorf("join: %w", err)
	}
	m.State = MemberActive
	return m, nil
}

// openLink finds a link that still works for purpose.
func (s *Service) openLink(ctx context.Context, token string, purpose LinkPurpose) (Link, error) {
	link, err := s.store.Link(ctx, linkHash(token))
	if errors.Is(err, ErrNotFound) {
		return Link{}, ErrLinkSpent
	}
	if err != nil {
		return Link{}, err
	}
	if link.Purpose != purpose || !link.Spent.IsZero() || !s.now().Before(link.Expires) {
		return Link{}, ErrLinkSpent
	}
	return link, nil
}
