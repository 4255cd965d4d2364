package rest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// operation is one of the document's, and who may use it.
type operation struct {
	method, path, body string
	may                string // the roles that may; "operator": only he
	status             int    // what whoever may gets: ids are of things that are not there
}

const (
	absentKey    = "/v1/keys/key_000000000000"
	absentMember = "/v1/members/mem_00000000000000000000"
	absentToken  = "/v1/operator/tokens/tok_000000000000"

	absentRequest = "/v1/requests/req_00000000000000000000"
	absentSupport = "/v1/support/sup_00000000000000000000"
)

func operations() map[string]operation {
	const members = "owner admin user limited_user, nobody else"
	const all, readers, admins, operator = "owner admin user limited_user", "owner admin user", "owner admin", "operator"
	return map[string]operation{
		"issueKey":        {"POST", "/v1/keys", `{"description":"a holder"}`, admins, 201},
		"listKeys":        {"GET", "/v1/keys", "", admins, 200},
		"getKey":          {"GET", absentKey, "", admins, 404},
		"getKeyHistory":   {"GET", absentKey + "/history", "", admins, 404},
		"revokeKey":       {"POST", absentKey + "/revoke", "", admins, 404},
		"deleteKey":       {"DELETE", absentKey, "", admins, 404},
		"changeKey":       {"PATCH", absentKey, `{"api_version":"v2"}`, admins, 404},
		"disableKey":      {"POST", absentKey + "/disable", "", admins, 404},
		"enableKey":       {"POST", absentKey + "/enable", "", admins, 404},
		"rotateKey":       {"POST", absentKey + "/rotate", "", admins, 404},
		"endGrace":        {"POST", absentKey + "/end-grace", "", admins, 404},
		"revokeKeys":      {"POST", "/v1/keys/revoke", `{"filter":{},"dry_run":true}`, admins, 200},
		"getAccount":      {"GET", "/v1/account", "", admins, 200},
		"getSelf":         {"GET", "/v1/self", "", all, 200},
		"listMembers":     {"GET", "/v1/members", "", readers, 200},
		"getMember":       {"GET", absentMember, "", readers, 404},
		"addMember":       {"POST", "/v1/members", `{"email":"NEW@example.com","role":"user"}`, admins, 201},
		"changeMember":    {"PATCH", absentMember, `{"role":"user"}`, admins, 404},
		"deleteMember":    {"DELETE", absentMember, "", admins, 404},
		"removeMember":    {"POST", absentMember + "/remove", "", admins, 404},
		"renewInvitation": {"POST", absentMember + "/invitation", "", admins, 404},
		"changeAccount":   {"PATCH", "/v1/account", `{"plan":"standard"}`, operator, 200},
		"createAccount":   {"POST", "/v1/accounts", `{"slug":"NEW","name":"New","plan":"basic","owner":{"email":"NEW@example.com"}}`, operator, 201},
		"listAccounts":    {"GET", "/v1/accounts", "", operator, 200},
		"listEvents":      {"GET", "/v1/audit", "", admins, 200},
		"getPolicy":       {"GET", "/v1/policy", "", operator, 200},
		"checkPolicy":     {"POST", "/v1/policy/check", `{"text":"product: {}"}`, operator, 422},

		"deactivateMember":  {"POST", absentMember + "/deactivate", "", admins, 404},
		"activateMember":    {"POST", absentMember + "/activate", "", admins, 404},
		"previewLeave":      {"GET", absentMember + "/leave", "", admins, 404},
		"previewRole":       {"GET", absentMember + "/role?role=user", "", admins, 404},
		"previewPlan":       {"GET", "/v1/account/plan?plan=lite", "", admins, 200},
		"transferOwnership": {"POST", absentMember + "/owner", "", admins, 404},

		"issueOperatorToken":  {"POST", "/v1/operator/tokens", `{"description":"a gateway","use":"verify"}`, operator, 201},
		"listOperatorTokens":  {"GET", "/v1/operator/tokens", "", operator, 200},
		"getOperatorToken":    {"GET", absentToken, "", operator, 404},
		"revokeOperatorToken": {"POST", absentToken + "/revoke", "", operator, 404},

		"requestKey":      {"POST", "/v1/requests", `{"description":"a holder","scopes":["incidents:read"]}`, members, 201},
		"listRequests":    {"GET", "/v1/requests?state=open", "", all, 200},
		"getRequest":      {"GET", absentRequest, "", all, 404},
		"approveRequest":  {"POST", absentRequest + "/approve", "", admins, 404},
		"declineRequest":  {"POST", absentRequest + "/decline", `{"reason":"not now"}`, admins, 404},
		"withdrawRequest": {"POST", absentRequest + "/withdraw", "", all, 404},
		"collectRequest":  {"POST", absentRequest + "/collect", "", all, 404},

		"askSupport":       {"POST", "/v1/support", `{"subject":"An invoice","text":"Where?"}`, members, 201},
		"listSupport":      {"GET", "/v1/support", "", operator, 200},
		"getSupport":       {"GET", absentSupport, "", operator, 404},
		"answerSupport":    {"POST", absentSupport + "/answer", `{"text":"So."}`, operator, 404},
		"publishSupport":   {"POST", absentSupport + "/publish", "", operator, 404},
		"unpublishSupport": {"POST", absentSupport + "/unpublish", "", operator, 404},
		// Whoever holds a key may do these with it, and nobody else: TestAKeyRotatesAndRevokesItself and
		// the tests after it.
		"rotateSelf":     {"POST", "/v1/self/rotate", "", "", 200},
		"revokeSelf":     {"POST", "/v1/self/revoke", "", "", 200},
		"revokeFoundKey": {"POST", "/v1/revoke", "", "", 200},

		"listNodes": {"GET", "/v1/operator/nodes", "", operator, 200},
	}
}

func TestTheTableHasEveryOperationOfTheDocument(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, item := range document.Paths.Map() {
		for _, op := range item.Operations() {
			documented = append(documented, op.OperationID)
		}
	}
	slices.Sort(documented)
	if table := slices.Sorted(maps.Keys(operations())); !slices.Equal(table, documented) {
		t.Errorf("the table has %v, the document %v", table, documented)
	}
}

func TestF1OnlyAnOwnerOrAdminReachesTheKeys(t *testing.T) {
	w := newWorld(t)
	n := 0
	for name, op := range operations() {
		if op.may == "" {
			continue
		}
		for _, role := range []string{"owner", "admin", "user", "limited_user", "a key", "the operator"} {
			ways := map[string]func(w *world, body string) *reply{
				"signed in to the console": func(w *world, body string) *reply {
					return w.do(w.public, op.method, op.path, body, "Test-Signed-In: "+role)
				},
				"in whose place the operator acts": func(w *world, body string) *reply {
					return w.do(w.operator, op.method, op.path, body, "Keywright-Account: acme", "Keywright-Act-As: "+role+"@example.com")
				},
				"in whose place the operator acts by a token": func(w *world, body string) *reply {
					return w.withToken(op.method, op.path, body, "Keywright-Act-As: "+role+"@example.com")
				},
			}
			may := slices.Contains(strings.FieldsFunc(op.may, func(r rune) bool { return r == ' ' || r == ',' }), role)
			outsider := strings.HasSuffix(op.may, ", nobody else") && (role == "a key" || role == "the operator")
			switch role {
			case "a key": // F16
				ways = map[string]func(*world, string) *reply{"by a header": func(w *world, body string) *reply { return w.withKey(op.method, op.path, body) }}
				may = op.may != "operator"
			case "the operator":
				ways = map[string]func(*world, string) *reply{
					"over the socket": func(w *world, body string) *reply { return w.asOperator(op.method, op.path, body) },
					"by a token":      func(w *world, body string) *reply { return w.withToken(op.method, op.path, body) },
				}
				may = true
			}
			for way, ask := range ways {
				t.Run(name+" by "+role+" "+way, func(t *testing.T) {
					w := w.in(t)
					n++
					got := ask(w, strings.ReplaceAll(op.body, "NEW", fmt.Sprintf("new%d", n)))
					if outsider {
						got.problem(http.StatusForbidden, api.CodeMembersOnly)
						return
					}
					if may {
						if got.status != op.status {
							t.Errorf("got %d, want %d: %s", got.status, op.status, got.body)
						}
						return
					}
					detail := got.problem(http.StatusForbidden, api.CodeForbidden).Detail
					want := "Only an owner or admin may " // F17: who may, why, and what to do instead
					switch {
					case op.may == "operator":
						want = "Only the operator"
					case strings.Contains(op.may, "user"):
						want = "Only an owner or admin or user may "
					}
					if !strings.HasPrefix(detail, want) || op.may != "operator" && !strings.Contains(detail, "ask one of them") {
						t.Errorf("the refusal says %q, want %q and what to do instead", detail, want)
					}
				})
			}
		}
	}
}

func TestF2WithoutAPIAccessTheAnswerIs402(t *testing.T) {
	w := newWorld(t)
	w.plan("lite")
	for name, op := range operations() {
		if name == "getSelf" || op.may == "" {
			continue
		}
		for way, got := range map[string]*reply{
			"by a key":                          w.withKey(op.method, op.path, op.body),
			"signed in to the console":          w.do(w.public, op.method, op.path, op.body, "Test-Signed-In: owner"),
			"in whose place the operator acts":  w.do(w.operator, op.method, op.path, op.body, "Keywright-Account: acme", "Keywright-Act-As: owner@example.com"),
			"in whose place he acts by a token": w.withToken(op.method, op.path, op.body, "Keywright-Act-As: owner@example.com"),
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				got.t = t
				p := got.problem(http.StatusPaymentRequired, api.CodeNotEntitled)
				if !strings.Contains(p.Detail, "The Lite plan has no API access; it begins with the Basic plan.") {
					t.Errorf("got %q", p.Detail)
				}
			})
		}
	}
	t.Run("even the operator issues no key", func(t *testing.T) {
		w := w.in(t)
		w.asOperator("POST", "/v1/keys", `{"description":"too early"}`).problem(http.StatusPaymentRequired, api.CodeNotEntitled)
	})
	t.Run("who one is, one may ask on any plan", func(t *testing.T) {
		w := w.in(t)
		for way, got := range map[string]*reply{
			"key":    w.withKey("GET", "/v1/self", ""),
			"member": w.do(w.public, "GET", "/v1/self", "", "Test-Signed-In: owner"),
		} {
			var self api.Self
			got.into(http.StatusOK, &self)
			if self.Kind != way || self.Account.Plan != "lite" || len(self.Rights) != 0 {
				t.Errorf("%s: got %s", way, got.body)
			}
		}
	})
	t.Run("but not in a way that the key's version does not take", func(t *testing.T) {
		w := w.in(t)
		w.plan("standard")
		_, text, err := w.svc.Issue(t.Context(), keywright.Operator(w.acme.ID), keywright.NewKey{Description: "second", Version: "v2"})
		if err != nil {
			t.Fatal(err)
		}
		w.plan("lite")
		w.do(w.public, "GET", "/v1/self", "", "Authorization: Basic "+basic(text.Reveal())).problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	})
	t.Run("after an upgrade the same key works again", func(t *testing.T) {
		w := w.in(t)
		w.asOperator("PATCH", "/v1/account", `{"plan":"basic"}`).into(http.StatusOK, &api.Account{})
		w.withKey("GET", "/v1/keys", "").into(http.StatusOK, &api.KeyPage{})
	})
}
