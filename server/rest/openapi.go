package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright/api"
)

const documentPath = "/v1/openapi.json"

// The tags under which the operations are listed.
const (
	tagKeys     = "Keys"
	tagRequests = "Requests"
	tagAccount  = "Account"
	tagMembers  = "Members"
	tagSupport  = "Support"
	tagOperator = "Operator"
)

const about = `Issue, list and revoke the API keys of an account.

## Authentication

Send a key with each request, in one of the ways that the key's API version allows:
` + "`Authorization: Bearer KEY`, `Authorization: Token token=KEY`, `X-API-Key: KEY`, or HTTP Basic with the key as user" + `.
Send exactly one, and never in the URL. A key acts for its whole account. Operations under
"Operator" are only for the operator of this service, who sends ` + "`Authorization: Bearer TOKEN`" + ` with
a token of his own that was issued to operate; an API key is no such token.

## Errors

Every error is an RFC 9457 problem. Decide by ` + "`code`" + `, which is stable; ` + "`title` and `detail`" + ` are
for people. ` + "`errors`" + ` lists the places that are wrong: a JSON pointer into the body, or
` + "`#query/NAME`, `#header/NAME`, `#path/NAME`" + `. No problem repeats what was sent. Tell whoever helps
you the ` + "`X-Request-Id`" + ` of the answer.

## Requests

Bodies are JSON in UTF-8, at most 64 KiB, read strictly: unknown or duplicate members, null
for a value and anything after the object are refused. New members may be added to answers:
ignore those that you do not know.

## Sending again

When an answer is lost, nobody can tell by that whether the request took effect. Send an
` + "`Idempotency-Key`" + ` with each request that changes something, a UUID drawn for this one; then send the
same request with the same key again until it is answered. It takes effect once, and is
answered as the first time, with ` + "`Idempotent-Replayed: true`" + `: for an hour with the secret, for a day
without. Another request with the same key is refused, and so is one while the first is
still being worked on. A request that was refused can be corrected and sent with the same key.
Nothing can be read of what is stored for this without the key, so a secret is kept only under
one of at least 22 characters.

## Changes and proofs

Every answer to a request that changed something has a header ` + "`Keywright-Revision`" + `. Pass its value as
` + "`min_revision`" + ` when you ask for a verdict, and the verdict knows of the change, or is ` + "`stale`" + `. A
request that takes something away, such as revoking a key, can ` + "`wait`" + ` until it is proved that no node
accepts any more what it took away; the answer then has a ` + "`receipt`" + `. Give such a request five
minutes to be answered.

## Paging

Lists are newest first. ` + "`next_cursor`" + ` begins the next page; on the last one it is null.`

// config is a huma API without what its defaults add: links to schemas, a page that loads
// scripts from elsewhere, and routes of its own.
func (h *handler) config() huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[api.Problem]())
	format := huma.Format{Marshal: encode, Unmarshal: api.Unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Keywright", Version: "1", Description: about,
				License: &huma.License{Name: "Apache License 2.0", Identifier: "Apache-2.0"},
			},
			Servers: []*huma.Server{{URL: "/", Description: "This service"}},
			Components: &huma.Components{
				Schemas:   registry,
				Responses: problemResponses(registry),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "Authorization: Bearer KEY; the operator sends his token so."},
					"basic":  {Type: "http", Scheme: "basic", Description: "The key as user; the password is ignored."},
					"token":  {Type: "apiKey", In: "header", Name: "Authorization", Description: "Authorization: Token token=KEY"},
					"header": {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "X-API-Key: KEY"},
				},
			},
			Security: []map[string][]string{{"bearer": {}}, {"token": {}}, {"header": {}}, {"basic": {}}},
			Tags: []*huma.Tag{
				{Name: tagKeys, Description: "The keys of the account."},
				{Name: tagRequests, Description: "Requests of members who may not make a key. A member sends them with the session of his browser; a key can only list and decide."},
				{Name: tagAccount, Description: "The account, and who you are in it."},
				{Name: tagMembers, Description: "The people in the account."},
				{Name: tagSupport, Description: "What members ask the operator, and what he answers. Only he lists and answers; what he publishes stands under the console's help."},
				{Name: tagOperator, Description: "Only for the operator of this service: over the operator socket, or with an operator token as Authorization: Bearer. He may use all other operations too: the header Keywright-Account names the account to act in by its slug, and Keywright-Act-As the member in whose place, by e-mail address. A path that names a key needs no account."},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format}, // the latter for …+json
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{h.ownProblem},
	}
}

// document serves the OpenAPI document, to anyone: it tells no more than the code does.
func (h *handler) document() {
	h.finish()
	text, err := json.Marshal(h.api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("the OpenAPI document does not encode: %v", err)) // the same on each start
	}
	h.mux.HandleFunc("GET "+documentPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(text)
	})
}

// finish brings huma's schemas to what is really sent. Requests stay closed, as they are
// read strictly. Answers are open, so that a member can be added to them; and their pointers
// to structs can be null, which huma can't say.
func (h *handler) finish() {
	registry := h.api.OpenAPI().Components.Schemas
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef("#/components/schemas/" + name)
		if !h.requests[t] {
			schema.AdditionalProperties = nil
		}
		for _, field := range reflect.VisibleFields(t) {
			property, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			p := schema.Properties[property]
			if p != nil && p.Ref != "" && field.Type.Kind() == reflect.Pointer && options == "" {
				schema.Properties[property] = &huma.Schema{Description: p.Description, OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}

// schemaOf documents what an operation takes as its body.
func (h *handler) schemaOf(body any) *huma.Schema {
	t := reflect.TypeOf(body).Elem()
	h.requests[t] = true
	return h.api.OpenAPI().Components.Schemas.Schema(t, true, "")
}
