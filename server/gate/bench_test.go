package gate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/server/gate"
)

// The budget (design, section 12): a verification costs at most 1.25 times a bare net/http
// handler that decodes and writes the same bytes. "gate" is this package over a verdict that
// costs nothing; "keyset" is all of it but for the listener's own work.

func BenchmarkVerifyEndpoint(b *testing.B) {
	town := settle(b, gate.Options{})
	body := `{"authorization":"Bearer ` + town.text + `","accept":"application/json","method":"GET","path":"/api/v1/incidents?limit=5","client_ip":"192.0.2.7"}`
	answer := do(town, "POST", "/v1/verify", body, "Content-Type", "application/json").Body.Bytes()
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var asked api.VerifyRequest
		if err != nil || json.Unmarshal(body, &asked) != nil || asked.Authorization == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
	request := fmt.Sprintf("POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	b.Run("bare", func(b *testing.B) { roundTrips(b, bare, request) })
	b.Run("gate", func(b *testing.B) { roundTrips(b, gate.New(answers{town.verdict(b)}, gate.Options{}), request) })
	b.Run("keyset", func(b *testing.B) { roundTrips(b, town, request) })
}

func BenchmarkForwardAuth(b *testing.B) {
	town := settle(b, gate.Options{TrustedHops: 1})
	lines := []string{
		"Accept", "application/json", "X-Original-Method", "GET", "X-Original-URI", "/api/v1/incidents?limit=5&since=2026-03-01",
		"X-Forwarded-For", "192.0.2.7", "Authorization", "Bearer " + town.text,
	}
	header := do(town, "GET", "/forward-auth", "", lines...).Header()
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		for name, values := range header {
			w.Header()[name] = values
		}
	})
	request := "GET /forward-auth HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	for i := 0; i < len(lines); i += 2 {
		request += lines[i] + ": " + lines[i+1] + "\r\n"
	}
	request += "\r\n"
	b.Run("bare", func(b *testing.B) { roundTrips(b, bare, request) })
	b.Run("gate", func(b *testing.B) {
		roundTrips(b, gate.New(answers{town.verdict(b)}, gate.Options{TrustedHops: 1}), request)
	})
	b.Run("keyset", func(b *testing.B) { roundTrips(b, town, request) })
}

func BenchmarkBatch(b *testing.B) {
	town := settle(b, gate.Options{})
	body := `{"requests":[` + strings.TrimSuffix(strings.Repeat(`{"credential":"`+town.text+`"},`, api.MaxBatch), ",") + `]}`
	b.ReportAllocs()
	for b.Loop() {
		if w := do(town, "POST", "/v1/verify/batch", body, "Content-Type", "application/json"); w.Code != http.StatusOK {
			b.Fatalf("got %d, want 200", w.Code)
		}
	}
}

// verdict is the one on the town's good key.
func (w *town) verdict(b *testing.B) keywright.Verdict {
	b.Helper()
	v, err := w.asked.Verify(b.Context(), keywright.Request{Text: w.text})
	if err != nil || !v.Valid {
		b.Fatalf("got %+v, %v, want a good verdict", v.Reason, err)
	}
	return v
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
