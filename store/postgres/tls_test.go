package postgres_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// authority signs certificates.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	file        string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t), file: filepath.Join(t.TempDir(), "ca.pem")}
	a.certificate = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	text, _ := a.sign(t, a.certificate, a.key)
	if err := os.WriteFile(a.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign answers a certificate and its key, as a server has them in files.
func (a *authority) sign(t *testing.T, c *x509.Certificate, key *ecdsa.PrivateKey) (certificate, private string) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// serveTLS starts a server with a certificate for a name.
func (a *authority) serveTLS(t *testing.T, name string, until time.Time) *postgrestest.Server {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
	}
	certificate, private := a.sign(t, c, newKey(t))
	return postgrestest.Start(t, postgrestest.Options{
		TCP: true, Settings: map[string]string{"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"},
		Files: map[string]string{"server.crt": certificate, "server.key": private},
	})
}

func TestCertificatesAreVerified(t *testing.T) {
	ours, another := newAuthority(t), newAuthority(t)
	good := ours.serveTLS(t, "localhost", time.Now().Add(time.Hour))
	expired := ours.serveTLS(t, "localhost", time.Now().Add(-time.Hour))
	stranger := ours.serveTLS(t, "db.example", time.Now().Add(time.Hour))
	plain := postgrestest.Start(t, postgrestest.Options{TCP: true})
	for name, c := range map[string]struct {
		server    *postgrestest.Server
		authority *authority
		words     string
	}{
		"ours, for this name, in date": {good, ours, ""},
		"of an unknown authority":      {good, another, "unknown authority"},
		"expired":                      {expired, ours, "expired"},
		"for another name":             {stranger, ours, "valid for db.example, not localhost"},
		"none at all":                  {plain, ours, "refused TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			d := c.server.New(t)
			url := fmt.Sprintf("postgres://%s:hunter2@localhost:%d/%s?sslmode=verify-full&sslrootcert=%s", postgrestest.Service, c.server.Port, d.Name, c.authority.file)
			s, err := postgres.Open(t.Context(), url, postgres.Options{})
			if c.words != "" {
				if err == nil {
					_ = s.Close()
				}
				if err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("got error %v, want %q in it", err, c.words)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var encrypted, all int
			err = beside(t, d, "postgres").QueryRowContext(t.Context(), `SELECT count(*) FILTER (WHERE ssl), count(*)
				FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'keywright:%'`).Scan(&encrypted, &all)
			if err != nil || encrypted != all || all == 0 {
				t.Errorf("%d of %d connections are encrypted, %v", encrypted, all, err)
			}
		})
	}
}

// sslRequest is the first message of a client that wants TLS: its length and its code.
const sslRequest = 80877103

// Whoever is in between may say that there is no TLS here.
func TestNothingIsSentInClear(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	told := make(chan string, 100)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				close(told)
				return
			}
			var first [8]byte
			if _, err := io.ReadFull(conn, first[:]); err != nil || binary.BigEndian.Uint32(first[4:]) != sslRequest {
				told <- "it did not ask for TLS"
			}
			_, _ = conn.Write([]byte("N"))
			rest, _ := io.ReadAll(conn)
			told <- string(rest)
			_ = conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	var log strings.Builder
	s, err := postgres.Open(t.Context(), "postgres://keywright:hunter2@localhost:"+port+"/keywright?sslmode=verify-full", postgres.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err == nil {
		_ = s.Close()
		t.Fatal("it was opened")
	}
	_ = listener.Close()
	asked := 0
	for rest := range told {
		if asked++; rest != "" {
			t.Errorf("it sent %q", rest)
		}
	}
	if asked == 0 || strings.Contains(err.Error()+log.String(), "hunter2") {
		t.Errorf("asked %d times; got error %v, log %s", asked, err, log.String())
	}
}
