package draft

import "strings"

// A part is what a word can do in a phrase.
type part uint8

const (
	rare     part = iota // any word that is in none of the lists: what a text is about
	ordinary             // in reports of many kinds, and yet what this one may be about
	event                // names a kind of event: launch, talks
	common               // in reports of every kind: may stand in a phrase, says little
	quality              // as common, and never the last word of a phrase
	stop                 // ends a phrase
)

// weight is what a word of that part adds to a phrase.
func (p part) weight() float64 {
	switch p {
	case rare:
		return 1
	case ordinary, event:
		return 0.6
	case quality:
		return 0.4
	case common:
		return 0.25
	}
	return 0
}

// A lexicon says of English words what part they play.
type lexicon map[string]part

// newLexicon makes the lexicon of the lists below, and of words that are ordinary.
// They are short and of our own: what a draft has without an archive to compare with.
func newLexicon(everyday []string) lexicon {
	l := lexicon{}
	add := func(p part, list string) {
		for _, w := range strings.Fields(list) {
			l[w] = p
		}
	}
	for _, w := range everyday {
		l[w] = ordinary
	}
	for _, verb := range strings.Fields(verbs) {
		for _, form := range forms(verb) {
			l[form] = stop
		}
	}
	add(common, commonWords)
	add(quality, qualities)
	add(event, events)
	add(stop, functionWords+pastForms)
	return l
}

func (l lexicon) part(word string) part {
	if p, ok := l[word]; ok {
		return p
	}
	if strings.HasSuffix(word, "ly") && len(word) > 5 {
		return stop
	}
	if p, ok := l[singular(word)]; ok {
		return p
	}
	return rare
}

// singular is an English word without the ending of its plural.
func singular(word string) string {
	switch {
	case len(word) < 4, strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return word[:len(word)-3] + "y"
	case hasAnySuffix(word, "sses", "shes", "ches", "xes", "zzes"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "s"):
		return word[:len(word)-1]
	}
	return word
}

func hasAnySuffix(word string, endings ...string) bool {
	for _, e := range endings {
		if strings.HasSuffix(word, e) {
			return true
		}
	}
	return false
}

// forms are the regular forms of a verb, with its last consonant doubled too:
// that one of them is no word does no harm.
func forms(verb string) []string {
	last := verb[len(verb)-1]
	switch {
	case last == 'e':
		return []string{verb, verb + "s", verb + "d", verb[:len(verb)-1] + "ing"}
	case last == 'y' && !strings.ContainsRune("aeou", rune(verb[len(verb)-2])):
		return []string{verb, verb[:len(verb)-1] + "ies", verb[:len(verb)-1] + "ied", verb + "ing"}
	}
	double := verb + string(last)
	return []string{verb, verb + "s", verb + "es", verb + "ed", verb + "ing", double + "ed", double + "ing"}
}

// participles finds words in -ed that are no verbs: "strengthen extended deterrence",
// not "the ministers extended deadlines". They stand behind a word of grammar or
// another verb, and before what can be a noun.
func (l lexicon) participles(tokens []token) {
	for i := 1; i+1 < len(tokens); i++ {
		t, before, next := &tokens[i], tokens[i-1], tokens[i+1]
		if t.part == stop && strings.HasSuffix(t.key, "ed") && len(t.key) > 5 && before.part == stop && t.gap != cut &&
			!isAuxiliary(strings.ToLower(before.text)) && next.gap != cut && next.part != stop {
			t.part = quality
		}
	}
}

// isAuxiliary says whether a word is one after which a word in -ed is a verb: has
// launched, they launched.
func isAuxiliary(word string) bool {
	return strings.Contains(" is am are was were be been being has have had having and i we you he she it they who which that also not newly ", " "+word+" ") ||
		strings.HasSuffix(word, "ly")
}

// isQuality says whether an unlisted word looks like an adjective: it does not end
// a phrase then. In "extended deterrence" extended is one too.
func isQuality(word string) bool {
	switch {
	case len(word) < 5:
		return false
	case hasAnySuffix(word, "ment", "tion", "sion"):
		return false
	case hasAnySuffix(word, "rial", "arsenal", "capital", "hospital", "withdrawal", "approval", "proposal", "removal", "canal", "metal",
		"festival", "terminal", "signal", "general", "criminal", "journal", "rival", "refusal", "disposal", "initiative", "offensive",
		"executive", "representative", "detective", "directive", "incentive", "epidemic", "pandemic", "clinic", "traffic", "fabric",
		"republic", "critic", "topic", "arctic", "plastic", "tunnel", "seed", "speed", "breed"):
		return false
	}
	return hasAnySuffix(word, "al", "ic", "ive", "ous", "ful", "less", "able", "ible", "ary", "ed", "ish", "ant", "ent") &&
		!hasAnySuffix(word, "agent", "president", "student", "patient", "parent", "accident", "incident", "resident", "client", "talent", "merchant", "giant", "plant", "tenant", "continent",
			"library", "military", "secretary", "boundary", "salary")
}

// functionWords end every phrase: those of grammar, numbers, times, and what tells of
// quantity and degree.
const functionWords = `a an the this that these those such same other others another each every all any some many much more most
less least few fewer several both either neither no none nor not only own half least lot lots bit
i me my mine we us our ours you your yours he him his she her hers it its they them their theirs who whom whose which what
when where why how one ones oneself myself himself herself itself themselves ourselves someone anyone everyone nobody something
anything everything nothing
and or but so if than then else because since while whereas although though unless until till once as
of in on at by to for from with without within into onto upon over under above below between among amid against across along
around about after before behind beside besides beyond despite during except inside outside like near off out per plus
through throughout toward towards up down via versus vs across alongside amidst unlike including according due regarding concerning
is am are was were be been being do does did done doing have has had having will would shall should can could may might must
ought need needs let lets cannot don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven ll ve re
also too very just even still ever never always often again already yet now then here there soon later earlier ago
almost nearly quite rather perhaps maybe however therefore thus hence moreover furthermore meanwhile instead otherwise
together apart away back forward ahead abroad home well far further long ever else indeed likely unlikely especially
particularly currently recently today tonight tomorrow yesterday
korea korean kim
zero two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million billion
trillion dozen dozens hundreds thousands millions billions first second third fourth fifth sixth seventh eighth ninth tenth
once twice talk longer shorter sooner worldwide nationwide
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
year years month months week weeks day days hour hours minute minutes time times moment decade decades century date
morning afternoon evening night noon weekend spring summer autumn winter
last next past recent current upcoming previous former latter late early new old young ongoing annual monthly weekly daily
various numerous certain different similar able unable good better best bad worse worst big bigger biggest large larger largest
small smaller great greater greatest high higher highest low lower lowest top full whole entire total total little
important significant serious major minor main key real true clear close ready possible potential increasing increasingly growing
strong stronger strengthened broad broader broader wide wider long-term deep deeper timely fully part parts number numbers amount
level levels rate rates percent percentage kind kinds type types sort way ways thing things
mr mrs ms dr sir st prof gen lt col maj sgt sen rep gov hon
st nd rd th km kilometers kilometres miles meters metres feet tons tonnes dollars dollar won euro euros yen
http https www com org html email comment comments required fields marked share closed edited photo photos image images
am pm kst gmt utc est edt`

// verbs tell what was done or said; a phrase ends at each of their forms. Words that
// are nouns as often (test, launch, strike) are not among them.
const verbs = `say tell speak ask answer add announce declare state note claim argue insist stress emphasize emphasise underscore
underline highlight reiterate reaffirm affirm confirm deny admit acknowledge warn urge call vow pledge promise threaten accuse blame
criticize criticise condemn denounce praise welcome applaud thank hope want wish expect anticipate believe think consider regard
assess estimate predict suggest propose recommend request demand require oblige allow permit let enable help assist aid
agree disagree decide determine conclude resolve settle accept reject refuse decline approve adopt pass sign ratify
make take give get put set bring carry hold keep leave bear come go move turn run walk stay remain become seem appear
look see watch view find discover learn know understand mean show reveal disclose display demonstrate indicate
begin start continue proceed cease end finish complete stop halt resume suspend cancel delay postpone defer
increase decrease reduce raise lift lower boost bolster enhance strengthen weaken deepen widen broaden expand extend accelerate
slow grow rise fall drop gain lose win beat
build develop create establish form found produce generate design implement execute conduct perform undertake pursue
seek try attempt aim intend plan-ned prepare provide supply offer present deliver send receive obtain acquire 
use employ apply exploit include involve comprise consist contain cover constitute represent reflect accentuate mark
serve act function work operate play lead follow join participate engage attend host meet accompany
maintain sustain preserve safeguard protect defend uphold ensure guarantee prevent avoid block stem counter deter
address tackle handle manage deal face confront overcome resolve respond react
discuss negotiate coordinate cooperate collaborate exchange share promote advance progress facilitate foster encourage
contribute dedicate commit devote focus concentrate
cause trigger prompt spark raise heighten pose affect impact influence shape change alter transform shift evolve
monitor observe examine investigate inspect analyze analyse evaluate check verify measure
describe explain mention cite quote refer publish release write read post
arrive depart return enter exit travel fly sail drive cross reach approach
open close shut
buy sell pay cost spend invest earn
fear worry
appoint elect name vote resign retire
arrest detain 
kill injure wound die destroy
place remain depend rely belong link tie connect relate
allege reportedly accuse
deploy dispatch station violate contravene breach
co-chair align merge restore reactivate steer
summarize summarise foresee
live love feel seem elevate accomplish grapple curb ease escape vie wage flag stoke forge repaint evade suspect insure fill lower spur dub tout oust pick forbid amend exclude drag count mark summon switch`

// pastForms are irregular forms of verbs.
const pastForms = ` said told spoke spoken took taken made came went gone gave given held kept led left met ran saw seen sent shown
stood thought won wrote written began begun became brought built bought chose chosen fell fallen felt found got gotten grew grown
heard knew known lost meant paid rose risen sold sought taught threw thrown broke broken drew drawn drove driven bore borne
fought flew flown hid hidden laid lay lain put set cut hit let shut spent won withdrew withdrawn understood undertook
upheld overcame shot struck sank sunk planned launched tested visited reviewed reported issued charged sentenced secured
developing leaked conducted based carried according following related noting using saying adding citing planning seeking held
reads saying laid unsuccessful prohibiting`

// commonWords are in reports of every kind.
const commonWords = `government official authority leader president minister ministry secretary department spokesman spokeswoman spokesperson
chief head director chairman chairwoman member deputy ambassador envoy lawmaker parliament congress assembly senate council committee agency office
bureau administration cabinet party politician voter public people person man woman child family student worker citizen
resident country countries nation state city capital town region area zone territory world globe community society
continent sea land border side place site location field sector industry company business firm market economy trade
money price fund budget cost bank
power force forces security defense defence peace war threat danger risk challenge pressure tension crisis problem issue matter
question situation condition circumstance case point fact reason cause result effect consequence outcome response reaction
action activity effort measure step move program programme plan project policy strategy framework system structure process
approach method option opportunity goal objective target purpose role function task mission duty responsibility
agreement deal pact accord treaty contract partnership relationship relation tie ties bond cooperation collaboration coordination
consultation discussion dialogue diplomacy negotiation conversation conference session event ceremony occasion
statement announcement comment remark speech interview report article story news media press newspaper television reporter
journalist source editor author analyst expert observer critic
information detail data evidence document text letter message sign signal
idea view opinion position stance attitude interest concern fear hope desire expectation value values principle standard rule
law right rights freedom democracy prosperity justice order stability
importance significance need demand request
change development progress growth increase decrease rise decline improvement expansion evolution momentum
support help aid assistance service commitment pledge promise determination intention
group team unit organization organisation association institution body
name term word language title
home house building street road water air
life death health history future century anniversary age generation
capability capacity ability strength weakness complexity difficulty lack
technology science research study
clout setback achievement accomplishment contribution posture readiness scale scope perspective vision
view overture overtures gratitude symbol stepping stone leap door path end start beginning beginnings agenda coalition opposition lawmaker
announcements aftermath background context trip visit tour
image picture video photo reader copyright version
mainland peninsula island coast waters
conflict deterioration pretext
neighbor neighbour friend partner enemy foe rival actor actors counterpart
nations states members countries world
top ten day results trip four point points scheme bid move moves plans calls
ship vessel aircraft plane vehicle
hand eye face line lead list set range series`

// qualities are adjectives of every kind of report.
const qualities = `political economic social cultural military civilian diplomatic strategic tactical national international global regional
local domestic foreign bilateral trilateral multilateral mutual common joint public private official formal informal
federal central northern southern eastern western north south east west
human natural physical technical scientific industrial commercial financial legal illegal
democratic republican communist
fundamental essential necessary crucial critical urgent complex comprehensive extensive intensive active proactive effective rapid
quick swift fresh unprecedented unwavering solid dynamic historic historical chaotic aggressive hostile
concerning theoretical primary secondary special particular specific general overall substantial in-depth depth
ministerial senior junior chief deputy acting vice high-level top-level level so-called wartime
nuclear non-nuclear long-range short-range range
intermediary exemplary cooperative southeast asian african european pacific atlantic mutual armed`

// events name what happens. Alone each is in too many reports.
const events = `launch test exercise drill maneuver manoeuvre training meeting summit talks visit attack assault raid strike bombing
shooting explosion blast fire crash collision accident disaster incident outbreak clash battle offensive invasion operation
protest demonstration rally election referendum vote trial verdict ruling lawsuit arrest sanction sanctions tariff embargo ban
blockade ceasefire truce deployment withdrawal shipment delivery export import purchase sale merger acquisition strikes
investigation probe inquiry inspection review resolution warning alert evacuation rescue recall shutdown outage leak
earthquake flood storm typhoon hurricane wildfire drought eruption
appointment resignation death assassination kidnapping hijacking robbery
construction development`
