package main

import "time"

// A sample is an item of a made-up outlet, with what should come of it. One
// with the id of an earlier sample is that item, edited.
type sample struct {
	outlet *outlet
	id     string
	title  string
	body   string
	age    time.Duration // how long before the demo it was published; more than 0: it is there from the start
	rule   string        // one of those that fire; "": none may
	posted string        // as what Slack shows it: "alert", "reply" or ""; or "muted"
	busy   bool          // Slack asks to wait when it is posted
}

// demoSamples are the outlets, each with a feed in another format, and their
// items in the order in which they are published; muted is the one that comes
// when a person has muted its rule. All of it is made up.
func demoSamples() (outlets []*outlet, samples []sample, muted sample) {
	const day = 24 * time.Hour
	harbour := &outlet{name: "Harbour Wire", form: "RSS", path: "/harbour.xml", lang: "en", render: rss}
	meridian := &outlet{name: "Meridian Post", form: "Atom", path: "/meridian.atom", lang: "en", render: atom}
	hanbit := &outlet{name: "한빛통신", form: "RSS in EUC-KR", path: "/hanbit.xml", lang: "ko", render: rssEUCKR}
	minato := &outlet{name: "みなと新聞", form: "JSON Feed", path: "/minato.json", lang: "ja", render: jsonFeed}
	outlets = []*outlet{harbour, meridian, hanbit, minato}
	samples = []sample{
		{
			outlet: harbour, id: "strike", age: 2 * day,
			title: "Port workers end two-day strike",
			body:  "Cranes moved again on Friday after the union accepted a new roster.",
		}, {
			outlet: meridian, id: "spring", age: 9 * day,
			title: "North Korea admits its satellite launch failed",
			body:  "The rocket fell into the sea after its second stage gave out, state media said.",
		}, {
			outlet: hanbit, id: "festival", age: 3 * day,
			title: "부산 바다축제 다음 달 개막",
			body:  "올해 축제에는 세 나라의 범선이 온다.",
		}, {
			outlet: minato, id: "market", age: 2 * day,
			title: "朝市、雨でも大にぎわい",
			body:  "港の朝市に週末、二千人が訪れた。",
		},
		{
			outlet: harbour, id: "ferry",
			title: "Ferry timetable changes while the harbour is dredged",
			body:  "Boats to the islands leave an hour later until spring, the port authority said.",
		}, {
			outlet: harbour, id: "notice", rule: "satellite-launch", posted: "alert",
			title: "North Korea notifies Japan of plan to launch satellite",
			body:  "Pyongyang told Japan's coast guard that it will launch a satellite within eight days. Three sea areas were named in which debris may fall.",
		}, {
			outlet: meridian, id: "notice-2", rule: "satellite-launch", posted: "reply",
			title: "Pyongyang tells Tokyo a satellite launch is coming",
			body:  "North Korea has informed Japan that it plans to launch a rocket carrying a satellite, the coast guard in Tokyo said. Ships were warned of debris in three sea areas.",
		}, {
			outlet: meridian, id: "monsoon",
			title: "India puts weather satellite into orbit",
			body:  "The launch from the island spaceport went as planned. The satellite will watch the monsoon.",
		}, {
			outlet: hanbit, id: "notice-ko", rule: "satellite-launch", posted: "reply",
			title: "북한, 일본에 위성 발사 계획 통보",
			body:  "북한이 8일 안에 위성을 발사하겠다고 일본 해상보안청에 통보했다. 잔해가 떨어질 해역으로는 세 곳을 지정했다.",
		}, {
			outlet: harbour, id: "communique", rule: "scm", posted: "alert", busy: true,
			title: "Defence ministers of South Korea and the US close Security Consultative Meeting",
			body:  "In a joint communique the two ministers said the Security Consultative Meeting had agreed on a timetable for the transfer of wartime command.",
		}, {
			outlet: meridian, id: "grocers",
			title: "Grocers spend more on SCM as supply chains fray",
			body:  "Shops from Seoul to Rotterdam are buying SCM software that warns of late ships.",
		}, {
			outlet: meridian, id: "communique-2", rule: "scm", posted: "reply",
			title: "Seoul, Washington set timetable for command transfer at SCM",
			body:  "South Korea and the United States agreed on a timetable for the transfer of wartime command at the annual Security Consultative Meeting (SCM), according to a joint communique of the two defence ministers.",
		}, {
			outlet: harbour, id: "notice", rule: "satellite-launch", posted: "alert",
			title: "North Korea to launch satellite within eight days, Japan says",
			body:  "Pyongyang told Japan's coast guard that it will launch a satellite within eight days. Three sea areas were named in which debris may fall.",
		}, {
			outlet: minato, id: "notice-ja", rule: "satellite-launch", posted: "reply",
			title: "北朝鮮、衛星打ち上げを日本に通報",
			body:  "北朝鮮が8日以内に衛星を打ち上げると海上保安庁に通報した。残骸が落下するおそれのある海域として3か所を挙げた。",
		}, {
			outlet: harbour, id: "bombers", rule: "extended-deterrence", posted: "alert",
			title: "US sends strategic bombers to South Korea after talks on nuclear umbrella",
			body:  "Two bombers flew over the peninsula as the allies discussed how Washington would use its nuclear weapons to defend Seoul.",
		}, {
			outlet: meridian, id: "images",
			title: "New roof at North Korean launch site seen in satellite images",
			body:  "Pictures taken this month show workers and lorries, analysts said.",
		}, {
			outlet: meridian, id: "failure", rule: "satellite-launch", posted: "alert",
			title: `North Korea's "satellite" fails to reach orbit, Seoul says`,
			body:  "North Korea launched the rocket before dawn, but the satellite never reached orbit, the Joint Chiefs of Staff said. Ships have left port to look for the wreckage.",
		},
	}
	muted = sample{
		outlet: meridian, id: "carrier", rule: "extended-deterrence", posted: "muted",
		title: "US carrier in Busan shows extended deterrence",
		body:  "The ship stays for a week. Seoul and Washington called the visit proof of the nuclear umbrella over South Korea.",
	}
	return outlets, samples, muted
}
