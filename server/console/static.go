package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// static are the files that pages load. app.css is built by `make assets`.
//
//go:embed static
var static embed.FS

// assets serves the static files, each under a name that holds the hash of its content: a
// browser may keep one for ever, and a new release is a new name.
type assets struct {
	files map[string]asset  // by the name with the hash
	urls  map[string]string // by the plain name
}

type asset struct {
	mediaType     string
	plain, zipped []byte
}

// newAssets reads the embedded files. They hold no secret, so they may be compressed.
func newAssets() assets {
	a := assets{files: map[string]asset{}, urls: map[string]string{}}
	err := fs.WalkDir(static, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		plain, err := static.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(plain)
		plainName, ext := strings.TrimPrefix(file, "static/"), path.Ext(file)
		name := strings.ReplaceAll(strings.TrimSuffix(plainName, ext), "/", "-") + "." + hex.EncodeToString(sum[:6]) + ext
		a.files[name] = asset{mediaType: mediaType(ext), plain: plain, zipped: zip(plain)}
		a.urls[plainName] = "/static/" + name
		return nil
	})
	if err != nil {
		panic(err) // embedded: it was there when this was compiled
	}
	return a
}

// mediaType is that of a file name's end. The system's own table is not asked: it differs
// between machines, and under nosniff a wrong type is a page without style.
func mediaType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	}
	return "application/octet-stream"
}

// url is where a page finds a file.
func (a assets) url(name string) string { return a.urls[name] }

func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[r.PathValue("name")]
	if !ok {
		http.Error(w, "There is no such file. Load the page again: it may be from an earlier release.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	content := file.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(file.zipped) < len(file.plain) {
		h.Set("Content-Encoding", "gzip")
		content = file.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // net/http leaves the body out of an answer to HEAD
}

func zip(plain []byte) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is right
	}
	_, _ = z.Write(plain) // a bytes.Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
