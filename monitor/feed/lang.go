package feed

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// lang is the first of the tags that names a language, as BCP 47 writes it
// ("en-US"); "" when none does.
func lang(tags ...string) string {
	for _, tag := range tags {
		tag = strings.ToLower(strings.TrimSpace(tag))
		if meant, ok := misnamed[tag]; ok {
			tag = meant
		}
		if tag == "" || len(tag) > 35 { // the longest that RFC 5646 asks anyone to keep
			continue
		}
		parsed, err := language.Parse(tag)
		if base, confidence := parsed.Base(); err == nil && confidence == language.Exact && base.String() != "und" {
			return parsed.String()
		}
	}
	return ""
}

// misnamed are countries and names that feeds give for their language. As
// BCP 47 "kr" is Kanuri, which no feed has meant yet.
var misnamed = map[string]string{
	"kr": "ko", "kor": "ko", "ko_kr": "ko-kr", "korean": "ko", "jp": "ja", "jpn": "ja", "japanese": "ja",
	"cn": "zh", "chinese": "zh", "gb2312": "zh-cn", "english": "en", "uk-en": "en-gb", "german": "de",
	"french": "fr", "spanish": "es", "russian": "ru",
}

// script guesses the language from letters that only one language writes:
// Hangul is Korean, kana Japanese, Han without kana Chinese. Other scripts
// say nothing.
func script(text string) string {
	var hangul, kana, han, letters int
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		case !unicode.IsLetter(r):
			continue
		}
		letters++
	}
	switch most := letters / 3; {
	case letters == 0:
		return ""
	case hangul > most:
		return "ko"
	case kana > 0 && kana+han > most:
		return "ja"
	case han > most:
		return "zh"
	}
	return ""
}
