package slacktest

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
)

// rich says whether blocks hold a rich_text block.
func rich(blocks json.RawMessage) bool {
	var list []struct{ Type string }
	json.Unmarshal(blocks, &list) // nil or checked when it came in
	for _, block := range list {
		if block.Type == "rich_text" {
			return true
		}
	}
	return false
}

// richElement checks an element of a rich_text block.
func (c *checker) richElement(v any, pointer string) {
	m, _ := v.(map[string]any)
	switch kind := m["type"]; kind {
	case "rich_text_section":
		c.object(v, pointer, "type elements", "")
		c.items(m, "elements", pointer, math.MaxInt, c.richText)
	case "rich_text_quote", "rich_text_preformatted":
		c.object(v, pointer, "type elements", "border")
		c.integer(m, "border", pointer, 0, 1)
		c.items(m, "elements", pointer, math.MaxInt, c.richText)
	case "rich_text_list":
		c.object(v, pointer, "type style elements", "indent border")
		c.oneOf(m, "style", pointer, "bullet", "ordered")
		c.integer(m, "indent", pointer, 0, 8)
		c.integer(m, "border", pointer, 0, 1)
		c.items(m, "elements", pointer, math.MaxInt, func(v any, pointer string) {
			if section, ok := v.(map[string]any); !ok || section["type"] != "rich_text_section" {
				c.fault(pointer, "must be a rich_text_section")
				return
			}
			c.richElement(v, pointer)
		})
	default:
		c.fault(pointer, "unsupported type: %v", kind)
	}
}

var (
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	groupID   = regexp.MustCompile(`^S[A-Z0-9]+$`)
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]+$`)
	color     = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	emojiName = regexp.MustCompile(`^[a-z0-9_+-]+$`)
	dateToken = regexp.MustCompile(`\{(date_num|date_slash|date_long|date_long_full|date_long_pretty|date|date_pretty|date_short|date_short_pretty|time|time_secs|ago|day_divider_pretty)\}`)
)

// richText checks what stands in a section, a quote or preformatted text.
func (c *checker) richText(v any, pointer string) {
	m, _ := v.(map[string]any)
	switch kind := m["type"]; kind {
	case "text":
		c.object(v, pointer, "type text", "style")
		c.text(m, "text", pointer, maxAllBlocks)
	case "link":
		c.object(v, pointer, "type url", "text unsafe style")
		c.address(m, "url", pointer)
		c.text(m, "text", pointer, maxAllBlocks)
		c.flags(m, pointer, "unsafe")
	case "emoji":
		c.object(v, pointer, "type name", "unicode style")
		c.shaped(m, "name", pointer, emojiName)
	case "user":
		c.object(v, pointer, "type user_id", "style")
		c.shaped(m, "user_id", pointer, userID)
	case "usergroup":
		c.object(v, pointer, "type usergroup_id", "style")
		c.shaped(m, "usergroup_id", pointer, groupID)
	case "channel":
		c.object(v, pointer, "type channel_id", "style")
		c.shaped(m, "channel_id", pointer, channelID)
	case "broadcast":
		c.object(v, pointer, "type range", "style")
		c.oneOf(m, "range", pointer, "here", "channel", "everyone")
	case "color":
		c.object(v, pointer, "type value", "style")
		c.shaped(m, "value", pointer, color)
	case "date":
		c.object(v, pointer, "type timestamp format", "url fallback style")
		c.integer(m, "timestamp", pointer, 0, math.MaxInt32)
		c.shaped(m, "format", pointer, dateToken)
		c.address(m, "url", pointer)
		c.text(m, "fallback", pointer, maxSection)
	default:
		c.fault(pointer, "unsupported type: %v", kind)
	}
	if style, ok := m["style"]; ok {
		s := c.object(style, pointer+"/style", "", styles)
		c.flags(s, pointer+"/style", strings.Fields(styles)...)
	}
}

// styles are those that Slack's published types (@slack/types 3.2.0) know.
const styles = "bold italic strike code underline"

// shaped checks a string that has a form.
func (c *checker) shaped(m map[string]any, key, pointer string, form *regexp.Regexp) {
	if s := c.text(m, key, pointer, maxSection); s != "" && !form.MatchString(s) {
		c.fault(pointer+"/"+key, "must match %s", form)
	}
}
