package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// metrics is what /metrics and the health checks tell. It is safe for
// concurrent use.
type metrics struct {
	registry *prometheus.Registry
	polls    *prometheus.CounterVec
	took     prometheus.Histogram
	articles prometheus.Counter
	matched  prometheus.Counter
	requests *prometheus.CounterVec
	reload   prometheus.Gauge
	reloadAt prometheus.Gauge
	ticked   atomic.Int64 // Unix milliseconds
}

func newMetrics(kept *store.Store, inForce *atomic.Pointer[monitor.Setup]) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		polls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newswatch_polls_total", Help: "Polls of feeds, by what came of them."}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "newswatch_poll_seconds", Help: "Time a poll takes, from request to record.",
			Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}}),
		articles: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "newswatch_articles_total", Help: "New articles kept."}),
		matched: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "newswatch_matched_articles_total", Help: "New articles that fired a rule."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "newswatch_slack_requests_total", Help: "Requests to Slack about messages, by kind and by what came of them."}, []string{"request", "outcome"}),
		reload: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "newswatch_config_last_reload_successful", Help: "Whether the files as they are now are in force: 1, or 0 when an edit is at fault."}),
		reloadAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "newswatch_config_last_reload_success_timestamp_seconds", Help: "When what is in force was put into force."}),
	}
	m.reloaded(true)
	m.registry.MustRegister(m.polls, m.took, m.articles, m.matched, m.requests, m.reload, m.reloadAt, &outboxCollector{kept, inForce},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler tells all that there is; while the store is away, all but the store's.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

func (m *metrics) polled(_ monitor.Feed, r monitor.Result, took time.Duration, err error) {
	outcome := "new"
	var feedErr *monitor.FeedError
	switch {
	case errors.As(err, &feedErr):
		outcome = feedErr.Reason
	case err != nil:
		outcome = "not recorded"
	case r.Quiet:
		outcome = "unchanged"
	case r.New == 0:
		outcome = "nothing new"
	}
	m.polls.WithLabelValues(outcome).Inc()
	m.took.Observe(took.Seconds())
	m.articles.Add(float64(r.New))
	m.matched.Add(float64(r.Matched))
}

// reloaded notes whether an edit was put into force.
func (m *metrics) reloaded(well bool) {
	m.reload.Set(0)
	if well {
		m.reload.Set(1)
		m.reloadAt.SetToCurrentTime()
	}
}

// sent counts a request by what the deliverer tells of it, like "post ok".
func (m *metrics) sent(outcome string) {
	request, came, _ := strings.Cut(outcome, " ")
	m.requests.WithLabelValues(request, came).Inc()
}

// watch adds how delivery is.
func (m *metrics) watch(d *monitor.Deliverer) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "newswatch_delivery_troubles", Help: "What keeps delivery as a whole from working; 0: it works.",
	}, func() float64 { return float64(len(d.Ill())) }))
}

func (m *metrics) tick() { m.ticked.Store(time.Now().UnixMilli()) }

// lastTick is when the worker last gave a sign of life; zero before the first.
func (m *metrics) lastTick() time.Time {
	if at := m.ticked.Load(); at != 0 {
		return time.UnixMilli(at)
	}
	return time.Time{}
}

// An outboxCollector reads the outbox when it is asked, so that the figures
// are the store's and not a count that may drift from it.
type outboxCollector struct {
	kept    *store.Store
	inForce *atomic.Pointer[monitor.Setup]
}

var (
	waitingDesc = prometheus.NewDesc("newswatch_messages", "Messages in the outbox, by channel and state.", []string{"channel", "state"}, nil)
	lagDesc     = prometheus.NewDesc("newswatch_lag_seconds", "How long messages have been waiting beyond their time at most, by channel.", []string{"channel"}, nil)
	oldestDesc  = prometheus.NewDesc("newswatch_oldest_unsent_seconds", "Age of the oldest message not yet sent, by channel.", []string{"channel"}, nil)
	illDesc     = prometheus.NewDesc("newswatch_feeds", "Feeds, by health.", []string{"health"}, nil)
)

func (c *outboxCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- waitingDesc
	descs <- lagDesc
	descs <- oldestDesc
	descs <- illDesc
}

// scrapeLimit bounds what a scrape may cost.
const scrapeLimit = 5 * time.Second

func (c *outboxCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	queues, err := c.kept.Queues(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(waitingDesc, err)
		return
	}
	now := time.Now()
	waits, err := c.kept.Waits(ctx, now)
	if err != nil {
		out <- prometheus.NewInvalidMetric(lagDesc, err)
		return
	}
	for _, q := range queues {
		for _, state := range allStates {
			out <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(q.States[state]), q.Channel, string(state))
		}
		out <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, waits[q.Channel].Seconds(), q.Channel)
		if !q.Oldest.IsZero() {
			out <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, now.Sub(q.Oldest).Seconds(), q.Channel)
		}
	}
	feeds, err := c.kept.Feeds(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(illDesc, err)
		return
	}
	ill, configured := 0, make(map[string]bool)
	for _, f := range c.inForce.Load().Feeds {
		configured[f.Key()] = true
	}
	for _, f := range feeds {
		if configured[f.Key] && f.Diagnose(now).Ill() {
			ill++
		}
	}
	out <- prometheus.MustNewConstMetric(illDesc, prometheus.GaugeValue, float64(len(configured)-ill), "well")
	out <- prometheus.MustNewConstMetric(illDesc, prometheus.GaugeValue, float64(ill), "ill")
}
