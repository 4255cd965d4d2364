package api

import (
	"reflect"
	"testing"

	"github.com/keywright/keywright/secret"
)

// An example that verifies as a form would set off every scanner for leaked keys.
func TestTheExampleOfASecretIsNone(t *testing.T) {
	field, _ := reflect.TypeFor[IssuedKey]().FieldByName("Secret")
	example := field.Tag.Get("example")
	if _, err := secret.Parse(example); err == nil || example == "" {
		t.Errorf("%q would be taken for a key", example)
	}
}
