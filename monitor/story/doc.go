// Package story finds the reports that tell of one event. It implements
// monitor.Grouper: in one pass, in order of arrival, over a sliding window, with
// no I/O and no randomness. What it answers is a function of the reports it was
// told of and the article alone, so an index rebuilt from the store answers as
// the old one did.
//
// # A worked example
//
// The index remembers one report:
//
//	North Korea tells Japan it plans to launch satellite
//
// read.go and scan.go turn it into terms. Function words go. Names and acts that
// wire reports of this region share become concepts (gazetteer.go), which are the
// same in English, Korean, Japanese and Chinese; other words are cut to stems,
// other characters taken in pairs, and numbers, ordinals and dates are terms of
// their own:
//
//	north-korea  notify  japan  plan  launch  satellite
//
// Each term weighs by where it stands (title 1, first paragraph 0.6, the rest
// 0.3) and by how rare it is among the reports of the window, the inverse
// document frequency of Salton and Buckley, "Term-weighting approaches in
// automatic text retrieval" (1988), kept up incrementally as in Yang, Pierce and
// Carbonell, "A study on retrospective and on-line event detection" (1998). A run
// of reports of one story counts once, or a flood would make its names common. In an
// empty window every term would be as rare as any other, and an article on one
// war would draw in every other that has the word. So the index starts as if it
// had seen 500 reports before (rarity.go): a tenth of them named each country, a
// twentieth each other concept and each word of every report ("year"), some 1.5 %
// each ordinary word (words.go). Once a report has it, north-korea is worth
// log(501/51) = 2.3, satellite log(501/26) = 3.0, "army camp" no more than 4.1 a
// word, and a ship's name log(501/2) = 5.5.
//
// Now come five articles.
//
//	N.Korea notifies Japan of plan to launch 'satellite'
//
// has the same six terms: the cosine of the two is 1.00, far above the threshold
// of 0.31, and the article joins the story.
//
//	北朝鮮、日本に衛星打ち上げ計画を通報
//
// has the same six concepts. Across scripts only what is written alike in all of
// them is compared (concepts, dates, ordinals, words in Latin letters), at least
// three shared terms are asked for that are no countries, and less is believed of
// it: 1.00 × 0.85, × 0.99 because the evidence, 11.8, is less than 12. It joins as
// well.
//
//	North Korea launches satellite
//
// shares three terms, cosine 0.71. But a cosine of short titles says little, so
// evidence is asked for as well: the summed rarity of what is shared, countries
// left out, less where it is not in both titles and less where it only goes on a
// phrase. Here launch and satellite, a phrase, are worth 4.7 of the 9 asked for
// (0.71 × 0.52 = 0.37), and all of it is ordinary (× 0.6), no name among it. And
// the title speaks of a launch that was, the other of one to come (× 0.3): 0.07,
// a story of its own. Other factors are in apart.go: other places, other figures,
// another kind of vessel or missile, "again" in one title only, the same outlet. Had the titles named different dates, or the 54th and the 55th
// meeting, they would contradict each other, and no likeness would join them.
//
//	Westport mayor tests positive for Covid-19
//	Finance minister of Ruritania tests positive for Covid-19
//
// have evidence enough and a cosine of 0.48, but no name in common (× 0.6), and
// each has names that the other has not (differ.go, × 0.5): they stay apart.
//
//	Kim meets Lavrov in Pyongyang
//	Kim meets Shoigu in Pyongyang
//
// are alike but for one name in the place of another. Reports of one event differ
// in many words and agree in this one, so that it decides (× 0.2), in any script;
// unless the name stands somewhere in the other report.
//
//	Pyongyang gives launch window
//
// is another headline over the same agency's text. Of the runs of five words in
// the two texts' first sixty words three in five are shared (copy.go, after
// Broder, "On the resemblance and containment of documents", 1997): it is a copy,
// and joins whatever the headlines say, unless they contradict, or what is shared
// is a footnote ("sign up for our newsletter") that is evidence of nothing.
//
// A story's score is 0.7 of its likest report's and 0.3 of the mean of its four
// likest, so that a chain of reports, each a little like the last, does not run
// from one event into another. A story that more of its reports contradict than
// support is out.
//
// A report that joins is told as a copy, as a report of the same event, or as a
// follow-up: when it speaks of a stage that no report before it did (a launch, then
// a protest), says "again", or comes a day after the first.
//
// The first report of a story is remembered for longer than the window. An article
// that opens a story and is like such a one, at 0.45 or more, takes it up again:
// that is told, and no more, for within a month there may be several launches in
// the same words.
//
// # Cost
//
// Each term has the numbers of the reports that contain it, newest last. For an
// article at most 4,096 of them are looked up, rarest terms first, and the 32
// reports that share the most are compared in full; so the time an article takes
// does not grow with the window. At most 48 terms of a report are kept, and at most
// 100,000 reports and 5,000 first ones from before, which take 60 MiB.
//
// # Limits
//
// A wrong merge hides an event, a missed one costs a second alert; where in doubt
// the index keeps apart. It still joins a semi-final and the final, a strike and the
// strike that answers it, two remarks of one man who is named in both titles. Names
// are not transliterated: Hegseth and ヘグセス are different terms, and so reports of
// what the gazetteer does not know stay apart across languages.
package story
