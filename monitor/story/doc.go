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
// Carbonell, "A study on retrospective and on-line event detection" (1998). An
// empty window would make every term as rare as any other, so the index starts as
// if it had seen 500 reports before, a tenth of them naming each country and a
// twentieth each other concept: north-korea is worth log(501/51) = 2.3,
// satellite log(501/26) = 3.0, and a word never seen 6.2.
//
// Now come four articles.
//
//	N.Korea notifies Japan of plan to launch 'satellite'
//
// has the same six terms: the cosine of the two is 1.00, far above the threshold
// of 0.32, and the article joins the story.
//
//	北朝鮮、日本に衛星打ち上げ計画を通報
//
// has the same six concepts. Across languages only what is written alike in all of
// them is compared (concepts, dates, ordinals, words in Latin letters), and less
// is believed of it: 1.00 × 0.8. It joins as well.
//
//	North Korea launches satellite
//
// shares three terms, cosine 0.71. Their summed rarity, 8.2, is less than the 10
// that are asked for before a likeness counts in full: 0.71 × 0.82 = 0.58. But the
// title speaks of a launch that was, the other of one to come (× 0.4): 0.23, a
// story of its own. Had the titles named different dates, or the 54th and the 55th
// meeting, they would contradict each other, and no likeness would join them
// (likeness.go).
//
//	Pyongyang gives launch window
//
// is another headline over the same agency's text. Of the runs of five words in
// the two texts' first sixty words three in five are shared (shingles, after
// Broder, "On the resemblance and containment of documents", 1997): it is a copy,
// and joins whatever the headlines say, unless they contradict.
//
// A story's score is 0.7 of its likest report's and 0.3 of the mean of its four
// likest, so that a chain of reports, each a little like the last, does not run
// from one event into another.
//
// # Cost
//
// Each term has the numbers of the reports that contain it, newest last. For an
// article at most 4,096 of them are looked up, rarest terms first, and the 64
// reports that share the most are compared in full; so the time an article takes
// does not grow with the window. At most 64 terms of a report are kept, and at most
// 100,000 reports.
//
// # Limits
//
// Names are not transliterated: Hegseth and ヘグセス are different terms. Two
// headlines that differ in one word that decides (one ship's name for another)
// are alike when nothing else is known of them.
package story
