package slacktest

import (
	"encoding/json"
	"regexp"
)

// maxMetadata is an assumption: Slack has metadata_too_large and names no size.
const maxMetadata = 8000

var metadataKey = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// checkMetadata validates a message's metadata: an event type and a payload of
// plain values, not nested.
func checkMetadata(v any) (string, map[string]any, answer) {
	m, ok := v.(map[string]any)
	if !ok {
		return "", nil, refuse("invalid_metadata_format")
	}
	event, hasEvent := m["event_type"].(string)
	payload, hasPayload := m["event_payload"].(map[string]any)
	if !hasEvent || !hasPayload || len(m) != 2 || !metadataKey.MatchString(event) || len(event) > maxBlockID {
		return "", nil, refuse("invalid_metadata_schema")
	}
	for key, value := range payload {
		if !metadataKey.MatchString(key) || !flatValue(value) {
			return "", nil, refuse("invalid_metadata_schema")
		}
	}
	if whole, _ := json.Marshal(v); len(whole) > maxMetadata { // it came from JSON
		return "", nil, refuse("metadata_too_large")
	}
	return event, payload, nil
}

// flatValue says whether a payload may hold v: a string, a number, a boolean,
// or a list of these.
func flatValue(v any) bool {
	switch v := v.(type) {
	case string, float64, bool:
		return true
	case []any:
		for _, item := range v {
			if _, list := item.([]any); list || !flatValue(item) {
				return false
			}
		}
		return true
	}
	return false
}
