package story

import "strconv"

func monthNamed(w string) int {
	switch w {
	case "january", "jan":
		return 1
	case "february", "feb":
		return 2
	case "march", "mar":
		return 3
	case "april", "apr":
		return 4
	case "may":
		return 5
	case "june", "jun":
		return 6
	case "july", "jul":
		return 7
	case "august", "aug":
		return 8
	case "september", "sept", "sep":
		return 9
	case "october", "oct":
		return 10
	case "november", "nov":
		return 11
	case "december", "dec":
		return 12
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
	return token{kind: date, key: key, month: uint8(month), day: uint8(day)}
}
