package gate

import (
	"fmt"
	"net/http"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// verifyBatch answers POST /v1/verify/batch: a verdict for each request, in their order, each as
// if it had been asked alone, but that what is stale is a verdict here. A request that can't be
// meant is the mistake of whoever put the batch together, and refuses all of it, before any
// of it counts for a rate.
func (g *Gate) verifyBatch(w http.ResponseWriter, r *http.Request) {
	var asked api.VerifyBatch
	if problem := readJSON(w, r, MaxBatchBody, &asked); problem != nil {
		g.problem(w, problem)
		return
	}
	o := g.offer.Load()
	questions, problem := o.questions(asked.Requests)
	if problem != nil {
		g.problem(w, problem)
		return
	}
	verdicts := make([]api.Verdict, len(questions))
	for i, q := range questions {
		var verdict keywright.Verdict
		if err := g.judge(r.Context(), q.credential, q.request, &verdict); err != nil {
			g.decline(w, g.undecided(r.Context(), err))
			return
		}
		verdicts[i] = o.told(&verdict)
	}
	g.answer(w, http.StatusOK, jsonType, api.VerdictBatch{Verdicts: verdicts})
}

// questions stops at the first request that is wrong: the one who made it made the others too.
func (o *offer) questions(asked []api.VerifyRequest) ([]question, *api.Problem) {
	switch {
	case asked == nil:
		return nil, invalid(api.FieldError{Pointer: "/requests", Detail: "is required"})
	case len(asked) > api.MaxBatch:
		return nil, invalid(api.FieldError{Pointer: "/requests", Detail: fmt.Sprintf("has more than %d entries", api.MaxBatch)})
	}
	questions := make([]question, len(asked))
	for i := range asked {
		q, wrong := o.question(&asked[i], fmt.Sprintf("/requests/%d", i))
		if wrong != nil {
			return nil, invalid(wrong...)
		}
		questions[i] = q
	}
	return questions, nil
}
