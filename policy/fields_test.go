package policy

// full is a policy in which every field stands once at least.
const full = `product:
  name: Acme Incidents
  vendor: acme
  brand: acme
versions:
  - name: v1
    label: Version 1
    hint: The first one.
    documentation: https://developer.example.com/v1
    base_path: /api/v1/
    accept: "1"
    presentations: [token, bearer, x-api-key, basic]
    override: false
    state: deprecated
    deprecated: 2026-03-01
    sunset: 2027-03-01T09:00:00+01:00
    notice: https://developer.example.com/v2
  - name: v2
    label: Version 2
    hint: The second one.
    accept: "2"
    presentations: [bearer]
    preselected: true
scopes:
  - name: incidents:read
    description: See incidents
  - name: incidents:write
    description: Change incidents
roles:
  - name: owner
    label: Owner
    about: Everything.
    owner: true
    rights: ["*"]
    scopes: ["*"]
  - name: user
    label: User
    rights: [members:read]
    scopes: [incidents:*]
plans:
  - name: lite
    label: Lite
  - name: basic
    label: Basic
    api_access: true
    personal_keys: true
    rate: 960/min burst 100
    keys_max: 200
    new_keys: 60/h
    lives:
      - kind: personal
        default: 30d
        longest: 90d
keys:
  environments: [live]
  grace: 12h
  longest_grace: 7d
routes:
  - GET /incidents/** -> incidents:read
  - "* /incidents/** → incidents:write"
  - DELETE /account -> *
  - GET /health -> none
requests:
  own: false
errors:
  format: template
  content_type: application/json
  body: |
    {"error": {"code": "{{.Code}}", "status": {{.Status}}, "text": "{{.Title}}: {{.Detail}}", "scope": "{{.Scope}}"}}
`
