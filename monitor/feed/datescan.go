package feed

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// take reads one word, number or sign from the front of text and returns its
// length; 0 when it belongs to no date.
func (d *dateParts) take(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case first >= '0' && first <= '9':
		return d.takeNumber(text)
	case (first == '+' || first == '-' || first == '−') && d.hour >= 0:
		if n := d.takeOffset(text); n > 0 {
			return n
		}
		return size
	case unicode.IsLetter(first):
		return d.takeWord(text)
	case first == '(' && d.offset != nil: // GMT+0900 (Korean Standard Time)
		return len(text)
	case strings.ContainsRune(",.;:/-()[]（）'’·", first) || unicode.IsSpace(first):
		if first == '.' || first == '/' || first == '-' {
			d.separator = byte(first)
		}
		return size
	}
	return 0
}

func (d *dateParts) takeNumber(text string) int {
	digits := leadingDigits(text)
	rest := text[len(digits):]
	n, _ := strconv.Atoi(digits)
	if unit, size := utf8.DecodeRuneInString(rest); len(digits) <= 4 {
		if d.setUnit(unit, n) {
			return len(digits) + size
		}
	}
	if d.hour < 0 && len(digits) <= 2 && len(rest) > 1 && rest[0] == ':' && leadingDigits(rest[1:]) != "" {
		return d.takeClock(text)
	}
	switch len(digits) {
	case 12, 14: // 202609271900, 20260927190000
		d.takeCompact(digits)
	case 8: // 20260927, perhaps with T190000
		if len(rest) > 6 && (rest[0] == 'T' || rest[0] == ' ') && len(leadingDigits(rest[1:])) == 6 {
			d.takeCompact(digits + rest[1:7])
			return 8 + 7
		}
		d.year, d.month, d.day = atoi(digits[:4]), atoi(digits[4:6]), atoi(digits[6:])
	case 10, 13: // seconds, milliseconds since 1970
		millis, _ := strconv.ParseInt((digits + "000")[:13], 10, 64)
		d.instant = time.UnixMilli(millis)
	case 4:
		if d.year < 0 {
			d.year = n
			d.led = len(d.numbers) == 0
			break
		}
		return 0
	case 1, 2:
		d.numbers = append(d.numbers, digits)
	default:
		return 0
	}
	return len(digits)
}

func (d *dateParts) takeCompact(digits string) {
	digits = (digits + "00")[:14]
	d.year, d.month, d.day = atoi(digits[:4]), atoi(digits[4:6]), atoi(digits[6:8])
	d.hour, d.min, d.sec = atoi(digits[8:10]), atoi(digits[10:12]), atoi(digits[12:14])
}

// takeClock reads 4:35, 19:42:40 and 19:42:40.123.
func (d *dateParts) takeClock(text string) int {
	rest := text
	for i, part := range []*int{&d.hour, &d.min, &d.sec} {
		if i > 0 {
			if rest == "" || rest[0] != ':' || leadingDigits(rest[1:]) == "" {
				break
			}
			rest = rest[1:]
		}
		digits := leadingDigits(rest)
		if len(digits) > 2 {
			return 0
		}
		*part = atoi(digits)
		rest = rest[len(digits):]
	}
	if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') {
		if fraction := leadingDigits(rest[1:]); fraction != "" {
			d.nanos = atoi((fraction + "000000000")[:9])
			rest = rest[1+len(fraction):]
		}
	}
	return len(text) - len(rest)
}

// setUnit takes a number with the unit that Korean, Japanese and Chinese
// dates write behind it.
func (d *dateParts) setUnit(unit rune, n int) bool {
	switch unit {
	case '년', '年':
		d.year = fullYear(n)
	case '월', '月':
		d.month = n
	case '일', '日':
		d.day = n
	case '시', '時', '时':
		d.hour = n
	case '분', '分':
		d.min = n
	case '초', '秒':
		d.sec = n
	default:
		return false
	}
	return true
}

// takeOffset reads +0900, +09:00, -03 and +9.
func (d *dateParts) takeOffset(text string) int {
	_, sign := utf8.DecodeRuneInString(text)
	rest := text[sign:]
	digits := leadingDigits(rest)
	var hours, minutes int
	switch len(digits) {
	case 1, 2:
		hours = atoi(digits)
		rest = rest[len(digits):]
		if len(rest) > 2 && rest[0] == ':' && len(leadingDigits(rest[1:])) == 2 {
			minutes = atoi(rest[1:3])
			rest = rest[3:]
		}
	case 3, 4:
		hours, minutes = atoi(digits[:len(digits)-2]), atoi(digits[len(digits)-2:])
		rest = rest[len(digits):]
	default:
		return 0
	}
	if hours > 14 || minutes > 59 {
		return 0
	}
	seconds := hours*3600 + minutes*60
	if text[0] != '+' {
		seconds = -seconds
	}
	d.offset = time.FixedZone("", seconds)
	return len(text) - len(rest)
}

func (d *dateParts) takeWord(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if end < 0 {
		end = len(text)
	}
	word := strings.ToLower(text[:end])
	if (word == "a" || word == "p") && strings.HasPrefix(strings.ToLower(text[end:]), ".m") {
		word, end = word+"m", end+2
	}
	switch word {
	case "t", "at", "de", "del", "um", "uhr", "klo", "of", "le", "h", "st", "nd", "rd", "th", "в", "г", "года":
		if word == "h" && d.hour < 0 && len(d.numbers) > 0 { // 19h42
			d.hour = atoi(d.numbers[len(d.numbers)-1])
			d.numbers = d.numbers[:len(d.numbers)-1]
			if minutes := leadingDigits(text[end:]); len(minutes) == 2 {
				d.min = atoi(minutes)
				end += 2
			}
		}
		return end
	case "am", "오전", "午前", "上午":
		d.afternoon = 1
		return end
	case "pm", "오후", "午後", "下午":
		d.afternoon = 2
		return end
	case "cst":
		if d.chinese {
			d.offset = time.FixedZone("CST", 8*3600)
			return end
		}
	case "utc", "gmt", "ut", "z":
		d.offset = time.UTC
		// "GMT+9" is nine hours east, unlike in POSIX.
		if end < len(text) && (text[end] == '+' || text[end] == '-') && leadingDigits(text[end+1:]) != "" {
			return end + d.takeOffset(text[end:])
		}
		return end
	}
	if hours, ok := zoneNames[word]; ok {
		d.offset = time.FixedZone(strings.ToUpper(word), int(hours*3600))
		return end
	}
	if month, ok := monthNames[word]; ok && (d.month < 0 || d.unsure) {
		d.month, d.unsure = month, isWeekday(word)
		return end
	}
	if isWeekday(word) {
		return end
	}
	return 0
}

func leadingDigits(text string) string {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return text[:n]
}

// atoi reads digits that are few enough to be a number.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
