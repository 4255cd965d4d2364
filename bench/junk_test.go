package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// The rates are fixed, below what two cores can do with the client beside the server: what is
// compared is the wait behind junk, not behind the machine.
const (
	goodEach                      = 2 * time.Millisecond // one good key in so long
	junkEach                      = goodEach / timesJunk // and so much more junk
	measured                      = 3 * time.Second      // one stretch
	timesJunk, stretches, callers = 10, 5, 8
)

// BenchmarkJunk reports the time at which 99 % of the good keys are answered: alone, and while ten
// times as many texts that are no keys are asked about.
func BenchmarkJunk(b *testing.B) {
	folder := b.TempDir()
	texts := fill(b, folder, 10_000)
	k := keywright(b, folder)
	junk := append(unknown(b, 5000), malformed(b, 5000)...)
	var alone, beside []time.Duration
	for range stretches {
		alone = append(alone, percentile(k.paced(b, texts, goodEach)))
		var flood sync.WaitGroup
		flood.Go(func() { k.paced(b, junk, junkEach) })
		beside = append(beside, percentile(k.paced(b, texts, goodEach)))
		flood.Wait()
	}
	fmt.Printf("p99 of good keys, %d/s: alone %v, beside %d/s of junk %v, ratio %.2f\n", time.Second/goodEach, median(alone),
		time.Second/junkEach, median(beside), float64(median(beside))/float64(median(alone)))
	b.ReportMetric(float64(median(beside))/float64(median(alone)), "p99-ratio")
}

// paced asks at a fixed rate, from several connections in turn, and answers how long each took
// from the moment at which it was due.
func (p process) paced(b *testing.B, texts []byte, each time.Duration) []time.Duration {
	var calls sync.WaitGroup
	took := make([][]time.Duration, callers)
	start := time.Now()
	for c := range callers {
		calls.Go(func() {
			connection, err := net.Dial("tcp", p.address)
			if err != nil {
				b.Error(err)
				return
			}
			defer connection.Close()
			answers := bufio.NewReader(connection)
			for i := c; ; i += callers {
				due := start.Add(time.Duration(i) * each)
				if due.Sub(start) > measured {
					return
				}
				time.Sleep(time.Until(due))
				at := i * width % len(texts)
				if err := askOver(connection, answers, texts[at:at+width-1]); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(due))
			}
		})
	}
	calls.Wait()
	return slices.Concat(took...)
}

func askOver(connection net.Conn, answers *bufio.Reader, text []byte) error {
	if _, err := fmt.Fprintf(connection, "%s%s%s", verify.before, text, verify.after); err != nil {
		return err
	}
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}

func percentile(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*99/100]
}
