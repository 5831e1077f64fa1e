package story

import "strings"

// concepts are names and acts that wire reports of this desk's region use in
// four languages, one a line: its kind (a town lies in a place, so that two titles
// may name either; rarity.go has how rare each kind is beforehand), its name (an
// act's name begins with its phase), and its spellings. A spelling in Latin letters
// is one or more words, compared by stem; one in Hangul, kana or Han is found
// anywhere in a run of them, a place of one character only where it stands alone. They do two things: they let reports
// in different languages be compared at all, and they say in advance which terms
// are too common to tell two events apart.
const concepts = `
place north-korea: north korea, north korean, n korea, n korean, nkorea, dprk, dpr korea, d.p.r.k, democratic people's republic of korea, pyongyang, nordkorea, corea del nord, corée du nord, corea del norte, coreia do norte, 북한, 조선민주주의인민공화국, 평양, 북, 北, 北朝鮮, 北韓, 北韩, 朝鲜, 朝鮮, 平壌, 平壤
place south-korea: korea, korean, south korea, south korean, s korea, s korean, skorea, rok, republic of korea, seoul, südkorea, sydkorea, corea del sud, corée du sud, corea del sur, coreia do sul, 한국, 서울, 韓, 韓国, 韩国, 韓國, 南韓, 南韩, ソウル, 首爾, 首尔
place united-states: united states, u.s, usa, america, american, washington, pentagon, white house, 미국, 워싱턴, 백악관, 美, 米国, 美国, 美國, ワシントン, 华盛顿, 華盛頓, 白宫, 白宮
place japan: japan, japanese, tokyo, 일본, 도쿄, 日, 日本, 東京, 东京
place china: china, chinese, beijing, 중국, 베이징, 中, 中国, 中國, 北京
place russia: russia, russian, moscow, kremlin, 러시아, 모스크바, ロシア, モスクワ, 俄罗斯, 俄羅斯, 莫斯科
place united-nations: united nations, u.n, 유엔, 国連, 联合国, 聯合國
place iran: iran, iranian, tehran, 이란, イラン, 伊朗
place taiwan: taiwan, taiwanese, taipei, 대만, 台湾, 台灣
town busan: busan, pusan, 부산, 釜山
town guam: guam, 괌, グアム, 关岛, 關島
town okinawa: okinawa, 오키나와, 沖縄, 冲绳, 沖繩
town jeju: jeju, 제주, 済州, 济州, 濟州
town hokkaido: hokkaido, 홋카이도, 北海道
town vladivostok: vladivostok, 블라디보스토크, ウラジオストク, 符拉迪沃斯托克, 海參崴
town hawaii: hawaii, 하와이, ハワイ, 夏威夷
town yongbyon: yongbyon, nyongbyon, 영변, 寧辺, 宁边, 寧邊
place australia: australia, australian, canberra, 호주, 豪州, オーストラリア, 澳大利亚, 澳洲
place philippines: philippines, philippine, manila, 필리핀, フィリピン, 菲律宾, 菲律賓
place vietnam: vietnam, vietnamese, hanoi, 베트남, ベトナム, 越南
place germany: germany, german, berlin, 독일, ドイツ, 德国, 德國
place france: france, french, paris, 프랑스, フランス, 法国, 法國
place israel: israel, israeli, 이스라엘, イスラエル, 以色列
place hong-kong: hong kong, 홍콩, 香港
place ukraine: ukraine, ukrainian, kyiv, kiev, 우크라이나, ウクライナ, 乌克兰, 烏克蘭
place united-kingdom: united kingdom, uk, britain, british, london, 영국, 英国, 英國
place european-union: european union, eu, brussels, 유럽연합, 欧州連合, 欧盟, 歐盟
place india: india, indian, new delhi, 인도 정부, インド, 印度
town new-york: new york
place new-zealand: new zealand
place middle-east: middle east, 중동, 中東, 中东
thing kim-jong-un: kim jong un, 김정은, 金正恩, キム・ジョンウン
thing xi-jinping: xi jinping, xi, 시진핑, 習近平, 习近平
name kim-yo-jong: kim yo jong, kim jong un's sister, kim's sister, 김여정, 金与正, 金與正
name lee-jae-myung: lee jae myung, 이재명, 李在明
name yoon-suk-yeol: yoon suk yeol, 윤석열, 尹錫悦, 尹锡悦, 尹錫悅
thing trump: donald trump, trump, 트럼프, トランプ, 特朗普, 川普
thing biden: joe biden, biden, 바이든, バイデン, 拜登
thing putin: vladimir putin, putin, 푸틴, プーチン, 普京, 普丁
thing covid: covid, coronavirus disease, coronavirus, 코로나19, 코로나, コロナ, 新冠
thing supreme-court: supreme court, 대법원, 最高裁, 最高法院
thing prime-minister: prime minister, 총리, 首相, 总理, 總理
thing foreign-minister: foreign minister, 외교장관, 외교부 장관, 外相, 外务部长, 外交部長
thing social-media: social media
thing human-rights: human rights, 인권, 人権, 人权, 人權
thing health-care: health care, healthcare
thing climate-change: climate change
thing national-security: national security
thing sohae: sohae, tongchang ri, tongchangri, dongchang ri, dongchangri, cholsan, 서해위성발사장, 동창리, 西海衛星, 東倉里, 东仓里
thing security-council: security council, unsc, 안보리, 안전보장이사회, 安保理, 安理会, 安理會
thing satellite: satellite, 위성, 衛星, 衞星, 卫星
thing rocket: rocket, launch vehicle, space vehicle, 로켓, 발사체, ロケット, 火箭
thing missile: missile, slbm, 미사일, ミサイル, 导弹, 導彈, 飛彈
thing nuclear: nuclear, atomic, 핵, 核
kind carrier: aircraft carrier, carrier, 항공모함, 항모, 空母, 航母
kind bomber: bomber, b52, b1b, 폭격기, 爆撃機, 轰炸机, 轟炸機
kind submarine: submarine, sub, ssbn, ssn, 잠수함, 潜水艦, 潜艇, 潛艦, 潛艇
kind short-range: short range, 단거리, 短距離, 短程, 近程
kind mid-range: intermediate range, medium range, 중거리, 中距離, 中程
kind long-range: long range, intercontinental, 장거리, 대륙간, 長距離, 大陸間, 长程, 長程, 远程, 遠程, 洲际, 洲際
kind cruise: cruise, 순항, 巡航
thing orbit: orbit, orbital, 궤도, 軌道, 轨道
thing defence-minister: defense minister, defence minister, defense secretary, defence secretary, secretary of defense, defense chief, defence chief, minister of national defense, minister of defense, 국방장관, 국방부 장관, 国防相, 防衛相, 国防部長官, 国防長官, 国防部长, 國防部長, 防長, 防长
thing consultative-meeting: scm, security consultative meeting, security consultative committee, defense talks, security talks, 안보협의회의, 안보협의회, 안보협의, 安保協議会, 安全保障協議, 定例安保協議, 安保會議, 安保会议
thing consultative-group: ncg, nuclear consultative group, 핵협의그룹, 核協議グループ, 核咨商小组, 核諮商小組, 核磋商小组, 核磋商小組, 核协商小组
thing extended-deterrence: extended deterrence, nuclear umbrella, 확장억제, 확장 억제, 핵우산, 拡大抑止, 核の傘, 延伸威慑, 延伸嚇阻, 核保护伞, 核保護傘
thing exercise: drill, exercise, war game, 훈련, 演習, 训练, 演练, 軍演, 军演, 演训
thing summit: summit, 정상회담, 首脳会談, 峰会, 首脑会谈
thing sanction: sanction, blacklist, 제재, 制裁
thing coast-guard: coast guard, 해상보안청, 海上保安庁, 海上保安厅
thing reconnaissance: spy, reconnaissance, 정찰, 偵察, 侦察
thing joint-statement: joint statement, joint communique, communiqué, communique, 공동성명, 共同声明, 联合声明, 聯合聲明, 共同聲明
thing military: military, troop, army, 군사, 軍事, 军事
thing alliance: alliance, ally, allies, 동맹, 同盟
event troops: soldier, troops, 병력, 파병, 兵士, 士兵, 部隊, 部队
event artillery: artillery, shell, 포탄, 砲弾, 炮弹, 砲彈
event ballistic: ballistic, 탄도, 弾道, 弹道, 彈道
name hypersonic: hypersonic, 극초음속, 極超音速, 高超音速
event destroyer: destroyer, 구축함, 駆逐艦, 驱逐舰, 驅逐艦
event drone: drone, 드론, 무인기, ドローン, 無人機, 无人机
name nuclear-test: nuclear test, 핵실험, 核実験, 核试验, 核試驗, 核試
name denuclearisation: denuclearization, denuclearisation, 비핵화, 非核化, 无核化, 無核化
name exclusive-zone: eez, exclusive economic zone, 배타적경제수역, 排他的経済水域, 专属经济区, 專屬經濟區
name intelligence-service: nis, spy agency, intelligence service, 국정원, 국가정보원, 国家情報院, 国情院, 國情院
event hacker: hacker, hacking, 해커, 해킹, ハッカー, 黑客, 駭客
event resolution: resolution, 결의, 決議, 决议
event earthquake: earthquake, quake, 지진, 강진, 地震
name tsunami: tsunami, 쓰나미, 해일, 津波, 海啸, 海嘯
event fire: fire broke out, blaze, factory fire, plant fire, 화재, 火災, 火灾
event aircraft: jet, plane, aircraft, airliner, 여객기, 항공기, 旅客機, 航空機, 客机, 客機, 飞机, 飛機
event airport: airport, runway, 공항, 활주로, 空港, 滑走路, 机场, 機場, 跑道
event election: election, 선거, 選挙, 選擧, 选举, 選舉, 总统选举, 總統大選
event central-bank: central bank, 중앙은행, 中央銀行, 央行
event interest-rate: interest rate, key rate, policy rate, 기준금리, 金利, 利率
name impeachment: impeachment, impeach, 탄핵, 弾劾, 弹劾, 彈劾
name martial-law: martial law, 계엄, 戒厳, 戒严, 戒嚴
event tariff: tariff, 관세, 関税, 关税, 關稅
event battery: battery, 배터리, 전지, 電池, 电池
act launch/launch: launch, liftoff, lift-off, blast off, blasted off, 발사, 打ち上げ, 打上げ, 发射, 發射
act launch/fire: fire, fires, fired, firing, test-fire
act plan/notify: notify, notifies, notified, notification, inform, informed, informing, tell, told, notice, 통보, 通報, 通知, 通告
act plan/plan: plan, planned, planning, intend, intention, 예고, 계획, 予告, 計画, 计划, 計劃, 預告
act plan/prepare: prepare, preparing, preparation, 준비, 準備, 准备
act failure/failure: fail, failure, unsuccessful, crash, malfunction, midair explosion, mid-air explosion, explode in flight, blow up in flight, explode midair, 공중 폭발, 공중폭발, 空中爆発, 空中爆炸, 실패, 추락, 失敗, 失败, 墜落, 坠落, 墜毀, 坠毁
act success/success: success, successful, successfully, 성공, 成功
act protest/condemn: condemn, denounce, slam, slammed, blast, flay, protest, rebuke, 규탄, 비난, 비판, 非難, 糾弾, 抗議, 谴责, 譴責, 抗议
act agree/agree: agree, agreed, agreement, pact, accord, 협정, 協定, 协议, 協議, 합의, 合意, 达成, 達成, 同意, 商定
act suspend/reduce: scale back, scales back, curtail, reduce, substantially reduce, cut back, 축소, 縮小, 缩减, 縮減
act suspend/suspend: suspend, suspension, halt, 중단, 정지, 停止, 中断, 暂停, 暫停
act impose/impose: impose, declare, 선포, 발동, 부과, 宣言, 発動, 宣布
act lift/lift: lift, revoke, rescind, 해제, 철회, 解除, 撤回, 撤销, 撤銷
act end/end: scrap, abrogate, nullify, tear up, tears up, 파기, 폐기, 破棄, 廃棄, 废除, 廢除
act recover/recover: recover, retrieve, salvage, 인양, 회수, 引き揚げ, 回収, 打捞, 打撈
act accuse/accuse: arrest, charged, indict, 체포, 구속, 기소, 逮捕, 起訴, 起诉
act judge/judge: convict, acquit, sentenced, 선고, 판결, 判決, 判决, 宣判
act meet/meet: meet, met, meeting, talk, talks, hold, held, 회의, 개최, 会議, 開催, 會議, 会议, 举行, 舉行, 召開, 召开
act visit/visit: visit, arrive, port call, 방문, 도착, 입항, 訪問, 到着, 寄港, 访问, 抵达, 抵達`

// abbreviations stand for several concepts, or for none although they contain
// one, and are replaced before concepts are looked for.
const abbreviations = `
한미일: united-states south-korea japan
한미: united-states south-korea
한·미: united-states south-korea
韓米日: united-states south-korea japan
日米韓: united-states south-korea japan
米韓: united-states south-korea
韓米: united-states south-korea
韩美: united-states south-korea
icbm: long-range missile
srbm: short-range missile
irbm: mid-range missile
韓美: united-states south-korea
美韓: united-states south-korea
美韩: united-states south-korea
日韓: japan south-korea
日米: japan united-states
북러: north-korea russia
북·러: north-korea russia
북중: north-korea china
북미: north-korea united-states
미중: united-states china
한중: south-korea china
한일: south-korea japan
한러: south-korea russia
미러: united-states russia
방북: visit/visit north-korea
방미: visit/visit united-states
방중: visit/visit china
방러: visit/visit russia
방한: visit/visit south-korea
방일: visit/visit japan
訪朝: visit/visit north-korea
訪米: visit/visit united-states
訪中: visit/visit china
訪韓: visit/visit south-korea
訪日: visit/visit japan
访朝: visit/visit north-korea
访华: visit/visit china
访美: visit/visit united-states
米朝: united-states north-korea
日朝: japan north-korea
中朝: china north-korea
朝中: north-korea china
露朝: russia north-korea
朝俄: north-korea russia
俄朝: russia north-korea
朝美: north-korea united-states
中韩: china south-korea
中韓: china south-korea
日中: japan china
中日: china japan
米中: united-states china
中美: china united-states
korean peninsula:
inter korean:
two koreas:
both koreas:
korean war:
한국형:
한반도:
朝鲜半岛:
朝鮮半島:`

// stopWords carry no event.
const stopWords = `a an the of to in on at by for from with and or but nor as is are was were be been being it its this that
these those he she they them his her their our we you i my your me who whom which what when where no not if than then so
such into over under after before about against between during through up down out off again more most other some any all
each both few own same too very can could will would shall should may might must have has had having do does did doing
there also just only while because until although amid via said say says s t re ve ll d m one two`

// A concept is one line of concepts.
type concept struct {
	key    string
	place  bool // a town too
	town   bool
	kind   bool // a make of arms or vessel, of which a report tells of one
	rarity rarity
	phase  phase
}

// A spelling is one way to write some concepts: by stems of words, or by the
// runes of an unspaced script.
type spelling struct {
	words    []string
	runes    []rune
	concepts []*concept
}

// A gazetteer finds concepts. It is immutable.
type gazetteer struct {
	words  map[string][]spelling // by first stem, longest first
	runes  map[rune][]spelling   // by first rune, longest first
	alone  map[rune]*concept     // places that headlines write as one character
	launch *concept
	stop   map[string]bool
	shares map[string]float32 // of reports that have a word, where it is no rare one
}

func newGazetteer() *gazetteer {
	g := &gazetteer{
		words: map[string][]spelling{}, runes: map[rune][]spelling{}, alone: map[rune]*concept{},
		stop: map[string]bool{}, shares: map[string]float32{},
	}
	named := map[string]*concept{}
	for line := range strings.Lines(strings.TrimSpace(concepts)) {
		head, spellings, _ := strings.Cut(strings.TrimSpace(line), ": ")
		kind, name, _ := strings.Cut(head, " ")
		c := &concept{key: "@" + name, place: kind == "place" || kind == "town", town: kind == "town", kind: kind == "kind", rarity: rarityOfKind(kind)}
		if kind == "act" {
			c.phase = phaseNamed(name)
		}
		named[name] = c
		for _, s := range strings.Split(spellings, ", ") {
			g.add(s, c)
		}
	}
	g.launch = named["launch/launch"]
	for line := range strings.Lines(strings.TrimSpace(abbreviations)) {
		s, names, _ := strings.Cut(strings.TrimSpace(line), ":")
		var of []*concept
		for _, name := range strings.Fields(names) {
			of = append(of, named[name])
		}
		g.add(s, of...)
	}
	for _, w := range strings.Fields(stopWords) {
		g.stop[w] = true
	}
	for _, w := range strings.Fields(publishingWords) {
		g.stop[w] = true
	}
	for _, w := range strings.Fields(ordinaryWords + ordinaryPairs) {
		g.shares[stem(w)] = ordinaryShare
	}
	for _, w := range strings.Fields(commonWords) {
		g.shares[stem(w)] = commonShare
	}
	return g
}

func (g *gazetteer) add(text string, of ...*concept) {
	s := spelling{concepts: of}
	if first := []rune(text)[0]; unspaced(first) {
		s.runes = []rune(text)
		if len(s.runes) == 1 && of[0].place {
			g.alone[first] = of[0]
			return
		}
		g.runes[first] = longestFirst(g.runes[first], s)
		return
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' }) {
		s.words = append(s.words, stem(withoutPossessive(w)))
	}
	g.words[s.words[0]] = longestFirst(g.words[s.words[0]], s)
}

func longestFirst(list []spelling, s spelling) []spelling {
	i := 0
	for i < len(list) && len(list[i].words)+len(list[i].runes) >= len(s.words)+len(s.runes) {
		i++
	}
	return append(list[:i], append([]spelling{s}, list[i:]...)...)
}

// atWords finds the longest spelling that the tokens begin with.
func (g *gazetteer) atWords(tokens []token) (spelling, bool) {
next:
	for _, s := range g.words[tokens[0].key] {
		if len(s.words) > len(tokens) {
			continue
		}
		for i, w := range s.words {
			if tokens[i].kind > stop || tokens[i].key != w {
				continue next
			}
		}
		return s, true
	}
	return spelling{}, false
}

// atRunes finds the longest spelling that the text begins with, and how many
// runes of the text it takes; a space in a spelling is optional.
func (g *gazetteer) atRunes(text []rune) (s spelling, taken int, ok bool) {
	for _, s := range g.runes[text[0]] {
		if n := prefixed(text, s.runes); n > 0 {
			return s, n, true
		}
	}
	return spelling{}, 0, false
}

func prefixed(text, prefix []rune) int {
	i := 0
	for _, r := range prefix {
		if r == ' ' && (i >= len(text) || text[i] != ' ') {
			continue
		}
		if i >= len(text) || text[i] != r {
			return 0
		}
		i++
	}
	return i
}
