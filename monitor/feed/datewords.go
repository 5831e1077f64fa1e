package feed

import "strings"

// zoneNames are the abbreviations that feeds write, in hours east of UTC.
// Where several zones share one, the one that news feeds mean.
var zoneNames = map[string]float64{
	"kst": 9, "jst": 9, "sgt": 8, "hkt": 8, "pht": 8, "myt": 8, "awst": 8, "ict": 7, "wib": 7,
	"ist": 5.5, "pkt": 5, "npt": 5.75, "mmt": 6.5, "gst": 4, "msk": 3, "eat": 3, "trt": 3, "eest": 3, "idt": 3,
	"eet": 2, "sast": 2, "cat": 2, "cest": 2, "mesz": 2, "cet": 1, "mez": 1, "bst": 1, "west": 1, "wat": 1,
	"wet": 0, "brt": -3, "art": -3, "adt": -3, "ast": -4, "edt": -4, "est": -5, "cdt": -5, "cst": -6,
	"mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akdt": -8, "akst": -9, "hst": -10,
	"acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}

// monthNames by name and by the abbreviations in use, in lower case.
var monthNames = byName([12]string{
	// English, German, French, Spanish, Portuguese, Italian, Dutch, Russian, Turkish, Indonesian
	"jan january januar jän jänner janv janvier ene enero janeiro gen gennaio янв января ocak januari",
	"feb february februar fév févr février febrero fev fevereiro febbraio februari фев февраля şubat",
	"mar march mär märz mrz mars marzo março marco maart mrt мар марта mart maret",
	"apr april avr avril abr abril aprile апр апреля nisan",
	"may mai mayo maio mag maggio mei мая май mayıs",
	"jun june juni juin junio junho giu giugno июн июня haziran",
	"jul july juli juil juillet julio julho lug luglio июл июля temmuz",
	"aug august août aout ago agosto augustus авг августа ağustos agu agustus",
	"sep sept september septembre septiembre set setembro settembre сен сент сентября eylül",
	"oct october okt oktober octobre octubre out outubro ott ottobre окт октября ekim",
	"nov november novembre noviembre novembro ноя нояб ноября kasım",
	"dec december dez dezember déc décembre dic diciembre dezembro dicembre дек декабря aralık des desember",
})

func byName(months [12]string) map[string]int {
	names := make(map[string]int)
	for i, list := range months {
		for _, name := range strings.Fields(list) {
			names[name] = i + 1
		}
	}
	return names
}

// weekdays by what they begin with, in the same languages and in Korean,
// Japanese and Chinese. They are read over: the date says the day.
var weekdays = strings.Fields("mon tue tues wed thu thur thurs fri sat sun " +
	"mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag " +
	"lun mar mer jeu ven sam dim lunes martes mié mie miércoles jue jueves vie viernes sáb sab domingo dom " +
	"seg segunda ter terça qua quarta qui quinta sex sexta feira gio sab lunedì martedì mercoledì giovedì venerdì sabato domenica " +
	"пн вт ср чт пт сб вс ma wo vr za zo " +
	"월 화 수 목 금 토 일 월요일 화요일 수요일 목요일 금요일 토요일 일요일 月 火 水 木 金 土 日 " +
	"月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日")

func isWeekday(word string) bool {
	for _, weekday := range weekdays {
		if word == weekday || len(weekday) == 3 && weekday[0] < 0x80 && strings.HasPrefix(word, weekday) && strings.HasSuffix(word, "day") {
			return true
		}
	}
	return false
}
