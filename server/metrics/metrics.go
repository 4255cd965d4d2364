// Package metrics tells Prometheus how a node is: how far it follows, how long it may still
// answer, what it answered. What is told is read when it is asked for, and kept nowhere here.
package metrics

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Reading is what a node has to tell at one moment.
type Reading struct {
	Revision uint64        // up to which everything is in the keyset
	Behind   uint64        // how many revisions that is behind what the last poll told of
	Lease    time.Duration // how long verification may still answer without another poll; 0: not
	Poll     time.Duration // how long the last poll took
	Bound    time.Duration // the longest that a revoked key can live on a node that is cut off
	Void     bool          // it serves on without a lease, so that there is no such bound

	Keys, Accounts, Members int

	Verdicts map[string]uint64 // by code
	Dropped  uint64            // last uses that were not saved
}

// New makes the handler of /metrics.
func New(version string, read func() Reading) http.Handler {
	registry := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "keywright_build_info", Help: "1, with the version that runs.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	registry.MustRegister(build, newNode(read), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 5 * time.Second})
}

// measure is one metric, of which a Reading has one value.
type measure struct {
	*prometheus.Desc
	kind prometheus.ValueType
	of   func(Reading) float64
}

func gauge(name, help string, of func(Reading) float64) measure {
	return measure{describe(name, help), prometheus.GaugeValue, of}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("keywright_"+name, help, labels, nil)
}

// node is a collector, which asks for one Reading each time.
type node struct {
	read     func() Reading
	verdicts *prometheus.Desc
	measures []measure
}

func newNode(read func() Reading) node {
	return node{read, describe("verdicts_total", "Verdicts on credentials, by code.", "code"), []measure{
		gauge("revision", "The revision up to which every change is known here.", func(r Reading) float64 { return float64(r.Revision) }),
		gauge("revisions_behind", "How many revisions that is behind what the last poll told of.", func(r Reading) float64 { return float64(r.Behind) }),
		gauge("lease_seconds", "How long verification may still answer without another poll; 0: every answer is stale, or rests on stale keys where serves_stale is 1.", func(r Reading) float64 { return max(r.Lease, 0).Seconds() }),
		gauge("staleness_bound_seconds", "The longest that a revoked key can live on a node that is cut off.", func(r Reading) float64 { return r.Bound.Seconds() }),
		gauge("serves_stale", "1 when this node is to serve on after its lease has ended, so that there is no such bound.", func(r Reading) float64 { return one(r.Void) }),
		gauge("poll_seconds", "How long the last poll for changes took.", func(r Reading) float64 { return r.Poll.Seconds() }),
		gauge("keys", "Keys in memory, the revoked ones too.", func(r Reading) float64 { return float64(r.Keys) }),
		gauge("accounts", "Accounts in memory.", func(r Reading) float64 { return float64(r.Accounts) }),
		gauge("members", "Members in memory.", func(r Reading) float64 { return float64(r.Members) }),
		{describe("last_used_dropped_total", "Last uses that were not saved, because too many waited."), prometheus.CounterValue, func(r Reading) float64 { return float64(r.Dropped) }},
	}}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Describe is of prometheus.Collector.
func (n node) Describe(told chan<- *prometheus.Desc) {
	told <- n.verdicts
	for _, m := range n.measures {
		told <- m.Desc
	}
}

// Collect is of prometheus.Collector.
func (n node) Collect(told chan<- prometheus.Metric) {
	r := n.read()
	for code, count := range r.Verdicts {
		told <- prometheus.MustNewConstMetric(n.verdicts, prometheus.CounterValue, float64(count), code)
	}
	for _, m := range n.measures {
		told <- prometheus.MustNewConstMetric(m.Desc, m.kind, m.of(r))
	}
}
