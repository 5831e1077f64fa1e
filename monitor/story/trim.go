package story

import "strings"

// withoutOutlet cuts the outlet's name, which aggregators and site titles put
// after a dash or a bar.
func withoutOutlet(title, outlet string) string {
	title = strings.TrimSpace(title)
	for _, end := range []string{"...", "…"} {
		title = strings.TrimSpace(strings.TrimSuffix(title, end))
	}
	for _, bar := range []string{" - ", " | ", " – ", " — ", " » ", " > "} {
		i := strings.LastIndex(title, bar)
		if i < 0 {
			continue
		}
		name := strings.TrimSpace(title[i+len(bar):])
		if outlet != "" && strings.EqualFold(name, outlet) ||
			len(strings.Fields(title[:i])) >= 4 && len(strings.Fields(name)) <= 5 {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

// withoutSource cuts off who says it: "..., Seoul says", "...: KCNA". Outlets that
// name different sources tell the same.
func withoutSource(title string) (head, source string) {
	cut := -1
	if i := strings.LastIndex(title, ": "); i >= 0 && len(strings.Fields(title[i:])) <= 4 {
		cut = i
	}
	if i := strings.LastIndex(title, ", "); i >= 0 && len(strings.Fields(title[i:])) <= 6 {
		switch title[strings.LastIndexByte(title, ' ')+1:] {
		case "say", "says", "said", "report", "reports":
			cut = i
		}
	}
	if cut < 0 || len(strings.Fields(title[:cut])) < 4 {
		return title, ""
	}
	return title[:cut], title[cut+1:]
}

// withoutDateline cuts "SEOUL, Oct. 28 (Yonhap) --" and 【ソウル聯合ニュース】: the
// day of writing and the agency say nothing of the event.
func withoutDateline(text string) string {
	text = strings.TrimSpace(text)
	for _, pair := range []string{"【】", "（）", "[]", "()", "〔〕"} {
		brackets := []rune(pair)
		if strings.HasPrefix(text, string(brackets[0])) {
			if i := strings.IndexRune(text, brackets[1]); i > 0 && i < 120 {
				return strings.TrimSpace(text[i+len(string(brackets[1])):])
			}
		}
	}
	head := text[:min(len(text), 90)]
	for _, dash := range []string{" -- ", "—", " – ", " - "} {
		i := strings.Index(head, dash)
		if i < 0 {
			continue
		}
		before := strings.TrimSpace(head[:i])
		place, _, _ := strings.Cut(before, " ")
		place = strings.Trim(place, ",.")
		if strings.HasSuffix(before, ")") || len(place) > 3 && place == strings.ToUpper(place) && place != strings.ToLower(place) {
			return strings.TrimSpace(text[i+len(dash):])
		}
	}
	return text
}

// withoutLinks cuts the list of other reports that some outlets put under, or in
// place of, a text, a bullet before each.
func withoutLinks(text string) string {
	if !strings.Contains(text, "•") {
		return text
	}
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "•") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func first(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i]
		}
		runes--
	}
	return text
}
