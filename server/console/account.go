package console

import (
	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// accountView is the account's page: what it is, and what its plan allows.
type accountView struct {
	account keywright.Account
	plan    policy.Plan // the account's
	plans   []policy.Plan
	preview bool // the reader may see what another one would change
}

func (c *Console) account(v *visit) (answer, error) {
	account, err := c.svc.Account(v.Context(), v.by())
	if err != nil {
		return answer{}, err
	}
	plan, ok := c.svc.Policy().Plan(account.Plan)
	if !ok {
		plan = policy.Plan{Name: account.Plan, Label: account.Plan} // the policy has dropped it since
	}
	return show("Account", accountPage(accountView{account, plan, c.svc.Policy().Plans, v.self.Role.May(policy.ManageKeys)})).inOneColumn(), nil
}

// unlisted reports whether the policy no longer has the account's plan.
func (view accountView) unlisted() bool {
	for _, plan := range view.plans {
		if plan.Name == view.plan.Name {
			return false
		}
	}
	return true
}
