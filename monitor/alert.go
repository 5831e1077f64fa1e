package monitor

import (
	"fmt"
	"slices"
	"time"

	"newswatch/rules"
)

// tell groups what matched into stories and puts the messages about it into
// the outbox. Corrections of articles told before are shown on their messages.
func (p *poll) tell(l Ledger, finds []*Find, result *Result) error {
	retitled := slices.ContainsFunc(finds, func(f *Find) bool { return f.retitled() })
	if !matched(finds) && !retitled {
		return nil
	}
	if err := l.LockStories(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.catchUp(l, result); err != nil {
		return err
	}
	for _, find := range finds {
		if find.retitled() {
			if err := correct(l, find); err != nil {
				return err
			}
		}
		if err := p.alert(l, find, result); err != nil {
			return err
		}
	}
	return nil
}

// matched says whether a rule fired on any of the finds.
func matched(finds []*Find) bool {
	return slices.ContainsFunc(finds, func(f *Find) bool { return len(f.Matches) > 0 })
}

// guard runs a step on an article; a panic in it is that article's alone.
func (r *Result) guard(a *Article, step string, do func()) {
	defer func() {
		if fault := recover(); fault != nil {
			r.Broken = append(r.Broken, fmt.Sprintf("%s failed on %q: %v", step, a.Identity(), fault))
		}
	}()
	do()
}

// alert posts what the find's matches have to say: for each rule and channel
// an alert when it is the first of its story, else a reply in its thread.
func (p *poll) alert(l Ledger, find *Find, result *Result) error {
	before, err := l.Alerted(find.Article.ID)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(find.Matches), func(m rules.Match) bool {
		return slices.Contains(before, m.Rule.ID) && !find.anew(m.Rule)
	})
	if len(fresh) == 0 {
		return nil
	}
	result.Matched++
	report, err := p.place(l, &find.Article, result)
	if err != nil {
		return err
	}
	for _, m := range fresh {
		for _, channel := range p.Route(m.Rule) {
			posted, err := p.post(l, m, find, report, channel)
			if err != nil {
				return err
			}
			result.Posted += posted
		}
	}
	return nil
}

// place files the article as a report of the story it belongs to. One that the
// grouper fails on opens a story of its own.
func (p *poll) place(l Ledger, a *Article, result *Result) (Report, error) {
	if report, ok, err := l.ReportOf(a.ID); ok || err != nil {
		return report, err
	}
	now := p.Now()
	var story, earlier int64
	var relation Relation
	var ok bool
	result.guard(a, "grouping", func() {
		if story, relation, ok = p.memory.grouper.Place(a, now); !ok {
			earlier, _ = p.memory.grouper.Recall(a, now)
		}
	})
	if !ok {
		id, err := l.OpenStory(Story{Title: a.Title, Seed: a.Seed(), First: now, Last: now})
		if err != nil {
			return Report{}, err
		}
		story, relation = id, Opens
	}
	report := Report{StoryID: story, Article: *a, Relation: relation, At: now, Earlier: earlier}
	id, err := l.AddReport(report)
	if err != nil {
		return Report{}, err
	}
	report.ID = id
	p.memory.tell(report, result)
	return report, nil
}

// anew holds when a rule tells of every feed's item, and the article that
// another feed had is new in this one.
func (f *Find) anew(r *rules.Rule) bool { return f.Relayed && r.GroupBy == rules.ByNone }

// post puts one match into the outbox, for one channel. What is muted is put
// there too, and stays.
func (p *poll) post(l Ledger, m rules.Match, find *Find, report Report, channel string) (posted int, err error) {
	a := &report.Article
	subject := a.Seed()
	if find.anew(m.Rule) {
		a = &find.Article
		subject = a.FeedKey + " " + subject
	}
	content := contentOf(m, a)
	message := Message{Channel: channel, Kind: KindAlert, Rule: m.Rule.ID, Rev: 1, State: Pending, Created: p.Now()}
	mute, muted, err := l.MuteOver(Scope{m.Rule.ID, report.StoryID, content.Outlet}, message.Created)
	if err != nil {
		return 0, err
	}
	if muted {
		message.State, message.Reason = Muted, mute.reason()
	}
	if report.Relation.Joins(m.Rule) {
		alert, told, err := l.Alert(m.Rule.ID, report.StoryID, channel)
		if err != nil {
			return 0, err
		}
		switch {
		case told && alert.State == Muted: // nobody saw it: this one is the story's alert
			subject = "unmuted " + subject
		case told:
			message.Kind, message.Parent = KindReply, alert.ID
			content.Relation, content.Mention, content.Why = report.Relation, "", ""
			if !muted {
				err = l.Revise(alert.ID, alert.Content.withReport(a, p.Now()))
			}
			if err != nil {
				return 0, err
			}
		case m.Rule.GroupBy == rules.ByStory:
			story, err := l.Story(report.StoryID)
			if err != nil {
				return 0, err
			}
			subject = story.Seed
		}
	}
	switch {
	case muted:
	case message.Kind == KindReply:
		message.Held, message.NotBefore = p.holdReply(m.Rule, message.Created)
	default:
		if content.Earlier, err = takesUp(l, m.Rule.ID, report.Earlier, channel); err != nil {
			return 0, err
		}
		if message.Held, message.NotBefore, err = p.hold(l, m.Rule, channel, message.Created); err != nil {
			return 0, err
		}
		if message.Held == ForDigest {
			message.DigestAt = message.NotBefore
		}
	}
	message.Key = MessageKey(message.Kind, channel, m.Rule.ID, subject)
	message.Content = content
	if !muted {
		posted = 1
	}
	return posted, l.Post(message, report.StoryID, a.ID)
}

// takesUp is what the channel was told of a story that is taken up again; nil
// when that is nothing, or of no story.
func takesUp(l Ledger, rule string, story int64, channel string) (*Earlier, error) {
	if story == 0 {
		return nil, nil
	}
	alert, told, err := l.Alert(rule, story, channel)
	if !told || err != nil {
		return nil, err
	}
	if alert.State == Muted {
		return nil, nil
	}
	e := &Earlier{Title: alert.Content.Title, Told: alert.Created}
	switch alert.State {
	case Sent:
		e.TS = alert.TS
	case Folded:
		e.TS = alert.Thread
	}
	return e, nil
}

func contentOf(m rules.Match, a *Article) Content {
	content := Content{
		Rule: m.Rule.Name, Severity: string(m.Rule.Severity), Why: m.Rule.Why, Mention: m.Rule.Mention,
		Title: a.Title, URL: a.URL, Outlet: a.OutletName(), Published: a.Dated(),
	}
	s := m.Sentence
	if s.Field == "" {
		return content
	}
	if s.Field == rules.Title { // it is shown anyway
		content.Found = textsOf(m.Hits, s.Field)
		return content
	}
	content.Sentence = s.Text
	for _, hit := range m.Hits {
		if hit.Field == s.Field && s.Start <= hit.Start && hit.End <= s.End {
			content.Marks = append(content.Marks, [2]int{hit.Start - s.Start, hit.End - s.Start})
		}
	}
	return content
}

// textsOf lists what was hit in a field, each text once.
func textsOf(hits []rules.Hit, field rules.Field) []string {
	var texts []string
	for _, hit := range hits {
		if hit.Field == field && !slices.Contains(texts, hit.Text) {
			texts = append(texts, hit.Text)
		}
	}
	return texts
}

// withReport is an alert's content after one more report of its story.
func (c Content) withReport(a *Article, at time.Time) Content {
	c.Reports++
	c.Latest = at
	if outlet := a.OutletName(); outlet != c.Outlet && !slices.Contains(c.Also, outlet) {
		c.Also = append(slices.Clip(c.Also), outlet)
	}
	return c
}

// retitled says whether the outlet gave the article another title. Another
// feed's title of the same article is no correction.
func (f *Find) retitled() bool {
	return f.Was != nil && f.Was.Title != f.Article.Title && f.Was.FeedKey == f.Article.FeedKey
}

// correct shows an article's new title on the messages that told of it.
func correct(l Ledger, find *Find) error {
	messages, err := l.Told(find.Article.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		content := m.Content
		if content.Title == find.Article.Title {
			continue
		}
		content.Was, content.Title = content.Title, find.Article.Title
		if err := l.Revise(m.ID, content); err != nil {
			return err
		}
	}
	return nil
}
