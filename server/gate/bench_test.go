package gate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

// The budget (design, section 12): a verification costs at most 1.25 times a bare net/http
// handler that decodes and writes the same bytes. "gate" is this package over a verdict that
// costs nothing; "sqlite" is all of it, with a lookup in the database for each request.

func BenchmarkVerifyEndpoint(b *testing.B) {
	h := build(b)
	verdict, err := h.Verify(b.Context(), keywright.Request{Text: h.text})
	if err != nil {
		b.Fatal(err)
	}
	answer := do(h, "POST", "/v1/verify", `{"credential":"`+h.text+`"}`, "Content-Type", "application/json").Body.Bytes()
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var asked api.VerifyRequest
		if err != nil || json.Unmarshal(body, &asked) != nil || asked.Credential == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
	body := `{"credential":"` + h.text + `"}`
	request := fmt.Sprintf("POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	b.Run("bare", func(b *testing.B) { roundTrips(b, bare, request) })
	b.Run("gate", func(b *testing.B) { roundTrips(b, gate.New(answers{verdict}, gate.Options{}), request) })
	b.Run("sqlite", func(b *testing.B) { roundTrips(b, h, request) })
}

func BenchmarkForwardAuth(b *testing.B) {
	h := build(b)
	verdict, err := h.Verify(context.Background(), keywright.Request{Text: h.text})
	if err != nil {
		b.Fatal(err)
	}
	header := do(h, "GET", "/forward-auth", "", "Authorization", "Bearer "+h.text).Header()
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		for name, values := range header {
			w.Header()[name] = values
		}
	})
	request := "GET /forward-auth HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nX-Original-Method: GET\r\n" +
		"X-Original-URI: /api/v1/incidents?limit=5&since=2026-03-01\r\nAuthorization: Bearer " + h.text + "\r\n\r\n"
	b.Run("bare", func(b *testing.B) { roundTrips(b, bare, request) })
	b.Run("gate", func(b *testing.B) { roundTrips(b, gate.New(answers{verdict}, gate.Options{}), request) })
	b.Run("sqlite", func(b *testing.B) { roundTrips(b, h, request) })
}

// roundTrips sends one request again and again over one connection. The client is a write and
// a read of as many bytes as the first answer had, so that the server is what is measured.
func roundTrips(b *testing.B, h http.Handler, request string) {
	server := httptest.NewServer(h)
	defer server.Close()
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	message := []byte(request)
	answer := make([]byte, 4096)
	if _, err := conn.Write(message); err != nil {
		b.Fatal(err)
	}
	n, err := conn.Read(answer)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 200 OK\r\n")) {
		b.Fatalf("got %.80q, %v, want 200", answer[:n], err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(message); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(conn, answer[:n]); err != nil {
			b.Fatal(err)
		}
	}
}
