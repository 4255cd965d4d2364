package bench

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

const rounds = 9

// row is one line of the table: what is asked, and what it cost in each round.
type row struct {
	name        string
	question    question
	texts       []byte
	connections int
	server      process
	floor       process

	cost, least []time.Duration
}

func BenchmarkServerCPU(b *testing.B) {
	for _, keys := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			folder := b.TempDir()
			texts := fill(b, folder, keys)
			k := keywright(b, folder)
			rows := []*row{}
			add := func(name string, q question, texts []byte, status int, part string, connections ...int) {
				answer := q.ask(b, k.address, texts)
				answer.expect(b, status, part)
				floor := bare(b, answer)
				for _, n := range connections {
					rows = append(rows, &row{name: name, question: q, texts: texts, connections: n, server: k, floor: floor})
				}
			}
			add("verify, good", verify, texts, 200, `"valid":true`, 8, 1)
			add("forward-auth, good", forwardAuth, texts, 200, "", 8, 1)
			junk, broken := unknown(b, 10_000), malformed(b, 10_000)
			add("verify, unknown", verify, junk, 200, `"unknown"`, 8)
			add("verify, malformed", verify, broken, 200, `"malformed"`, 8)
			add("forward-auth, unknown", forwardAuth, junk, 401, "", 8)
			add("forward-auth, malformed", forwardAuth, broken, 401, "", 8)
			still := nginx(b)
			rows = append(rows, &row{name: "nginx return 200", question: forwardAuth, texts: texts, connections: 8, server: still, floor: rows[2].floor})
			k.cost(b, verify, texts, 8)
			for range rounds {
				for _, r := range rows {
					r.least = append(r.least, r.floor.cost(b, r.question, r.texts, r.connections))
					r.cost = append(r.cost, r.server.cost(b, r.question, r.texts, r.connections))
				}
			}
			fmt.Println()
			w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
			fmt.Fprintln(w, "keys\tasked\tconnections\tbare handler\tours\tratio\tfrom, to\t")
			for _, r := range rows {
				ratios := r.ratios()
				fmt.Fprintf(w, "%d\t%s\t%d\t%v\t%v\t%.2f\t%.2f, %.2f\t\n", keys, r.name, r.connections,
					median(r.least), median(r.cost), median(ratios), slices.Min(ratios), slices.Max(ratios))
				b.ReportMetric(median(ratios), strings.NewReplacer(" ", "-", ",", "").Replace(r.name)+fmt.Sprint("-", r.connections))
			}
			w.Flush()
		})
	}
}

// ratios are what each round says: the two of a round ran next to each other, and the machine may
// be busier in another one.
func (r *row) ratios() []float64 {
	ratios := make([]float64, len(r.cost))
	for i := range r.cost {
		ratios[i] = float64(r.cost[i]) / float64(r.least[i])
	}
	return ratios
}

func median[T cmp.Ordered](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
