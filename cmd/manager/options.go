package main

import (
	"flag"

	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks"
)

// options are the command line of the manager.
type options struct {
	metricsAddress string
	healthAddress  string
	webhookHost    string
	webhookPort    int
	webhookCertDir string
	leaderElection bool
	electionSpace  string
	admission      webhooks.Options
	reconciler     reconcilers.Options
	zap            zap.Options
}

func (o *options) bind(flags *flag.FlagSet) {
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0",
		"Address of the metrics endpoint, for example 127.0.0.1:8080; 0 turns it off.")
	flags.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081",
		"Address of the health endpoints /healthz and /readyz; 0 turns them off.")
	flags.StringVar(&o.webhookHost, "webhook-host", "",
		"Address that the webhook server listens on; empty means all.")
	flags.IntVar(&o.webhookPort, "webhook-port", 9443,
		"Port of the webhook server.")
	flags.StringVar(&o.webhookCertDir, "webhook-cert-dir", "/tmp/k8s-webhook-server/serving-certs",
		"Folder of the webhook server's tls.crt and tls.key; it is read again when they change.")
	flags.BoolVar(&o.leaderElection, "leader-elect", false,
		"Elect a leader, so that of several managers one reconciles. All of them serve the webhooks.")
	flags.StringVar(&o.electionSpace, "leader-elect-resource-namespace", "",
		"Namespace of the election's Lease; empty means the manager's own.")
	flags.BoolVar(&o.admission.AllowHostPath, "allow-host-path", false,
		"Admit hostPath volumes in spec.tabby.volumes. They give whoever may create an OllamaDeployment the node's files.")
	flags.IntVar(&o.reconciler.Concurrency, "concurrent-reconciles", 10,
		"How many objects are reconciled at a time.")
	o.zap.BindFlags(flags)
}
