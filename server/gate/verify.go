package gate

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// maxBody bounds a VerifyRequest, in bytes: a key has 66 at most, a header 16 KiB.
const maxBody = 64 << 10

// verify answers POST /v1/verify. A refused key is an answer like a good one: 200.
func (g *Gate) verify(w http.ResponseWriter, r *http.Request) {
	asked, problem := decode(w, r)
	if problem != nil {
		g.problem(w, problem)
		return
	}
	c := credential{text: asked.Credential}
	if asked.Authorization != "" {
		c.text, c.way, c.err = policy.Presented([]string{asked.Authorization}, nil)
	}
	version := asked.APIVersion
	if version == "" {
		version = g.policy.Requested(asked.Accept)
	}
	verdict, err := g.judge(r.Context(), c, version)
	if err != nil {
		g.refuse(w, g.undecided(r.Context(), err))
		return
	}
	g.answer(w, http.StatusOK, "application/json", g.told(verdict))
}

// told is a verdict as it is told to the protected API. Of the key it tells only when the end
// client proved that it holds it.
func (g *Gate) told(v keywright.Verdict) api.Verdict {
	t := api.Verdict{Valid: v.Valid, Code: api.CodeValid}
	if !v.Valid {
		t.Code, t.Detail = api.Code(v.Reason), g.explain(v).detail
	}
	if !proved(v) {
		return t
	}
	k := v.Key
	t.Key = &api.VerdictKey{
		ID: string(k.ID), Kind: string(k.Kind), Description: k.Description, Environment: string(k.Env),
		LastFour: k.LastFour, APIVersion: k.Version, CreatedAt: k.Created,
	}
	if !k.Revoked.IsZero() {
		t.Key.RevokedAt = &k.Revoked
	}
	t.Account = &api.VerdictAccount{ID: string(v.Account.ID), Slug: v.Account.Slug, Plan: v.Account.Plan}
	t.APIVersion = v.Version.Name
	return t
}

// decode reads the body strictly: what two readers could understand differently is refused.
func decode(w http.ResponseWriter, r *http.Request) (api.VerifyRequest, *api.Problem) {
	var asked api.VerifyRequest
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return asked, api.NewProblem(http.StatusMethodNotAllowed, api.CodeMethodNotAllowed, "Method not allowed", "Use POST.")
	}
	if !isJSON(r.Header) {
		return asked, api.NewProblem(http.StatusUnsupportedMediaType, api.CodeMediaType, "Unsupported media type",
			"Send the body as Content-Type: application/json, in UTF-8, without a Content-Encoding.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return asked, api.NewProblem(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "Body too large", "A request body can have 64 KiB at most.")
	}
	if err != nil {
		return asked, invalidJSON("", "was cut off")
	}
	if err := api.Unmarshal(body, &asked); err != nil {
		syntax := &api.SyntaxError{}
		errors.As(err, &syntax)
		return asked, invalidJSON(syntax.Pointer, syntax.Why)
	}
	if asked.Credential != "" && asked.Authorization != "" {
		p := api.NewProblem(http.StatusUnprocessableEntity, api.CodeInvalid, "Invalid request", "Send the key's text or the header that it came in, not both.")
		p.Errors = []api.FieldError{{Pointer: "/credential", Detail: "is given beside /authorization; give one of them"}}
		return asked, p
	}
	return asked, nil
}

// isJSON wants exactly one Content-Type, application/json, and nothing that would have to be
// unpacked: a small body may unpack to a very large one.
func isJSON(h http.Header) bool {
	if len(h["Content-Type"]) != 1 || len(h["Content-Encoding"]) != 0 {
		return false
	}
	given := h["Content-Type"][0]
	if given == "application/json" {
		return true
	}
	media, parameters, err := mime.ParseMediaType(given)
	charset, named := parameters["charset"]
	return err == nil && media == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

func invalidJSON(pointer, why string) *api.Problem {
	p := api.NewProblem(http.StatusBadRequest, api.CodeInvalidJSON, "Invalid JSON", "Send one JSON object as the reference describes it; unknown and repeated members are refused.")
	p.Errors = []api.FieldError{{Pointer: pointer, Detail: why}}
	return p
}
