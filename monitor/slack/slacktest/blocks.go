package slacktest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of Block Kit, from Slack's reference.
const (
	maxBlocks  = 50
	maxBlockID = 255
	maxSection = 3000
	maxFields  = 10
	maxField   = 2000
	maxHeader  = 150
	maxContext = 10
	maxActions = 25
	maxAddress = 3000
	// maxAllBlocks is undocumented: refusals were seen from about 13,000
	// characters on. Here the JSON counts, of which Slack can hardly count more.
	maxAllBlocks = 13_000
)

// checkBlocks validates the blocks of a message. nil: they are fine.
func checkBlocks(v any) answer {
	list, ok := v.([]any)
	if !ok {
		return refuse("invalid_blocks_format")
	}
	if len(list) > maxBlocks {
		return refuse("invalid_blocks", fmt.Sprintf("[ERROR] no more than %d items allowed [json-pointer:/blocks]", maxBlocks))
	}
	c := checker{ids: map[string]bool{}}
	for i, block := range list {
		c.block(block, fmt.Sprintf("/blocks/%d", i))
	}
	if len(c.faults) > 0 {
		return refuse("invalid_blocks", c.faults...)
	}
	if total(list) > maxAllBlocks {
		return refuse("msg_blocks_too_long")
	}
	return nil
}

// total counts the characters of blocks as JSON, in which only what must be is
// escaped.
func total(blocks []any) int {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.Encode(blocks) // it came from JSON
	return length(b.String())
}

// A checker collects faults, each with a JSON pointer, as Slack names them.
type checker struct {
	faults []string
	ids    map[string]bool // block_ids so far
}

func (c *checker) fault(pointer, format string, a ...any) {
	c.faults = append(c.faults, "[ERROR] "+fmt.Sprintf(format, a...)+" [json-pointer:"+pointer+"]")
}

// object checks that v is an object with all the required keys and no key that
// is neither required nor optional. It returns an empty one otherwise.
func (c *checker) object(v any, pointer, required, optional string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		c.fault(pointer, "must be an object")
		return nil
	}
	must, may := strings.Fields(required), strings.Fields(optional)
	for _, key := range must {
		if _, ok := m[key]; !ok {
			c.fault(pointer, "missing required field: %s", key)
		}
	}
	for key := range m {
		if !slices.Contains(must, key) && !slices.Contains(may, key) {
			c.fault(pointer, "unknown field: %s", key)
		}
	}
	return m
}

// text checks a string of 1 to limit characters. A missing one is object's
// fault to find.
func (c *checker) text(m map[string]any, key, pointer string, limit int) string {
	v, ok := m[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	switch {
	case !ok:
		c.fault(pointer+"/"+key, "must be a string")
	case s == "":
		c.fault(pointer+"/"+key, "must be more than 0 characters")
	case length(s) > limit:
		c.fault(pointer+"/"+key, "must be less than %d characters", limit+1)
	}
	return s
}

// oneOf checks a string that has few values.
func (c *checker) oneOf(m map[string]any, key, pointer string, values ...string) {
	if v, ok := m[key]; ok {
		if s, _ := v.(string); !slices.Contains(values, s) {
			c.fault(pointer+"/"+key, "must be one of: %s", strings.Join(values, ", "))
		}
	}
}

// flags checks booleans.
func (c *checker) flags(m map[string]any, pointer string, keys ...string) {
	for _, key := range keys {
		if v, ok := m[key]; ok {
			if _, ok := v.(bool); !ok {
				c.fault(pointer+"/"+key, "must be a boolean")
			}
		}
	}
}

// integer checks a whole number within bounds.
func (c *checker) integer(m map[string]any, key, pointer string, low, high float64) {
	if v, ok := m[key]; ok {
		if n, ok := v.(float64); !ok || n != math.Trunc(n) || n < low || n > high {
			c.fault(pointer+"/"+key, "must be an integer from %g to %g", low, high)
		}
	}
}

// items checks an array of 1 to limit items.
func (c *checker) items(m map[string]any, key, pointer string, limit int, each func(v any, pointer string)) {
	v, ok := m[key]
	if !ok {
		return
	}
	list, ok := v.([]any)
	switch {
	case !ok:
		c.fault(pointer+"/"+key, "must be an array")
	case len(list) == 0:
		c.fault(pointer+"/"+key, "must have at least 1 item")
	case len(list) > limit:
		c.fault(pointer+"/"+key, "no more than %d items allowed", limit)
	}
	for i, item := range list {
		each(item, fmt.Sprintf("%s/%s/%d", pointer, key, i))
	}
}

// block checks one block by its type.
func (c *checker) block(v any, pointer string) {
	m, _ := v.(map[string]any)
	if _, ok := m["block_id"]; ok {
		id := c.text(m, "block_id", pointer, maxBlockID)
		if c.ids[id] {
			c.fault(pointer+"/block_id", "block_id already exists: %s", id)
		}
		c.ids[id] = true
	}
	switch kind := m["type"]; kind {
	case "section":
		c.section(v, pointer)
	case "header":
		c.object(v, pointer, "type text", "block_id")
		c.textObject(m["text"], pointer+"/text", maxHeader, "plain_text")
	case "context":
		c.object(v, pointer, "type elements", "block_id")
		c.items(m, "elements", pointer, maxContext, func(v any, pointer string) {
			if element, ok := v.(map[string]any); ok && element["type"] == "image" {
				c.image(v, pointer, "")
				return
			}
			c.textObject(v, pointer, maxSection, "plain_text", "mrkdwn")
		})
	case "divider":
		c.object(v, pointer, "type", "block_id")
	case "image":
		c.image(v, pointer, "block_id title")
	case "rich_text":
		c.object(v, pointer, "type elements", "block_id")
		c.items(m, "elements", pointer, math.MaxInt, c.richElement)
	case "actions":
		c.object(v, pointer, "type elements", "block_id")
		ids := map[string]bool{}
		c.items(m, "elements", pointer, maxActions, func(v any, pointer string) { c.action(v, pointer, ids) })
	default:
		c.fault(pointer, "unsupported type: %v", kind)
	}
}

func (c *checker) section(v any, pointer string) {
	m := c.object(v, pointer, "type", "block_id text fields accessory expand")
	text, hasText := m["text"]
	if hasText {
		c.textObject(text, pointer+"/text", maxSection, "plain_text", "mrkdwn")
	}
	if _, ok := m["fields"]; !ok && !hasText {
		c.fault(pointer, "missing required field: text or fields")
	}
	c.items(m, "fields", pointer, maxFields, func(v any, pointer string) {
		c.textObject(v, pointer, maxField, "plain_text", "mrkdwn")
	})
	if accessory, ok := m["accessory"]; ok {
		if image, ok := accessory.(map[string]any); ok && image["type"] == "image" {
			c.image(accessory, pointer+"/accessory", "")
		} else {
			c.action(accessory, pointer+"/accessory", map[string]bool{})
		}
	}
	c.flags(m, pointer, "expand")
}

// textObject checks a text object: plain_text may have emoji, mrkdwn verbatim.
func (c *checker) textObject(v any, pointer string, limit int, types ...string) {
	optional := "emoji"
	if m, ok := v.(map[string]any); ok && m["type"] == "mrkdwn" {
		optional = "verbatim"
	}
	m := c.object(v, pointer, "type text", optional)
	c.oneOf(m, "type", pointer, types...)
	c.text(m, "text", pointer, limit)
	c.flags(m, pointer, "emoji", "verbatim")
}

func (c *checker) image(v any, pointer, optional string) {
	m := c.object(v, pointer, "type image_url alt_text", optional)
	c.address(m, "image_url", pointer)
	c.text(m, "alt_text", pointer, 2000)
	if title, ok := m["title"]; ok {
		c.textObject(title, pointer+"/title", 2000, "plain_text")
	}
}

// address checks an absolute http(s) or mailto address.
func (c *checker) address(m map[string]any, key, pointer string) {
	s := c.text(m, key, pointer, maxAddress)
	if s == "" {
		return
	}
	lower := strings.ToLower(s)
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "mailto:") ||
		strings.ContainsAny(s, " \t\r\n<>|\"") {
		c.fault(pointer+"/"+key, "must be a valid URL")
	}
}
