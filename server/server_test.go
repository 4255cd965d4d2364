package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve runs one endpoint until the test ends and answers its URL and its log.
func serve(t *testing.T, e Endpoint) (string, *bytes.Buffer) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.Name, e.Listener = "test", listener
	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- Run(ctx, slog.New(slog.NewTextHandler(&log, nil)), e) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("a clean stop answered %v", err)
		}
	})
	return "http://" + listener.Addr().String(), &log
}

func get(t *testing.T, r *http.Request) (int, http.Header, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(body)
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAPanicIsAProblemWithoutItsCause(t *testing.T) {
	url, log := serve(t, Endpoint{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary-4711") })})
	status, header, body := get(t, request(t, "GET", url+"/x", nil))
	if status != 500 || !strings.Contains(body, `"code":"internal"`) || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %s %s", status, header.Get("Content-Type"), body)
	}
	if strings.Contains(body+log.String(), "canary-4711") {
		t.Error("the cause of the panic was shown")
	}
	if status, _, _ := get(t, request(t, "GET", url+"/x", nil)); status != 500 {
		t.Error("the process did not go on serving")
	}
}

func TestLimits(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var tooLarge *http.MaxBytesError
		if _, err := io.Copy(io.Discard, r.Body); errors.As(err, &tooLarge) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	url, _ := serve(t, Endpoint{Handler: echo})
	t.Run("a body of 64 KiB passes", func(t *testing.T) {
		if status, _, _ := get(t, request(t, "POST", url, strings.NewReader(strings.Repeat("x", MaxBody)))); status != 200 {
			t.Errorf("got %d, want 200", status)
		}
	})
	t.Run("a body of 1 MiB is refused unread", func(t *testing.T) {
		if status, _, body := get(t, request(t, "POST", url, strings.NewReader(strings.Repeat("x", 1<<20)))); status != 413 || !strings.Contains(body, "too_large") {
			t.Errorf("got %d %s, want 413", status, body)
		}
	})
	t.Run("a body of unsaid length is cut off", func(t *testing.T) {
		if status, _, _ := get(t, request(t, "POST", url, io.LimitReader(zeros{}, MaxBody+1))); status != 413 {
			t.Errorf("got %d, want 413", status)
		}
	})
	t.Run("a header of 1 MiB is refused", func(t *testing.T) {
		r := request(t, "GET", url, nil)
		r.Header.Set("X-Long", strings.Repeat("x", 1<<20))
		response, err := http.DefaultClient.Do(r)
		if err != nil { // net/http may close before all was sent
			return
		}
		defer response.Body.Close()
		if response.StatusCode != 431 {
			t.Errorf("got %d, want 431", response.StatusCode)
		}
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestTheLogNamesRoutesNotPaths(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /invitation/{token}", func(http.ResponseWriter, *http.Request) {})
	url, log := serve(t, Endpoint{Handler: mux})
	for _, path := range []string{"/invitation/canary4711", "/kw_live_canary4711", "/other/canary4711?q=canary4711"} {
		get(t, request(t, "GET", url+path, nil))
	}
	if strings.Contains(log.String(), "canary4711") {
		t.Errorf("the log holds a part of a path:\n%s", log)
	}
	for _, want := range []string{`route="GET /invitation/{token}"`, "route=/…", "route=/other"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

func TestAnotherHostNameIsRefused(t *testing.T) {
	url, _ := serve(t, Endpoint{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Hosts: []string{"127.0.0.1"}})
	r := request(t, "GET", url, nil)
	if status, _, _ := get(t, r); status != 200 {
		t.Errorf("own name: got %d, want 200", status)
	}
	r.Host = "rebound.example:80"
	if status, _, _ := get(t, r); status != http.StatusMisdirectedRequest {
		t.Errorf("foreign name: got %d, want 421", status)
	}
}

func TestRequestsUnderWayFinishAtTheStop(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	began, goOn := make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, slog.New(slog.DiscardHandler), Endpoint{Listener: listener, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(began)
			<-goOn
			_, _ = io.WriteString(w, "whole")
		})})
	}()
	answer := make(chan string, 1)
	go func() {
		_, _, body := get(t, request(t, "GET", "http://"+listener.Addr().String(), nil))
		answer <- body
	}()
	<-began
	stop()
	select {
	case err := <-ended:
		t.Fatalf("stopped with a request under way: %v", err)
	case <-time.After(20 * time.Millisecond): // a moment in which a wrong stop would show; the test never waits longer
	}
	close(goOn)
	if body := <-answer; body != "whole" {
		t.Errorf("got %q, want the whole answer", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("the stop answered %v", err)
	}
}
