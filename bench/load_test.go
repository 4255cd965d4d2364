package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// spell is how long wrk asks at a stretch.
const spell = time.Second

// cost has wrk ask a server without a pause over so many connections, and answers how much CPU
// time the server used for each request.
func (p process) cost(b *testing.B, q question, texts []byte, connections int) time.Duration {
	b.Helper()
	before := p.used(b)
	requests := wrk(b, p.address, q, texts, connections)
	return (p.used(b) - before) / time.Duration(requests)
}

// wrk answers how many requests it got answered.
func wrk(b *testing.B, address string, q question, texts []byte, connections int) int {
	b.Helper()
	read, write, err := os.Pipe()
	must(b, err)
	defer read.Close()
	command := exec.Command("wrk", "-t1", "-c", strconv.Itoa(connections), "-d", fmt.Sprint(spell), "-s", "load.lua", "http://"+address, "--", q.before, q.after)
	command.ExtraFiles = []*os.File{read}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	must(b, command.Start())
	go func() {
		_, _ = write.Write(texts)
		_ = write.Close()
	}()
	if err := command.Wait(); err != nil {
		b.Fatalf("wrk: %v\n%s", err, &out)
	}
	var requests, failed int
	_, counts, _ := bytes.Cut(out.Bytes(), []byte("counted "))
	if _, err := fmt.Sscan(string(counts), &requests, &failed); err != nil || requests == 0 || failed > 0 {
		b.Fatalf("wrk had %d of %d requests fail: %v\n%s", failed, requests, err, &out)
	}
	return requests
}
