// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/geeper-io/llm-operator/reconcilers"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Sources of the serving certificate of the webhooks and the metrics.
const (
	// sourceFiles means that cert-manager, for example, provides the files.
	sourceFiles = "files"
	// sourceSelfSigned means that the manager issues and rotates the certificate in a Secret,
	// which is mounted as the files.
	sourceSelfSigned = "self-signed"
)

// options contains the command-line options of the manager.
type options struct {
	metricsAddress    string
	metricsSecure     bool
	healthAddress     string
	pprofAddress      string
	webhookHost       string
	webhookPort       int
	certDir           string
	certificateSource string
	certificateSecret string
	namePrefix        string
	leaderElection    bool
	leaderElectionID  string
	namespace         string
	watchNamespaces   string
	shutdownDelay     time.Duration
	admission         validation.Options
	reconciler        reconcilers.Options
	modelUpdateChecks bool
	zap               zap.Options
}

// parseOptions parses the command-line arguments. With --help it prints the flags to stdout and
// returns flag.ErrHelp. Positional arguments are an error, because the flag package ignores all
// flags that follow one.
func parseOptions(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("manager", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main prints the error
	config.RegisterFlags(flags)
	o.bindFlags(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return o, err
	case err != nil:
		return o, fmt.Errorf("%w; see --help", err)
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; write the value of a boolean flag after an equals sign, as in --leader-elect=false", flags.Arg(0))
	default:
		return o, nil
	}
}

// bindFlags defines the flags that set the options.
func (o *options) bindFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0",
		"Address that the metrics endpoint binds to, for example :8443; 0 disables it.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true,
		"Serve metrics by HTTPS, with the certificate of the webhooks, to clients that are authorized to get /metrics. If false, serve them by HTTP to all clients.")
	flags.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081",
		"Address that the health endpoints /healthz and /readyz bind to; 0 disables them.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0",
		"Address that the pprof endpoint binds to, for example 127.0.0.1:6060; 0 disables it. It has no authentication.")
	flags.StringVar(&o.webhookHost, "webhook-host", "",
		"Address that the webhook server binds to; empty means all interfaces.")
	flags.IntVar(&o.webhookPort, "webhook-port", 9443,
		"Port that the webhook server binds to.")
	flags.StringVar(&o.certDir, "webhook-cert-dir", "/tmp/k8s-webhook-server/serving-certs",
		"Directory with tls.crt and tls.key of the webhook server. They are reloaded when they change.")
	flags.StringVar(&o.certificateSource, "certificate-source", sourceFiles,
		"Source of the serving certificate: \"files\", provided by cert-manager for example, or \"self-signed\", issued and rotated by the manager.")
	flags.StringVar(&o.certificateSecret, "certificate-secret", "llm-operator-webhook-server-cert",
		"Name of the Secret that self-signed certificates are stored in, in the manager's namespace. It must exist and be mounted at --webhook-cert-dir.")
	flags.StringVar(&o.namePrefix, "name-prefix", "llm-operator-",
		"Prefix of the names of the Services and webhook configurations that self-signed certificates are issued for.")
	flags.BoolVar(&o.leaderElection, "leader-elect", false,
		"Enable leader election, so that only one of several replicas reconciles. All of them serve the webhooks.")
	flags.StringVar(&o.leaderElectionID, "leader-election-id", "llm-operator.geeper.io",
		"Name of the Lease for leader election. Independent installations in a namespace need different names.")
	flags.StringVar(&o.namespace, "namespace", "",
		"Namespace of the manager, its Lease and its certificate Secret, from which network policies let it reach Ollama; empty means the namespace of its pod.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "",
		"Comma-separated namespaces to watch; empty means all.")
	flags.DurationVar(&o.shutdownDelay, "shutdown-delay-duration", 5*time.Second,
		"How long to keep serving after SIGTERM, while endpoints are updated. During that time /readyz fails.")
	flags.BoolVar(&o.admission.AllowHostPath, "allow-host-path", false,
		"Allow hostPath volumes. They expose the files of the node to everyone who may create an OllamaDeployment.")
	flags.BoolVar(&o.admission.AllowServiceAccounts, "allow-service-accounts", false,
		"Allow pod.serviceAccountName. Everyone who may create an OllamaDeployment gets the rights of all ServiceAccounts of the namespace.")
	flags.BoolVar(&o.admission.AllowPrivilegedPods, "allow-privileged-pods", false,
		"Allow a pod.securityContext beyond the Pod Security level baseline.")
	flags.Var(&o.admission.AllowedIngressHosts, "allowed-ingress-hosts",
		"Comma-separated hosts allowed in ingresses and routes; \"*.example.com\" allows all subdomains. Empty means any.")
	flags.Var(&o.admission.AllowedIngressAnnotations, "allowed-ingress-annotations",
		"Comma-separated keys of annotations allowed on ingresses and routes; \"example.com/*\" allows all keys with that prefix. Empty means any.")
	flags.IntVar(&o.reconciler.Concurrency, "max-concurrent-reconciles", 10,
		"Maximum number of OllamaDeployments that are reconciled concurrently.")
	flags.IntVar(&o.reconciler.MaxRestarts, "max-concurrent-restarts", 3,
		"Maximum number of OllamaDeployments whose pods are replaced at a time because a new version of the operator changes them; 0 means no limit. Changes of users never wait.")
	flags.BoolVar(&o.modelUpdateChecks, "model-update-checks", true,
		"Ask the registries of models once a day whether listed tags have moved, for status.models[].updateAvailable. Proxies of the environment are used.")
	flags.Func("ollama-proxy-url",
		"URL of an HTTP proxy through which the manager reaches the Ollama pods, for example http://10.0.0.1:3128, if it runs outside of the pod network. Empty means directly; the environment's proxies are never used.",
		o.setOllamaProxy)
	o.zap.BindFlags(flags)
}

// setOllamaProxy sets the proxy for Ollama from the value of its flag.
func (o *options) setOllamaProxy(value string) error {
	if value == "" {
		o.reconciler.OllamaProxy = nil
		return nil
	}
	proxy, err := url.Parse(value)
	if err != nil || proxy.Scheme != "http" && proxy.Scheme != "https" || proxy.Host == "" {
		return errors.New("must be the URL of an HTTP proxy, such as http://10.0.0.1:3128")
	}
	o.reconciler.OllamaProxy = proxy
	return nil
}

// namespaceFile contains the namespace of a pod, and is mounted into every pod.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// complete validates the options and fills in those that depend on others or on the pod.
func (o *options) complete() error {
	if o.certificateSource != sourceFiles && o.certificateSource != sourceSelfSigned {
		return fmt.Errorf("invalid value %q for --certificate-source: must be %q or %q", o.certificateSource, sourceFiles, sourceSelfSigned)
	}
	if o.reconciler.MaxRestarts < 0 {
		return fmt.Errorf("invalid value %d for --max-concurrent-restarts: must be 0 or more", o.reconciler.MaxRestarts)
	}
	o.reconciler.SkipUpdateChecks = !o.modelUpdateChecks
	o.reconciler.AllowHostPath = o.admission.AllowHostPath
	o.reconciler.AllowServiceAccounts = o.admission.AllowServiceAccounts
	o.reconciler.AllowPrivilegedPods = o.admission.AllowPrivilegedPods
	if o.watchNamespaces != "" {
		if o.reconciler.Namespaces = o.namespaces(); len(o.reconciler.Namespaces) == 0 {
			return fmt.Errorf("invalid value %q for --watch-namespaces: names no namespace; leave the flag out for all", o.watchNamespaces)
		}
	}
	o.reconciler.AllowedIngressHosts = o.admission.AllowedIngressHosts
	o.reconciler.AllowedIngressAnnotations = o.admission.AllowedIngressAnnotations
	err := o.completeNamespace()
	o.reconciler.OperatorNamespace = o.namespace
	return err
}

// completeNamespace reads the namespace of the pod. Outside of a pod it stays empty, unless it is needed.
func (o *options) completeNamespace() error {
	if o.namespace != "" {
		return nil
	}
	data, err := os.ReadFile(namespaceFile)
	switch {
	case err == nil:
		o.namespace = strings.TrimSpace(string(data))
		return nil
	case o.leaderElection || o.certificateSource == sourceSelfSigned:
		return fmt.Errorf("reading the namespace of the pod (set --namespace when running outside of a pod): %w", err)
	default:
		return nil
	}
}

// namespaces returns the namespaces to watch; none means all.
func (o *options) namespaces() []string {
	return strings.FieldsFunc(o.watchNamespaces, func(r rune) bool { return r == ',' || r == ' ' })
}
