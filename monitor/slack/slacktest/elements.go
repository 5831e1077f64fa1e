package slacktest

import "fmt"

// Limits of interactive elements, from Slack's reference.
const (
	maxActionID = 255
	maxLabel    = 75
	maxValue    = 2000
	maxOverflow = 5
	minOverflow = 2 // an older page of the reference has it; one entry is a button
	maxOptions  = 100
	maxOption   = 150 // what an entry of a menu carries, and a placeholder
)

// action checks an interactive element. Its action_id is unique in its block.
func (c *checker) action(v any, pointer string, ids map[string]bool) {
	m, _ := v.(map[string]any)
	if id := c.text(m, "action_id", pointer, maxActionID); id != "" {
		if ids[id] {
			c.fault(pointer+"/action_id", "action_id already exists: %s", id)
		}
		ids[id] = true
	}
	switch kind := m["type"]; kind {
	case "button":
		c.object(v, pointer, "type text", "action_id url value style confirm accessibility_label")
		c.textObject(m["text"], pointer+"/text", maxLabel, "plain_text")
		c.address(m, "url", pointer)
		c.text(m, "value", pointer, maxValue)
		c.oneOf(m, "style", pointer, "primary", "danger")
		c.text(m, "accessibility_label", pointer, maxLabel)
	case "overflow":
		c.object(v, pointer, "type options", "action_id confirm")
		c.items(m, "options", pointer, maxOverflow, func(v any, pointer string) { c.option(v, pointer, "plain_text") })
		if list, ok := m["options"].([]any); ok && len(list) < minOverflow {
			c.fault(pointer+"/options", "must have at least %d items", minOverflow)
		}
		c.distinct(m, pointer)
	case "static_select":
		c.selectMenu(v, pointer)
	default:
		c.fault(pointer, "unsupported type: %v", kind)
	}
	if confirm, ok := m["confirm"]; ok {
		c.confirm(confirm, pointer+"/confirm")
	}
}

// selectMenu checks a menu whose entries stand in one list, or in groups.
func (c *checker) selectMenu(v any, pointer string) {
	m := c.object(v, pointer, "type", "action_id options option_groups placeholder initial_option confirm focus_on_load")
	_, plain := m["options"]
	_, grouped := m["option_groups"]
	if plain == grouped {
		c.fault(pointer, "must have either options or option_groups")
	}
	entry := func(v any, pointer string) { c.option(v, pointer, "plain_text") }
	c.items(m, "options", pointer, maxOptions, entry)
	c.items(m, "option_groups", pointer, maxOptions, func(v any, pointer string) {
		group := c.object(v, pointer, "label options", "")
		c.textObject(group["label"], pointer+"/label", maxLabel, "plain_text")
		c.items(group, "options", pointer, maxOptions, entry)
	})
	if placeholder, ok := m["placeholder"]; ok {
		c.textObject(placeholder, pointer+"/placeholder", maxOption, "plain_text")
	}
	if initial, ok := m["initial_option"].(map[string]any); ok {
		entry(initial, pointer+"/initial_option")
		known := false
		for _, option := range options(m) {
			known = known || option["value"] == initial["value"]
		}
		if !known {
			c.fault(pointer+"/initial_option", "must be one of the options")
		}
	}
	c.flags(m, pointer, "focus_on_load")
	c.distinct(m, pointer)
}

// distinct checks that no two entries of a menu carry the same: nobody could
// tell which was chosen.
func (c *checker) distinct(menu map[string]any, pointer string) {
	seen := map[string]bool{}
	for _, option := range options(menu) {
		value := fmt.Sprint(option["value"])
		if seen[value] {
			c.fault(pointer+"/options", "value already exists: %s", value)
		}
		seen[value] = true
	}
}

// option checks an entry of a menu.
func (c *checker) option(v any, pointer string, types ...string) {
	m := c.object(v, pointer, "text value", "description url")
	if text, ok := m["text"]; ok {
		c.textObject(text, pointer+"/text", maxLabel, types...)
	}
	if description, ok := m["description"]; ok {
		c.textObject(description, pointer+"/description", maxLabel, "plain_text")
	}
	c.text(m, "value", pointer, maxOption)
	c.address(m, "url", pointer)
}

// confirm checks the dialog that asks before a click counts.
func (c *checker) confirm(v any, pointer string) {
	m := c.object(v, pointer, "title text confirm deny", "style")
	for _, part := range []struct {
		key   string
		limit int
	}{{"title", 100}, {"text", 300}, {"confirm", 30}, {"deny", 30}} {
		if text, ok := m[part.key]; ok {
			c.textObject(text, pointer+"/"+part.key, part.limit, "plain_text")
		}
	}
	c.oneOf(m, "style", pointer, "primary", "danger")
}
