package monitor

import (
	"fmt"
	"log/slog"
)

// A Secret is a string that does not show itself: printed, logged or
// marshalled it is "***". Its zero value is empty. Only Reveal gives it away.
type Secret struct{ value string }

// mask stands for what is not shown.
const mask = "***"

// NewSecret hides value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the secret, for the one request that needs it.
func (s Secret) Reveal() string { return s.value }

// Empty says whether there is nothing to hide.
func (s Secret) Empty() bool { return s.value == "" }

func (s Secret) masked() string {
	if s.value == "" {
		return ""
	}
	return mask
}

// String masks the secret, for every verb of package fmt.
func (s Secret) String() string { return s.masked() }

// Format masks the secret whatever the verb, %#v included.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.masked()) }

// LogValue masks the secret in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.masked()) }

// MarshalText masks the secret in JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.masked()), nil }
