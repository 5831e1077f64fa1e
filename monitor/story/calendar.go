package story

import "strconv"

func monthNamed(w string) int {
	if len(w) < 3 {
		return 0
	}
	months := [...]string{"january", "february", "march", "april", "may", "june",
		"july", "august", "september", "october", "november", "december"}
	for i, m := range months {
		if w == m || w == m[:3] || w == "sept" && m == "september" {
			return i + 1
		}
	}
	return 0
}

func ordinalNamed(w string) int {
	switch w {
	case "first":
		return 1
	case "second":
		return 2
	case "third":
		return 3
	case "fourth":
		return 4
	case "fifth":
		return 5
	case "sixth":
		return 6
	case "seventh":
		return 7
	case "eighth":
		return 8
	case "ninth":
		return 9
	case "tenth":
		return 10
	}
	return 0
}

func ordinalKey(n int) string { return "o" + strconv.Itoa(n) }

func dateToken(month, day int) token {
	key := "#" + strconv.Itoa(month)
	if day > 0 {
		key += "-" + strconv.Itoa(day)
	}
	return token{kind: date, key: key, month: month, day: day}
}
