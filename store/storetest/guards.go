package storetest

import "github.com/keywright/keywright"

// guardCases hold what no statement may do, ours or one that slipped in.
func guardCases() []testCase {
	return []testCase{
		{"F6, F12: what a key was issued with, its seal and its revocation can't be changed", func(s *test) {
			a := s.account("acme")
			b := s.account("other")
			s.member(a, "1", "zoe@acme.example")
			k, gone := s.key(a, "1"), s.key(a, "2")
			s.wantError("revoke", s.revoke(a, gone.ID, 5, "leaked"), nil)
			s.append(newEvent(a, "1"))
			s.token("1")
			s.wantError("revoke a token", s.revokeToken("tok_1", 5, "leaked"), nil)
			s.token("2")
			before := s.state(a, k, gone)
			for _, statement := range []string{
				"UPDATE seals SET mac = (SELECT mac FROM seals WHERE key_id = 'key_2') WHERE key_id = 'key_1'",
				"UPDATE seals SET key_id = 'key_2' WHERE key_id = 'key_1'",
				"UPDATE seals SET pepper = 2",
				"UPDATE seals SET created_at = 0",
				"UPDATE keys SET id = 'key_3' WHERE id = 'key_1'",
				"UPDATE keys SET account_id = 'acct_other'",
				"UPDATE keys SET kind = 'personal'",
				"UPDATE keys SET description = 'x'",
				"UPDATE keys SET description = description",
				"UPDATE keys SET brand = 'x'",
				"UPDATE keys SET env = 'test'",
				"UPDATE keys SET last_four = 'xxxx'",
				"UPDATE keys SET once = 'x' WHERE id = 'key_1'",
				"UPDATE keys SET created_at = 0",
				"UPDATE keys SET created_by_kind = 'x'",
				"UPDATE keys SET created_by_id = 'x'",
				"UPDATE keys SET created_by_name = 'x'",
				"UPDATE keys SET revoked_at = NULL",
				"UPDATE keys SET revoked_at = 9 WHERE id = 'key_2'",
				"UPDATE keys SET why_revoked = '' WHERE id = 'key_2'",
				"UPDATE keys SET revoked_by_name = '' WHERE id = 'key_2'",
				"DELETE FROM keys",
				"UPDATE keys SET member_id = 'mem_2'",
				"UPDATE keys SET service = 'x'",
				"UPDATE keys SET last_four = 'xxxx', version = 'v2'",
				"DELETE FROM seals",
				"DELETE FROM accounts WHERE id = 'acct_other'",
				"DELETE FROM members",
				"UPDATE accounts SET active_keys = -1",
				"UPDATE events SET at = 0",
				"UPDATE events SET sequence = 2",
				"DELETE FROM events",
				"UPDATE clock SET revision = 0",
				"UPDATE clock SET sequence = 0",
				"DELETE FROM clock",
				"UPDATE changes SET entity_id = 'key_2'",
				"UPDATE changes SET revision = revision + 1",
				"DELETE FROM changes",
				"DELETE FROM changes WHERE revision = 1",
				"UPDATE clock SET horizon = -1",
				"UPDATE clock SET horizon = revision + 1",
				"UPDATE operator_tokens SET id = 'tok_3' WHERE id = 'tok_2'",
				"UPDATE operator_tokens SET use = 'operate'",
				"UPDATE operator_tokens SET description = 'x'",
				"UPDATE operator_tokens SET brand = 'x'",
				"UPDATE operator_tokens SET last_four = 'xxxx'",
				"UPDATE operator_tokens SET mac = zeroblob(32)",
				"UPDATE operator_tokens SET pepper = 2",
				"UPDATE operator_tokens SET created_at = 0",
				"UPDATE operator_tokens SET created_by_kind = 'x'",
				"UPDATE operator_tokens SET created_by_id = 'x'",
				"UPDATE operator_tokens SET created_by_name = 'x'",
				"UPDATE operator_tokens SET expires_at = NULL",
				"UPDATE operator_tokens SET revoked_at = NULL",
				"UPDATE operator_tokens SET revoked_at = 9 WHERE id = 'tok_1'",
				"UPDATE operator_tokens SET why_revoked = '' WHERE id = 'tok_1'",
				"DELETE FROM operator_tokens",
				"INSERT INTO clock (id, revision, sequence) VALUES (2, 0, 0)",
				"INSERT INTO seals (key_id, mac, pepper, created_at) SELECT 'key_1', NULL, 1, 0",
				"INSERT INTO seals (key_id, mac, pepper, created_at) SELECT 'key_none', mac, 1, 0 FROM seals WHERE key_id = 'key_1'",
			} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err == nil {
					s.Errorf("it ran: %s", statement)
				}
			}
			want(s, "everything", before)(s.state(a, k, gone), nil)
			want(s, "the other account", b)(s.Store.Account(s.ctx, b.ID))
		}},
		{"what may change can be changed beside it", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			s.token("1")
			for _, statement := range []string{
				"UPDATE keys SET last_used_at = 5, disabled_at = 6, expires_at = 7, not_before = 8",
				"UPDATE keys SET revoked_at = 9, why_revoked = 'x'",
				"UPDATE operator_tokens SET last_used_at = 5",
				"UPDATE operator_tokens SET revoked_at = 9, why_revoked = 'x'",
				"UPDATE accounts SET state = 'suspended'",
			} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err != nil {
					s.Errorf("%s: %v", statement, err)
				}
			}
			got, err := s.Store.Key(s.ctx, a.ID, k.ID)
			want(s, "F12: the rest of the key", k.Description)(got.Description, err)
		}},
		{"a check value can't be replaced", func(s *test) {
			s.wantError("save", s.Store.SaveKeyringChecks(s.ctx, map[int][]byte{1: []byte("one")}), nil)
			if _, err := s.Beside.ExecContext(s.ctx, "UPDATE keyring_checks SET version = 2"); err == nil {
				s.Error("an update ran")
			}
			s.wantConflict("save again", s.Store.SaveKeyringChecks(s.ctx, map[int][]byte{1: []byte("two")}), "id")
			want(s, "the checks", map[int][]byte{1: []byte("one")})(s.Store.KeyringChecks(s.ctx))
		}},
	}
}

// state is all that is known of an account with two keys.
type state struct {
	account  keywright.Account
	one, two keywright.Sealed
	events   []keywright.Event
	tokens   []keywright.OperatorToken
	clock    [2]int64
}

func (s *test) state(a keywright.Account, one, two keywright.Key) state {
	s.Helper()
	var all state
	var err [4]error
	all.account, err[0] = s.Store.Account(s.ctx, a.ID)
	all.one, err[1] = s.Store.Sealed(s.ctx, one.ID)
	all.two, err[2] = s.Store.Sealed(s.ctx, two.ID)
	all.tokens, err[3] = s.Store.OperatorTokens(s.ctx, keywright.Page{Limit: 10})
	for _, err := range err {
		if err != nil {
			s.Fatal(err)
		}
	}
	all.events = s.events(a)
	all.clock = [2]int64{s.number("SELECT revision FROM clock"), s.number("SELECT sequence FROM clock")}
	return all
}
