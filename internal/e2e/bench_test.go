package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkServerCPU reports what one request costs the server in CPU time, over real
// connections, beside a bare net/http handler that decodes and writes the same bytes in the
// same run. Quote the ratio: the seconds are the machine's.
func BenchmarkServerCPU(b *testing.B) {
	for _, keys := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			k, texts := filled(b, keys)
			bare := bareServer(b)
			body := func() string { return `{"credential":"` + texts[rand.IntN(len(texts))] + `"}` }
			sample := ask(b, k.verify+"/v1/verify", body())
			setBare(b, bare, sample)
			floor := serverCPU(b, bare.pid, func(c *http.Client) error { return send(c, bare.url, "", body()) })
			b.ReportMetric(floor, "bare-µs/op")
			for name, call := range map[string]func(*http.Client) error{
				"verify":       func(c *http.Client) error { return send(c, k.verify+"/v1/verify", "", body()) },
				"forward-auth": func(c *http.Client) error { return send(c, k.verify+"/forward-auth", texts[rand.IntN(len(texts))], "") },
				"junk": func(c *http.Client) error {
					return send(c, k.verify+"/forward-auth", "kw_live_"+strings.Repeat("0", 48), "")
				},
			} {
				cost := serverCPU(b, k.command.Process.Pid, call)
				b.ReportMetric(cost, name+"-µs/op")
				b.ReportMetric(cost/floor, name+"/bare")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// filled is a keywright with so many active keys, and their texts.
func filled(b *testing.B, keys int) (*keywright, []string) {
	b.Helper()
	k := start(b, "--log-level", "info")
	k.run(b, password+"\n", "account", "create", "acme", "--name", "Acme", "--plan", "standard", "--owner", "owner@acme.example", "--password-stdin")
	known := &ledger{keys: map[string]*fate{}}
	client := k.operator()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range keys / 8 {
				issueOne(client, known)
			}
		})
	}
	wait.Wait()
	var texts []string
	for _, f := range known.keys {
		texts = append(texts, remember(b, f.text))
	}
	if len(texts) < keys*9/10 {
		b.Fatalf("made %d keys of %d", len(texts), keys)
	}
	return k, texts
}

const (
	loads       = 8      // connections
	perMeasured = 20_000 // requests
)

// serverCPU is the CPU time in microseconds that a process spends on one request.
func serverCPU(b *testing.B, pid int, call func(*http.Client) error) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loads}}
	defer client.CloseIdleConnections()
	load := func(n int) {
		var wait sync.WaitGroup
		for range loads {
			wait.Go(func() {
				for range n / loads {
					if err := call(client); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wait.Wait()
	}
	load(2000)
	before := cpuTime(b, pid)
	load(perMeasured)
	return float64((cpuTime(b, pid) - before).Microseconds()) / perMeasured
}

// cpuTime is what a process has used so far, in all threads (proc(5), fields 14 and 15).
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int
	for _, field := range fields[11:13] {
		n, _ := strconv.Atoi(field)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond // 100 ticks a second on Linux
}

func send(client *http.Client, url, key, body string) error {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func ask(b *testing.B, url, body string) []byte {
	b.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	return answer
}

// bare is the floor: this very program, started again as a bare net/http server.
type bare struct {
	url string
	pid int
}

const bareVariable = "KEYWRIGHT_TEST_BARE"

func bareServer(b *testing.B) bare {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	ctx, stop := context.WithCancel(b.Context())
	command := exec.CommandContext(ctx, os.Args[0])
	command.Env = append(os.Environ(), bareVariable+"="+address)
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stop()
		_ = command.Wait()
	})
	eventually(b, "the bare server listens", func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	})
	return bare{"http://" + address, command.Process.Pid}
}

// setBare tells the bare server what to answer.
func setBare(b *testing.B, s bare, answer []byte) {
	b.Helper()
	r, _ := http.NewRequestWithContext(b.Context(), http.MethodPut, s.url, bytes.NewReader(answer))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_ = response.Body.Close()
}

// serveBare is a handler that decodes a small JSON body and writes fixed bytes: what any
// net/http service does at least.
func serveBare(address string) error {
	var answer []byte
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if r.Method == http.MethodPut {
			answer = body
			return
		}
		var asked map[string]string
		if err != nil || json.Unmarshal(body, &asked) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
}
