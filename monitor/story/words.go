package story

import "strings"

// OrdinaryWords are the English words that reports of every kind use, in lower case
// and mostly without endings, for those who look for what is unusual in a report.
func OrdinaryWords() []string { return strings.Fields(ordinaryWords + " " + commonWords) }

// publishingWords speak of the report and of the reader's dealings with its
// outlet, not of the event. An outlet puts them under every report.
const publishingWords = `article appear appeared version newsletter newsletters email subscribe subscriber subscription sign
inbox podcast app apps click read reading caption credit copyright correspondent editor download rss feed link links
reliable source sources`

// commonWords occur in reports of every kind.
const commonWords = `year month week day time people world country government official leader president minister ministry
state national international report news statement announce issue call make take get go come show see warn urge vow
expect set seek move face work use help need want win lose rise fall cut deal group party part case way back late early
high big great major key top next last recent past number percent million billion company market share force power
security defense defence attack war peace nation foreign public press conference photo video watch live update full
text story exclusive analysis opinion interview review list why how here thing good best long short open close start
begin end new old uss ship port monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
covid-19 weekend morning afternoon evening night breaking`

// ordinaryWords are the vocabulary of news: words that outlets of several
// countries and years write in lower case, and the names that are in the news
// every day. Two reports that share some of them share a subject, not an event.
const ordinaryWords = `highest lowest biggest largest greatest abroad abuse accept access accident accord accuse across act action activist activity actor actress
additional administration adult advice advise adviser affair afraid age agency agenda agent ahead aid aim air aircraft
airline airport alarm album alert allegation allege allow ally almost alone along already alternative ambassador among
amount angry animal anniversary annual answer appeal appearance apply appoint approach approve area argue arm arrest
arrival arrive artist asia ask assault assembly asset association athlete attempt attend attention attorney august author
authority available avoid award away baby bad balance ban bank bar base basic battle beach beat beautiful become bed
behavior behind belief believe benefit bet better bid bill bird birth birthday black blame block blow blue board boat
body bomb bond book boom boost border boss bottom box boy brain brand break brief bring britain broadcast brother budget
build building burn business bus buy camp campaign candidate capital car carbon card care career carry cash cat cause
celebrate center central centre century ceo ceremony chain chair chairman challenge champion championship chance change
chaos character charge charity cheap check chef chief child children choice choose church circle citizen city civil
civilian claim clash class clean clear climate climb clinic club coach coal coalition coast code cold collapse colleague
collect college color combat comedy comment commemorate commercial commission commit committee common community compare
compete complete concern condition conduct confirm conflict congress connect consider constitution construction consumer
contact container content contest context continue contract control convict cool cooperation cop cope core corporate
corruption cost council count county couple course court cover crack create crew crime criminal crisis criticism criticize
crop cross crowd crucial cruise cry culture currency current customer daily damage danger dangerous data date daughter
dead deadly deal dear death debate debt decade decide decision declare decline deep defeat defend degree delay deliver
demand democracy democratic demonstration deny department deploy deputy describe design desk despite destination destroy
detail detain determine develop development die diet difference different difficult digital dinner diplomacy diplomat
diplomatic direct direction director disaster disease discover discrimination discuss discussion display dispute district
divide doctor document dog dollar domestic dominate donate door double doubt dozen draft drama draw dream dress drink
drive driver drop drought drug due dumb earn earth earthquake ease east easy eat economic economy edge edition education
effect effective effort eight elderly elect election electric electricity electronic eleven emergency emerge emotion
employ employee employer empty encourage energy enforcement engage engineer enjoy enough ensure enter entertainment entire
entry environment environmental equal equality era escape escalate especially essential establish estate estimate europe
european evacuate even event ever every evidence evolve exact exam example excellent exchange excite executive exist exit
expand expansion expat expensive experience experiment expert explain explode explosion export expose express extend
external extra extraordinary extreme eye facility fact factory fail fair faith false fame family famous fan far farm
farmer fashion fast fatal father fault favor favorite fear feature federal fee feed feel fellow female festival few field
fight figure file fill film final finance financial find fine finger finish fire firm fiscal fish fit five fix flag flat
flight flood floor flow flower fly focus follow food foot football forecast forest forget form formal former forward
found four fourth free freedom frequent fresh friend friendly front fruit fuel fun function fund fundamental funeral
future game gang gap garden gas gate gather gathering gender general generation get giant gift girl give glass global
goal gold golden gone goods governor grade grand grant green ground grow growth guard guest guide guilty gun guy habit
hair half hall hand handle hang happen happy hard harm hate head headline health hear heart heat heavy height helicopter
hero hide hike hill him himself history historic hit hold hole holiday home honor hope horror hospital host hostage hot
hotel hour house household housing huge human humanitarian hundred hunt hurricane hurt husband ice idea identify identity
illegal image imagine immediate immigrant immigration impact implement import important impose improve inch incident
include income increase incredible independence independent index individual indoor industrial industry infect infection
inflation influence inform information initiative injure injury inmate innovation inquiry inside insist inspect
inspiration institute institution insurance intelligence intense interest interior internal internet intervene
introduce invasion invest investigate investigation investment investor invite involve iron island item jail job join
joint joke journal journalist journey judge judgment july jump june jury justice keep kick kid kill killer kind king
kitchen knife know lab label labor lack lady lake land landmark language large largest laugh launch law lawmaker
lawsuit lawyer lay lead league learn lease leave left legacy legal legend legislation lesson let letter level liberal
library lie life lift light like likely limit line link listen little loan local location lock lockdown logic look lord
loss lost lot love low loyal luck lunch luxury machine magazine main maintain majority male man manage management manager
manufacture map march mark marriage marry mask mass massacre massive master match material matter mayor meal mean measure
mechanism media medical medicine meeting member memory men mental mention mess message metal method metropolitan mid
middle might military mind mine mini minor minority minute miss mission mistake mix mobile mode model modern moment
monetary money monitor mood moon moral mortgage most mother motion motor mountain mouth movement movie much multiple
murder museum music musician muslim mystery name narrow native natural nature naval navy near nearly necessary neck
negative negotiate negotiation neighbor neighborhood neighbour network never nice nine noise none normal north northern
note nothing notice novel now nowhere nurse obesity object observe obvious occupy occur ocean odd offer office officer often
oil okay once ongoing online operate operation opponent opportunity oppose opposition option orange order ordinary organic
organization organisation organize origin original other outbreak outcome outlet outlook outrage outside outstanding
overcome overseas own owner pace pack page pain paint pair palace pandemic panel panic paper parent park parliament
participate particular partner partnership pass passenger passion passport patient patrol pause pay payment penalty
pension perfect perform performance period permanent permission permit person personal personnel phase phone pick picture
piece pilot pioneer pipeline place plane planet plant plastic plate platform play player please pledge pocket poet point
poison police policy political politician politics poll pollution poor pop popular population position positive possible
post potential pound poverty practice praise pray prayer precious predict prefer pregnant prepare presence present
presidential pressure pretty prevent previous price pride priest primary prime prince princess principle print prior
priority prison prisoner privacy private prize probably probe problem process produce product production professional
professor profile profit program progress project promise promote proof property proposal propose prosecution prosecutor
protect protection protester proud prove provide province provision psychological pull punish purchase pure purpose push
put qualify quality quarantine quarter queen question quick quiet quit quote race racial racism racist radical radio rain
raise rally range rank rape rapid rare rate raw reach react reaction ready real reality realize reason rebel rebuild
recall receive recession recognize recommend record recover recovery recruit recycle red reduce reduction reelection refer
reform refugee refuse regime region regional register regret regular regulation regulator reject relate relation
relationship relative release relevant relief religion religious rely remain remark remember remote removal remove
renew rent reopen repair repeat replace reply reporter republican reputation request require rescue research
researcher resident resign resist resolution resolve resort resource respect respond response responsible rest restaurant
restore restrict restriction result retail retailer retire retirement return reveal revenue reverse revise revive
revolution reward rich rid ride rifle right ring riot risk rival river road rob robot rock role roll roof room root rough
round route routine row royal rule rumor run runner running rural rush sad safe safety saga sail salary sale same sanction
satisfy save scale scam scandal scare scene schedule scheme scholar school science scientist score scramble screen script
sea seal search season seat second secret secretary section sector seem segment seize select selection self sell senate
senator send senior sense sentence separate sequence series serious serve service session settle settlement seven several
severe sex sexual shadow shake shame shape sharp shelf shell shelter shift shine shirt shock shoe shoot shooter shooting
shop shore shot should shoulder shout shut sick side sight signal sign significant silence silver similar simple since
sing singer single sister sit site situation six size skill skin sky slam sleep slip slow small smart smile smoke snow
soar soccer social society soft soldier solid solution solve someone something son song soon sort soul sound source south
southern space spark speak speaker special specialist specific speech speed spend spike spirit split spokesman
spokesperson sport spot spray spread spring spur squad square stable stadium staff stage stake stand standard star stay
steal steel step stick stock stop store storm straight strain strand strange strategic strategy stream street strength
strengthen stress stretch strike string strong structure struggle stuck student studio study stuff style subject submit
succeed succession such sudden suffer sugar suggest suicide suit summer summit sun super supply support supreme sure
surge surprise surround surveillance survey survive survivor suspect suspicion sustain swap sweep swim switch symbol
sympathy system table tactic tackle tale talent talk tank tap target task taste tax taxi teach teacher team teen teenage
teenager television tell temple temporary tension term terrible terror terrorism terrorist test thank theater theatre
theft theme theory therapy thick thin think third thousand threat threaten three threshold thrive throughout throw ticket
tie tiger tight tip tire title tobacco together toll tone ton tool total touch tough tour tourism tourist tournament toward
town toy trace track trade tradition traditional traffic tragedy trail train transfer transform transition transparency
transport trap trauma travel treat treatment treaty tree trend trial tribute trick trigger trip triple troop trouble truck
true trust truth try tunnel turn tv tweet twice twin type typhoon ultimate unable unemployment uniform union unique unit
unite united unity universal universe university unknown unlikely unusual unveil upper upset urban urgent user usual
vaccine vaccination valley value van variant variety vast vehicle venture version vessel veteran victim victory view
village violate violation violence violent virtual virus visa visitor vital voice volunteer vote voter vulnerable wage
wait wake walk wall warning warrior wash waste water wave weak wealth weapon wear weather web website wed wedding weekly
weigh weight welcome well welfare west western wet whale wheel while white whole wide widespread wife wild wildlife win
wind window wine wing winner winter wipe wire wise wish withdraw withdrawal within without witness woman women wonder wood
word worker worry worse worst worth wound wrap write writer wrong yet young youth zero zone infected infectious sexually
made around died still latest least won took earlier ago another got leak further apologize apology agreement seen
known struck address controversial instead led whether came caught don powerful themselves pose gain nominee given
less became saw spent paid else upcoming whose admit nationwide everything momentum merger published denied brought
status rather itself familiar technology resume expectation oversight account sent jet vacation ramp reportedly always
presidency device possibility referral tried debut devastating competition celebrity peak curve everyone felt able
gave began married advertising controversy broke loosen slight slightly denial hub seemingly sought bureau approval
shareholder empower steady taxpayer distance gradually tied await ancient firefighter onto cultural custody supposed
accusation apologise affected fell occupied statue actually prompt icon announcement beyond critical hidden
increasingly worried art fate ethnic fake leadership audience assistant watchdog unprecedented various ignore apparent
guidance guideline pitch uncertainty execution execute dying anyone capacity seller blog comeback acquire dip grill
hiring gloomy slump stunning convinced publication publisher built pink venue everywhere prominent worldwide
bankruptcy grip peaceful highway shutdown broken alive backlash cautious knee brutality pet species diversity
classified ad catch moderate explosive connection heard refusal wisdom analyst nude eastern hotspot motorcycle
confidence curb certain blaze involvement reiterate occasion complaint conservative transaction band comfort memorial
elite critic supporter fisherman fishermen combined fully caution completion rose tumble yes secure pre
coronavirus korea korean trump biden obama putin india indian britain british uk england london france french paris
germany german berlin eu brussels italy spain australia australian canada canadian mexico brazil israel israeli gaza
palestinian ukraine ukrainian kyiv africa african asian americans european facebook twitter google apple tiktok cnn bbc
reuters ap afp yonhap kyodo xinhua manila philippine philippines california texas florida york donald john david michael
james robert joe kim lee`

// ordinaryPairs are what ordinaryWords are in unspaced scripts: pairs of
// characters, many of them endings, that stand in reports of every kind.
const ordinaryPairs = `에서 으로 하고 지난 다고 정부 하는 밝혔 혔다 혔습 부터 위원 했다 했습 습니 니다 서울 것으 있는 대표 원회 대한 이라 부는 있다
국민 대해 라고 다는 기로 에게 부가 하기 통령 대통 위해 위한 최근 기자 관련 현지 한다 운데 우리 열린 들이 들은 가운 결과 최고 적인 국내 일부
오후 오전 경기 하지 까지 지원 원의 사회 사이 대로 나라 국제 정보 민주 년부 전국 사를 보고 만에 나타 회에 장관 의원 서는 사업 발생 회를 자는
이후 이상 원이 성이 상황 보다 문제 면서 들어 국가 관계 같은 표는 장이 장을 장은 장의 장에 원은 원내 원에 원장 원을 예정 안전 안을 선수 국회
학교 하면 하다 프로 통해 지역 지시 지만 정치 에는 없다 아시 시아 시작 라는 따라 되는 됐다 됐습 대책 난해 나왔 기업 국의 국에 국과 것은 해야
지하 지도 올해 내년 소속 사태 부에 부의 본부 다며 노동 기관 가능 화를 함께 하며 표가 통신 추가 주의 역에 시간 성을 사가 발표 명이 등에 등을
등이 두고 대회 대학 내용 기준 고위 겠다 회는 행정 학생 중앙 조사 열어 업체 사는 사에 보도 받은 받고 받아 명을 르면 로부 력을 따르 대가 회사
확인 현재 하게 처럼 지고 이어 이나 위를 위기 요구 알려 않는 수사 산업 부를 리는 리가 령은 동안 대상 는다 경제 개발 감독 가장 환경 투자 진입
지에 주요 입니 일을 의에 의를 시에 사망 사건 방법 만원 되고 대화 기도 권력 관은 경찰 오늘 어제 내일 이번 혐의 의로 말했 강조 전했 했던 씨를
씨는 씨가 당국 당시 당국 한편 때문 으며 이며 였다 이었 었다 았다 겠습 한국 미국 일본 중국 북한
政府 首相 大統 統領 発表 会見 今年 昨年 問題 関係 方針 予定 今回 国際 地域 調査 対応 可能 必要 影響 全国 社会 経済 企業 事業 国内 現在 時間 一部
午前 午後 同日 報道 記者 関連 実施 開始 決定 検討 説明 強調 指摘 主張 確認 代表 会長 社長 委員 議員 国会 県警 警察 容疑 逮捕 事件 事故 世界 情報
表示 報導 报道 总统 總統 发表 發表 公司 经济 經濟 国家 國家 问题 問題 发展 發展 相关 相關 進行 进行 目前 今天 昨天 昨日 今日 人民 記者 记者 新聞
新闻 政府 部長 部长 發言 发言 言人 指出 認為 认为 可能 已经 已經 我们 我們 他们 他們 没有 沒有 這次 这次 美国 中国 日本 韓國 韩国 国际 國際`
