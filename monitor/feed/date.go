package feed

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A calendar reads the dates of one feed.
type calendar struct {
	zone       *time.Location // of dates that name none
	yearFirst  bool           // "26.11.21" is 2026
	monthFirst bool           // "11/21/2026"
	chinese    bool           // CST is China's time
	now        time.Time      // for dates without a year
}

// zones a language's publishers mean when they write none. Every other feed
// without zones is read as UTC.
var zones = map[string]int{"ko": 9, "ja": 9, "zh": 8, "vi": 7, "th": 7}

func newCalendar(lang string, now time.Time) calendar {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	zone := time.UTC
	if hours, ok := zones[base]; ok {
		zone = time.FixedZone("", hours*3600)
	}
	east := base == "ko" || base == "ja" || base == "zh"
	return calendar{
		zone: zone, yearFirst: east, chinese: base == "zh", now: now,
		monthFirst: base == "" || base == "en" && !strings.EqualFold(lang, "en-GB"),
	}
}

// parse reads a date in any shape that feeds are known to use; false when it
// is none, impossible (31 February) or the zero of a clock (1970, 0001).
//
//	Sun, 27 Sep 2026 19:00:00 +0900      2026-09-27T10:00:00Z      1790503200
//	Thu,28 Jul 2022 4:35:5 GMT+9         2013.12.24 16:29:20       2026년 9월 27일 오후 7시 5분
//	Seg, 24 Set 2018 19:42:40 -0300      27 09 2026                Nov 21, 2026 10:00 AM
//
// It reads the numbers and words one by one rather than trying layouts: what
// a number means follows from its shape, from the word or sign next to it,
// and at last from its place.
func (c calendar) parse(text string) (time.Time, bool) {
	if len(text) > 100 {
		return time.Time{}, false
	}
	d := &dateParts{calendar: c, year: -1, month: -1, day: -1, hour: -1}
	for text = strings.TrimSpace(text); text != ""; {
		n := d.take(text)
		if n == 0 {
			return time.Time{}, false
		}
		text = text[n:]
	}
	return d.time()
}

// dateParts is what was read of a date so far.
type dateParts struct {
	calendar
	year, month, day int // -1: not read
	hour, min, sec   int // hour -1: not read
	nanos            int
	afternoon        int // 0: not said, 1: am, 2: pm
	offset           *time.Location
	instant          time.Time // a whole date in one number
	numbers          []string  // not understood yet
	led              bool      // the year came before them
	unsure           bool      // the month may be a Tuesday
	separator        byte      // between them
}

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

// time puts the parts together.
func (d *dateParts) time() (time.Time, bool) {
	if !d.instant.IsZero() {
		return d.instant.UTC(), plausible(d.instant)
	}
	if !d.place() {
		return time.Time{}, false
	}
	switch {
	case d.hour < 0:
		d.hour = 0
	case d.afternoon == 2 && d.hour < 12:
		d.hour += 12
	case d.afternoon == 1 && d.hour == 12:
		d.hour = 0
	}
	if d.month < 1 || d.month > 12 || d.day < 1 || d.hour > 24 || d.min > 59 || d.sec > 60 ||
		d.hour == 24 && d.min+d.sec > 0 {
		return time.Time{}, false
	}
	zone := d.zone
	if d.offset != nil {
		zone = d.offset
	}
	midnight := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, zone)
	if midnight.Day() != d.day { // 31 February
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, min(d.sec, 59), d.nanos, zone)
	return t, plausible(t)
}

// place gives the bare numbers their meaning.
func (d *dateParts) place() bool {
	numbers := make([]int, 0, 3)
	for _, digits := range d.numbers {
		numbers = append(numbers, atoi(digits))
	}
	switch missing := d.missing(); {
	case len(numbers) == 3 && missing == 3:
		switch {
		case d.yearFirst || numbers[0] > 31:
			d.year, d.month, d.day = fullYear(numbers[0]), numbers[1], numbers[2]
		default:
			d.month, d.day = d.order(numbers[0], numbers[1])
			d.year = fullYear(numbers[2])
		}
	case len(numbers) == 2 && d.month >= 0 && d.day < 0 && d.year < 0: // 27 Sep 26
		d.day, d.year = numbers[0], fullYear(numbers[1])
	case len(numbers) == 2 && d.year >= 0 && missing == 2:
		if d.led {
			d.month, d.day = numbers[0], numbers[1]
		} else {
			d.month, d.day = d.order(numbers[0], numbers[1])
		}
	case len(numbers) == 1 && d.month >= 0 && d.day < 0:
		d.day = numbers[0]
	case len(numbers) > 0:
		return false
	}
	if d.year < 0 && d.month >= 1 && d.month <= 12 && d.day > 0 { // the last time there was such a day
		d.year = d.now.Year()
		if time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).After(d.now.Add(48 * time.Hour)) {
			d.year--
		}
	}
	return d.missing() == 0
}

func (d *dateParts) missing() (n int) {
	for _, part := range []int{d.year, d.month, d.day} {
		if part < 0 {
			n++
		}
	}
	return n
}

// order says which of two numbers before a year is the month. Only with
// slashes do Americans write it first.
func (d *dateParts) order(first, second int) (month, day int) {
	if first > 12 || second <= 12 && !(d.monthFirst && d.separator == '/') {
		return second, first
	}
	return first, second
}

// fullYear reads a year of two digits as package time does.
func fullYear(year int) int {
	switch {
	case year >= 100:
		return year
	case year >= 69:
		return 1900 + year
	}
	return 2000 + year
}

// plausible refuses the zero of a clock, which is 1970 or the year 1, give or
// take a time zone, and years that JSON cannot carry.
func plausible(t time.Time) bool { return t.Year() > 1970 && t.Year() < 10_000 }

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
