package draft

import (
	"slices"
	"strings"

	"newswatch/rules"
)

// An actor is a country, or what acts like one in the news. Its terms are how
// reports name it, in the rules' language.
type actor struct {
	name  string
	terms []string
}

// actorTable has an actor a line, its terms apart by commas. The list is ours: those
// that act across borders in the news most. A country that is missing is taken for a
// name like any other.
const actorTable = `North Korea: North Korea*, N. Korea*, DPRK, Pyongyang, Kim Jong Un, 북한, 평양, 김정은, 北朝鮮, 朝鮮, 朝鲜, 北韓, 平壌, 平壤, 金正恩
South Korea: South Korea*, S. Korea*, Republic of Korea, =ROK, Seoul, 한국, 서울, 대한민국, 韓国, 韩国, 韓國, 首尔, ソウル
United States: United States, U.S., =US, =USA, America*, Washington, Pentagon, White House, 미국, 워싱턴, 백악관, 米国, 美国, 美國
Korean Peninsula: Korean Peninsula, 한반도, 朝鮮半島, 朝鲜半岛
Japan: Japan*, Tokyo, 일본, 도쿄, 日本, 東京, 东京
China: China*, Chinese, Beijing, Xi Jinping, 중국, 베이징, 中国, 中國, 北京
Taiwan: Taiwan*, Taipei, 대만, 台湾, 臺灣
Russia: Russia*, Moscow, Kremlin, Putin, 러시아, 모스크바, 푸틴, ロシア, 俄罗斯, 俄羅斯
Ukraine: Ukrain*, Kyiv, Kiev, 우크라이나, ウクライナ, 乌克兰
Belarus: Belarus*, Minsk
Israel: Israel*, Tel Aviv, Jerusalem, 이스라엘, イスラエル, 以色列
Gaza: Gaza*, Hamas, 가자지구, 하마스
Palestine: Palestin*, West Bank, 팔레스타인
Lebanon: Leban*, Beirut, Hezbollah, 레바논
Syria: Syria*, Damascus, 시리아
Iran: Iran*, Tehran, 이란, イラン, 伊朗
Iraq: Iraq*, Baghdad, 이라크
Saudi Arabia: Saudi*, Riyadh, 사우디
United Arab Emirates: United Arab Emirates, =UAE, Abu Dhabi, Dubai
Qatar: Qatar*, Doha
Yemen: Yemen*, Houthi*
Egypt: Egypt*, Cairo
Turkey: Turkey, Turkish, Turkiye, Türkiye, Ankara, 튀르키예
Britain: Britain, British, United Kingdom, U.K., =UK, London, 영국
France: France, French, Paris, 프랑스
Germany: German*, Berlin, 독일
Italy: Italy, Italian*, Rome
Spain: Spain, Spanish, Madrid
Poland: Poland, Polish, Warsaw, 폴란드
Hungary: Hungar*, Budapest
Netherlands: Netherlands, Dutch, The Hague
Sweden: Sweden, Swedish, Stockholm
Norway: Norway, Norwegian*, Oslo
Finland: Finland, Finnish, Helsinki
Denmark: Denmark, Danish, Copenhagen
Greece: Greece, Greek*, Athens
Canada: Canad*, Ottawa, 캐나다
Mexico: Mexic*
Brazil: Brazil*
Argentina: Argentin*, Buenos Aires
Venezuela: Venezuel*, Caracas
Cuba: Cuba*, Havana
India: India, Indian*, New Delhi, 인도, インド, 印度
Pakistan: Pakistan*, Islamabad
Bangladesh: Bangladesh*, Dhaka
Sri Lanka: Sri Lanka*, Colombo
Afghanistan: Afghan*, Kabul, Taliban
Myanmar: Myanmar*, Burma, Burmese
Thailand: Thailand, Thai, Bangkok
Vietnam: Vietnam*, Hanoi, 베트남
Philippines: Philippine*, Filipino*, Manila, 필리핀
Indonesia: Indonesia*, Jakarta, 인도네시아
Malaysia: Malaysia*, Kuala Lumpur
Singapore: Singapor*
Cambodia: Cambodia*, Phnom Penh
Mongolia: Mongolia*, Ulaanbaatar
Kazakhstan: Kazakh*, Astana
Australia: Australia*, Canberra, 호주
New Zealand: New Zealand*, Wellington
South Africa: South Africa*, Pretoria
Nigeria: Nigeria*, Abuja
Ethiopia: Ethiopia*, Addis Ababa
Sudan: Sudan*, Khartoum
European Union: European Union, E.U., =EU, Brussels, 유럽연합
NATO: =NATO, North Atlantic Treaty Organization, 나토
United Nations: United Nations, U.N., =UN, 유엔, 国連, 联合国`

// peninsula is no state: a rule asks for it only where no state is named.
const peninsula = "Korean Peninsula"

// called is the actor within a sentence.
func (a *actor) called() string {
	if strings.HasPrefix(a.name, "United") || strings.HasPrefix(a.name, "European") || strings.HasSuffix(a.name, "s") && a.name != "Belarus" || a.name == peninsula {
		return "the " + a.name
	}
	return a.name
}

// A form is one term of an actor, in words.
type form struct {
	actor *actor
	words []string // lower case
	exact bool     // capitals as written
	wild  bool     // the last word may go on
}

// A gazetteer finds actors in tokens.
type gazetteer struct {
	byFirst map[string][]form // by the first word, or four letters of it
	han     []form            // those in Han and kana, found anywhere
}

func newGazetteer() *gazetteer {
	g := &gazetteer{byFirst: map[string][]form{}}
	for line := range strings.Lines(actorTable) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		a := &actor{name: name, terms: strings.Split(list, ", ")}
		for _, term := range a.terms {
			g.add(a, term)
		}
	}
	return g
}

func (g *gazetteer) add(a *actor, term string) {
	f := form{actor: a}
	term, f.exact = strings.CutPrefix(term, "=")
	term, f.wild = strings.CutSuffix(term, "*")
	if s := scriptOf([]rune(term)[0]); s == unspaced || s == katakana {
		f.words = []string{term}
		g.han = append(g.han, f)
		return
	}
	if f.exact {
		f.words = []string{term}
	} else {
		for _, w := range strings.Fields(strings.ToLower(term)) {
			if len(w) == 2 {
				w = strings.TrimSuffix(w, ".") // N. Korea is two tokens, U.S. is one
			}
			f.words = append(f.words, w)
		}
	}
	key := prefix(strings.ToLower(f.words[0]))
	g.byFirst[key] = append(g.byFirst[key], f)
	slices.SortStableFunc(g.byFirst[key], func(a, b form) int { return len(b.words) - len(a.words) })
}

// prefix is the first four letters of a word: what a wildcard may leave of it.
func prefix(word string) string {
	n := 0
	for i := range word {
		if n++; n > 4 {
			return word[:i]
		}
	}
	return word
}

// mark notes the actors that tokens name.
func (g *gazetteer) mark(tokens []token) {
	for i := 0; i < len(tokens); {
		n, a := g.at(tokens[i:])
		for j := range n {
			tokens[i+j].actor, tokens[i+j].begins = a, j == 0
		}
		i += max(n, 1)
	}
}

// at returns the actor that the first n of tokens name; 0: none.
func (g *gazetteer) at(tokens []token) (n int, a *actor) {
	t := tokens[0]
	if t.script == unspaced || t.script == katakana {
		for _, f := range g.han {
			if strings.Contains(t.text, f.words[0]) {
				return 1, f.actor
			}
		}
		return 0, nil
	}
	key := prefix(strings.ToLower(t.text))
	for n := len(key); n > 0; n-- { // a form may be shorter than four letters
		for _, f := range g.byFirst[key[:n]] {
			if len(f.words) <= len(tokens) && f.stands(tokens) {
				return len(f.words), f.actor
			}
		}
		if t.script != hangul {
			break
		}
	}
	return 0, nil
}

func (f *form) stands(tokens []token) bool {
	for i, w := range f.words {
		t := tokens[i]
		if i > 0 && t.gap == cut && len(f.words[i-1]) > 1 {
			return false
		}
		last := i == len(f.words)-1
		switch text := strings.ToLower(t.text); {
		case f.exact && t.text == w:
		case f.exact:
			return false
		case text == w || t.key == w:
		case last && f.wild && strings.HasPrefix(text, w):
		case t.script == hangul && slices.ContainsFunc(rules.KoreanNouns(t.text), func(n rules.KoreanNoun) bool { return n.Noun == w }):
		default:
			return false
		}
	}
	return tokens[0].script != latin || tokens[0].capital // turkey is a bird
}

// termsIn are the actor's names in the scripts of the documents.
func (a *actor) termsIn(scripts map[script]bool) []string {
	var terms []string
	for _, term := range a.terms {
		s := scriptOf([]rune(strings.TrimPrefix(term, "="))[0])
		if s == katakana {
			s = unspaced
		}
		if scripts[s] {
			terms = append(terms, term)
		}
	}
	return terms
}
