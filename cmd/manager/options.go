package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks"
)

// Where the certificate of the webhooks and the metrics comes from.
const (
	// certificatesFromFiles: cert-manager, or whoever else, writes the files.
	certificatesFromFiles = "files"
	// certificatesSelfMade: the manager makes and rotates them, in a Secret that is
	// mounted as the files.
	certificatesSelfMade = "self-made"
)

// options are the command line of the manager.
type options struct {
	metricsAddress     string
	metricsSecure      bool
	healthAddress      string
	pprofAddress       string
	webhookHost        string
	webhookPort        int
	certDir            string
	certificates       string
	certificatesSecret string
	namePrefix         string
	leaderElection     bool
	lease              string
	namespace          string
	watchNamespaces    string
	drain              time.Duration
	admission          webhooks.Options
	reconciler         reconcilers.Options
	zap                zap.Options
}

// parse reads a command line. The flag package stops at the first argument that is no
// flag and ignores what follows, so such an argument is an error. Asked for help, it
// prints the flags and returns flag.ErrHelp.
func parse(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("manager", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller prints the error
	config.RegisterFlags(flags)
	o.bind(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return o, err
	case err != nil:
		return o, fmt.Errorf("%w; see --help", err)
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; the value of a flag follows an equals sign, as in --leader-elect=false", flags.Arg(0))
	default:
		return o, nil
	}
}

func (o *options) bind(flags *flag.FlagSet) {
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0",
		"Address of the metrics endpoint, for example :8443; 0 turns it off.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true,
		"Serve the metrics by HTTPS, with the webhooks' certificate, to whoever may get /metrics. Otherwise by HTTP, to anybody.")
	flags.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081",
		"Address of the health endpoints /healthz and /readyz; 0 turns them off.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0",
		"Address of Go's profiles, for example 127.0.0.1:6060; 0 turns them off. They are served to anybody.")
	flags.StringVar(&o.webhookHost, "webhook-host", "",
		"Address that the webhook server listens on; empty means all.")
	flags.IntVar(&o.webhookPort, "webhook-port", 9443,
		"Port of the webhook server.")
	flags.StringVar(&o.certDir, "webhook-cert-dir", "/tmp/k8s-webhook-server/serving-certs",
		"Folder of the webhook server's tls.crt and tls.key; they are read again when they change.")
	flags.StringVar(&o.certificates, "certificates", certificatesFromFiles,
		"Where the certificate comes from: \"files\", written by cert-manager for example, or \"self-made\", by the manager itself.")
	flags.StringVar(&o.certificatesSecret, "certificates-secret", "llm-operator-webhook-server-cert",
		"Secret of self-made certificates, in the manager's namespace. It has to exist, and to be mounted as the folder.")
	flags.StringVar(&o.namePrefix, "name-prefix", "llm-operator-",
		"With what the names of the Services and webhook configurations begin that self-made certificates are for.")
	flags.BoolVar(&o.leaderElection, "leader-elect", false,
		"Elect a leader, so that of several managers one reconciles. All of them serve the webhooks.")
	flags.StringVar(&o.lease, "leader-election-id", "llm-operator.geeper.io",
		"Name of the Lease of the leader election. Managers that do not belong together need different ones.")
	flags.StringVar(&o.namespace, "namespace", "",
		"The manager's own namespace, of its Lease and of its Secret; empty means that of its pod.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "",
		"Namespaces whose OllamaDeployments are reconciled, separated by commas; empty means all.")
	flags.DurationVar(&o.drain, "drain", 5*time.Second,
		"How long to go on after the order to stop, while it spreads that this manager is not ready.")
	flags.BoolVar(&o.admission.AllowHostPath, "allow-host-path", false,
		"Admit hostPath volumes in spec.tabby.volumes. They give whoever may create an OllamaDeployment the node's files.")
	flags.Var(&o.admission.AllowedIngressHosts, "allowed-ingress-hosts",
		"Hosts that ingresses may have, separated by commas: names, and \"*.example.com\" for all names below one; empty means any.")
	flags.Var(&o.admission.AllowedIngressAnnotations, "allowed-ingress-annotations",
		"Annotations that ingresses may have, separated by commas: keys, and \"example.com/*\" for all keys of a prefix; empty means any.")
	flags.IntVar(&o.reconciler.Concurrency, "concurrent-reconciles", 10,
		"How many objects are reconciled at a time.")
	o.zap.BindFlags(flags)
}

// namespaceFile is where a pod finds its namespace.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// complete checks the options and fills in what they leave open.
func (o *options) complete() error {
	if o.certificates != certificatesFromFiles && o.certificates != certificatesSelfMade {
		return fmt.Errorf("--certificates: %q must be %q or %q", o.certificates, certificatesFromFiles, certificatesSelfMade)
	}
	o.reconciler.AllowHostPath = o.admission.AllowHostPath
	o.reconciler.AllowedIngressHosts = o.admission.AllowedIngressHosts
	o.reconciler.AllowedIngressAnnotations = o.admission.AllowedIngressAnnotations
	if o.namespace != "" || !o.leaderElection && o.certificates != certificatesSelfMade {
		return nil
	}
	data, err := os.ReadFile(namespaceFile)
	if err != nil {
		return fmt.Errorf("finding the manager's namespace; outside of a pod set --namespace: %w", err)
	}
	o.namespace = strings.TrimSpace(string(data))
	return nil
}

// namespaces are those that are watched; none means all.
func (o *options) namespaces() []string {
	return strings.FieldsFunc(o.watchNamespaces, func(r rune) bool { return r == ',' || r == ' ' })
}
